"""How each falsification test is run: by a falsifier, or by another tool that its text names."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from pvengine.lint.rules.blocks import Blocks, is_blank

if TYPE_CHECKING:
    from pvengine.lint.rules.blocks import Entry
    from pvengine.loading.contract_file import LoadedContract

__all__ = ["TestReference", "classify_test", "classify_text", "count_references"]


class TestReference(StrEnum):
    """What a test says about how it is run."""

    __test__ = False  # pytest takes classes of this name for tests

    FALSIFIER = "falsifier"
    CARGO_TEST = "cargo test"
    RUST_PATH = "Rust path"
    PYTEST_NODE = "pytest node"
    SHELL_COMMAND = "shell command"
    SOURCE_CODE = "source code"
    PROSE = "prose"
    NOTHING = "nothing"


_WIDTH = 1000
"""How much of a text is looked at, in characters: a command says what it is in its first words."""
_ASSIGNMENTS = re.compile(r"(?:[A-Za-z_]\w*=(?![=$`(])[^\s=$`(]*\s+)+")
_CAPTURE = re.compile(r"[A-Za-z_]\w*=[\"'$`(]")
_CARGO = re.compile(r"cargo\s+(?:\+\S+\s+)?(?:test|t|nextest|kani|miri|bench|mutants)\b")
_RUST_PATH = re.compile(r"(?:[\w./-]+\.rs(?:(?:::|:)[\w:-]+)?|[A-Za-z_]\w*(?:::[\w-]+)+)")
_PYTEST = re.compile(r"[\w./-]+\.py(?:::[\w.-]+)*(?:\[[^\]\n]*\])?")
_PYTEST_COMMAND = re.compile(r"(?:python[\d.]*\s+-m\s+)?pytest\b")
_SOURCE = re.compile(
    r"^[ \t]*(?:#!?\[\w|(?:pub\s+|async\s+)?fn\s+\w+\s*[(<]|def\s+\w+\s*\(|let\s+(?:mut\s+)?\w+\s*[:=])",
    re.MULTILINE,
)
_COMMANDS = frozenset(
    {
        *("apr", "cargo", "pmat", "pv", "pvengine", "lake", "lean"),
        *("bash", "sh", "zsh", "python", "python3", "perl", "node", "java", "go"),
        *("make", "cmake", "just", "tox", "npm", "npx", "pnpm", "yarn", "mvn", "gradle", "uv", "uvx"),
        *(
            "awk",
            "cat",
            "curl",
            "diff",
            "echo",
            "find",
            "grep",
            "jq",
            "ls",
            "rg",
            "sed",
            "wget",
            "xargs",
            "yq",
        ),
        *("docker", "git", "kubectl", "nvidia-smi", "pre-commit", "ruff"),
    }
)
"""First words that make a text a command, whatever follows."""
_SHELL_MARK = re.compile(
    r"\s--[a-z][\w-]*(?=[\s=]|$)|\s&&\s|\$\(|\s\|\s(?:grep|jq|head|tail|sort|wc|xargs)\b"
)
_PROGRAM = re.compile(r"(?:\.{0,2}/)?[a-z0-9_][\w.+/-]*")


def classify_text(text: str) -> TestReference:
    """Tell what the text under `test` is; what is nothing else is prose.

    Examples
    --------
    >>> for text in ("cargo test -p softmax --lib sums", "softmax::tests::sums", "tests/test_sums.py::one"):
    ...     print(classify_text(text))
    cargo test
    Rust path
    pytest node
    """
    text = text[:_WIDTH]
    lines = [line.strip() for line in text.splitlines()]
    line = next((each for each in lines if each and (not each.startswith("#") or each.startswith("#["))), "")
    if not line:
        return TestReference.PROSE if text.strip() else TestReference.NOTHING
    command = line[match.end() :] if (match := _ASSIGNMENTS.match(line)) else line
    command = command.removeprefix("$ ")
    name = line[: line.rfind("(")].rstrip() if line.endswith(")") else line
    if _CARGO.match(command):
        return TestReference.CARGO_TEST
    if _PYTEST.fullmatch(name) or _PYTEST_COMMAND.match(command):
        return TestReference.PYTEST_NODE
    if _RUST_PATH.fullmatch(name):
        return TestReference.RUST_PATH
    if _is_command(command):
        return TestReference.SHELL_COMMAND
    return TestReference.SOURCE_CODE if _SOURCE.search(text) else TestReference.PROSE


def _is_command(line: str) -> bool:
    """Whether a line is a command: a known one, a path to one, or a word with options, pipes or files."""
    first = line.split(maxsplit=1)[0] if line.strip() else ""
    if first in _COMMANDS or first.startswith(("./", "../", "/")):
        return first in _COMMANDS or _PROGRAM.fullmatch(first) is not None
    if _CAPTURE.match(first):
        return True
    return _PROGRAM.fullmatch(first) is not None and _SHELL_MARK.search(line) is not None


def classify_test(entry: Entry) -> TestReference:
    """Tell how a test is run; a falsifier comes before every other tool."""
    if not entry.is_empty("falsifier"):
        return TestReference.FALSIFIER
    written = entry.read("test")
    if isinstance(written, list):
        written = next((each for each in written if isinstance(each, str) and each.strip()), None)
    if is_blank(written):
        return TestReference.NOTHING
    return classify_text(written) if isinstance(written, str) else TestReference.PROSE


def count_references(loaded: LoadedContract) -> dict[TestReference, int]:
    """Count how the tests of a contract are run: those of `falsification_tests`, each exactly once.

    A condition of the newer generation counts where it says how it is run.
    """
    blocks = Blocks(loaded.data)
    counts = dict.fromkeys(TestReference, 0)
    for entry in (*blocks.tests, *(each for each in blocks.conditions if not each.is_empty("test"))):
        counts[classify_test(entry)] += 1
    return counts

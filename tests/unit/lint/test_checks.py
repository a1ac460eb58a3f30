"""The list of checks: each is there once, and none raises."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import pvengine.lint
from pvengine.lint.checks import CHECKS, iter_lint_issues
from pvengine.loading.contract_file import LoadedContract, load_contract

FOLDER = Path(pvengine.lint.__file__).parent
KEYS = [
    "metadata",
    "id",
    "version",
    "status",
    "type",
    "formal",
    "accept",
    "falsification_tests",
    "obligation",
]


def load(text: str) -> LoadedContract:
    return load_contract(Path("x.yaml"), "x.yaml", text.encode())


def test_every_check_of_the_package_is_in_the_list() -> None:
    """What no other module of the package calls is a check of its own, and must be listed."""
    defined, used = set(), set()
    for file in FOLDER.glob("*.py"):
        tree = ast.parse(file.read_text())
        defined |= {
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
            and node.name.startswith("iter_")
            and node.name.endswith("_issues")
            and "LoadedContract"
            in [ast.unparse(each.annotation) for each in node.args.args if each.annotation]
            == ["LoadedContract"]
        }
        used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert len(CHECKS) == len(set(CHECKS)) > 8
    assert defined <= used | {"iter_lint_issues"}


def test_the_issues_are_those_of_the_checks_in_their_order() -> None:
    loaded = load("metadata: {id: C-X, version: 1.0, created: today}\nodd: 1\n")
    assert [issue for check in CHECKS for issue in check(loaded)] == list(iter_lint_issues(loaded))
    assert {"PV212", "PV204"} <= {issue.code for issue in iter_lint_issues(loaded)} | {
        issue.code for issue in loaded.issues
    }


SHAPES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text("aZ 1.-:#\t\u00e9", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(KEYS), SHAPES, max_size=4))
def test_no_shape_of_the_data_raises(data: dict[str, object]) -> None:

    list(iter_lint_issues(load(json.dumps(data, ensure_ascii=False))))

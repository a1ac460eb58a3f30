"""A rule is explained with the finding and the mending of its example."""

from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.diagnostics import RULES
from pvengine.errors import UsageError
from pvengine.project import explaining
from pvengine.project.explaining import explain_rules, find_examples

ROOT = Path(__file__).parents[3]
BAD = b"metadata: {id: C}\nb\xf6d: 1\n"
TOLD = """\
pv203-a.yaml:2:1: warning[PV203]: one
  2 | bad: 1
  why: because

pv203-a.yaml:2:1: warning[PV501]: another finding, not about [PV203]: this
  why: because

pv203-a.yaml:2:4: warning[PV203]: two
  why: because
"""


@pytest.fixture
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of examples that stands in for the real one: two of PV203, in two orders of names."""
    for name in ("invalid/pv203-a", "invalid/pv203-b", "valid/pv203-a", "valid/pv203-b"):
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(BAD if "invalid" in name else b"metadata: {id: C}\ngood: 1\n")
    (tmp_path / "invalid" / "pv203-a.expected.txt").write_text(TOLD)
    (tmp_path / "invalid" / "pv203-b.expected.txt").write_text("the second example is not shown\n")
    monkeypatch.setattr(explaining, "find_examples", lambda: tmp_path)
    return tmp_path


def test_only_the_findings_of_the_rule_itself_are_shown(examples: Path) -> None:
    assert examples.is_dir()
    (explained,) = explain_rules(["PV203"])
    assert explained.findings == (
        "pv203-a.yaml:2:1: warning[PV203]: one\n  2 | bad: 1\n  why: because\n\n"
        "pv203-a.yaml:2:4: warning[PV203]: two\n  why: because\n"
    )


def test_the_mending_is_a_diff_of_lines(examples: Path) -> None:
    assert examples.is_dir()
    (explained,) = explain_rules(["PV203"])
    assert explained.mended == (
        "--- invalid/pv203-a.yaml\n+++ valid/pv203-a.yaml\n@@ -1,2 +1,2 @@\n metadata: {id: C}\n"
        "-b\ufffdd: 1\n+good: 1\n"
    )


def test_an_example_without_a_twin_has_no_mending(examples: Path) -> None:
    (examples / "valid" / "pv203-a.yaml").unlink()
    (explained,) = explain_rules(["PV203"])
    assert (explained.findings is None, explained.mended) == (False, None)


def test_a_rule_without_an_example(examples: Path) -> None:
    assert examples.is_dir()
    (explained,) = explain_rules(["PV204"])
    assert (explained.rule.code, explained.findings, explained.mended) == ("PV204", None, None)


def test_a_package_that_came_without_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "find_examples", lambda: None)
    (explained,) = explain_rules(["PV203"])
    assert (explained.findings, explained.mended) == (None, None)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        pytest.param("site/pvengine/examples", "site/pvengine/examples", id="an installed package"),
        pytest.param("tests/contracts", "tests/contracts", id="a checkout"),
        pytest.param("elsewhere", None, id="neither"),
    ],
)
def test_where_the_examples_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, found: str | None
) -> None:
    monkeypatch.setattr(explaining, "__file__", str(tmp_path / "site/pvengine/project/explaining.py"))
    (tmp_path / place / "invalid").mkdir(parents=True)
    assert find_examples() == (None if found is None else tmp_path / found)


def test_the_examples_of_this_checkout_are_those_of_the_tests() -> None:
    assert find_examples() == ROOT / "tests" / "contracts"


def test_codes_in_any_case_each_once_in_the_order_that_was_asked_for() -> None:
    explained = explain_rules(["pv501", "Schema-009", "PV501", "pv101"])
    assert [each.rule.code for each in explained] == ["PV501", "SCHEMA-009", "PV101"]


def test_all_rules_where_none_is_named() -> None:
    assert [each.rule.code for each in explain_rules([])] == list(RULES)


@pytest.mark.parametrize(
    ("word", "near", "fix"),
    [
        ("PV2033", "; did you mean PV203?", "run `pv explain PV203`"),
        ("schema-9", "; did you mean SCHEMA-009?", "run `pv explain SCHEMA-009`"),
        ("unknown-key", "; did you mean PV204?", "run `pv explain PV204`"),
        ("E501", "", "run `pv explain --list`"),
    ],
)
def test_an_unknown_code_is_refused_with_the_one_that_was_meant(word: str, near: str, fix: str) -> None:
    with pytest.raises(UsageError) as caught:
        explain_rules(["PV203", word])
    assert (caught.value.what, caught.value.fix) == (f"no rule has the code {word!r}{near}", fix)


def test_a_long_word_is_cut() -> None:
    with pytest.raises(UsageError) as caught:
        explain_rules(["x" * 1000])
    assert caught.value.what == f"no rule has the code {'x' * 40!r}"


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("PV203", "docs/reference/diagnostics.md#pv203-unknown-status"),
        ("PV114", "docs/reference/diagnostics.md#pv114-number-that-yaml-11-reads-otherwise"),
        ("SCHEMA-009", "docs/reference/diagnostics.md#schema-009-if_fails-is-empty"),
    ],
)
def test_the_section_is_the_anchor_of_the_heading(code: str, section: str) -> None:
    (explained,) = explain_rules([code])
    assert explained.section == section


def test_no_finding_can_be_lost_in_the_middle_of_its_example() -> None:
    bare = {each.rule.code for each in explain_rules([]) if each.findings and "[" not in each.findings}
    cut = {each.rule.code for each in explain_rules([]) if each.findings and "  why: " not in each.findings}
    assert (bare, cut) == (set(), set())

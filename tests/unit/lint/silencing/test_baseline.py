"""A baseline knows findings again when lines move, and it only shrinks."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.diagnostics import Diagnostic, SourceRange, get_rule
from pvengine.errors import UsageError
from pvengine.lint.silencing.baseline import (
    Baseline,
    make_baseline,
    match_baseline,
    read_baseline,
    render_baseline,
    shrink_baseline,
)
from pvengine.lint.silencing.rule_codes import explain_lock

if TYPE_CHECKING:
    from pathlib import Path

NAME = "pv-baseline.json"


def report(path: Path | str, code: str, snippet: str | None, line: int = 1) -> Diagnostic:
    place = None if snippet is None else SourceRange(str(path), line, 1, line, 2, snippet)
    return get_rule(code).report("m", place or str(path))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "c").mkdir()
    made = tmp_path / "c" / "a.yaml"
    made.write_text("a: 1\n", encoding="utf-8")
    return made


def test_a_finding_is_known_again_when_its_line_moves(tmp_path: Path, file: Path) -> None:
    before = [report(file, "PV204", "  owner: me", 3), report(file, "PV201", None)]
    baseline = make_baseline(before, tmp_path, NAME)
    after = [replace(report(file, "PV204", "owner:   me ", 30), message="other words"), before[1]]
    matched = match_baseline(after, baseline, tmp_path)
    assert (matched.new, matched.known, matched.gone) == ((), tuple(after), ())


@pytest.mark.parametrize(
    ("code", "snippet", "name"),
    [("PV203", "a: 1", "a.yaml"), ("PV204", "a: 2", "a.yaml"), ("PV204", "a: 1", "b.yaml")],
)
def test_another_code_line_or_file_is_new(
    tmp_path: Path, file: Path, code: str, snippet: str, name: str
) -> None:
    baseline = make_baseline([report(file, "PV204", "a: 1")], tmp_path, NAME)
    other = report(file.with_name(name), code, snippet)
    matched = match_baseline([other], baseline, tmp_path)
    assert (matched.new, matched.known) == ((other,), ())
    assert [(one.code, one.path, one.place, one.message) for one in matched.gone] == [
        ("PV009", NAME, None, "PV204 in c/a.yaml, which the baseline knows, is no longer found (once)")
    ]


def test_equal_findings_are_counted(tmp_path: Path, file: Path) -> None:
    findings = [report(file, "PV204", "a: 1", line) for line in (1, 2, 3)]
    baseline = make_baseline(findings[:2], tmp_path, NAME)
    matched = match_baseline(findings, baseline, tmp_path)
    assert (matched.known, matched.new) == (tuple(findings[:2]), (findings[2],))


def test_what_is_gone_is_one_finding_for_a_code_and_a_file(tmp_path: Path, file: Path) -> None:
    findings = [report(file, "PV204", f"k{number}: 1") for number in (1, 2, 2)]
    findings += [report(file, "PV203", "k: 1"), report(file.with_name("b.yaml"), "PV204", "k1: 1")]
    matched = match_baseline(findings[:1], make_baseline(findings, tmp_path, NAME), tmp_path)
    assert [one.message for one in matched.gone] == [
        "PV203 in c/a.yaml, which the baseline knows, is no longer found (once)",
        "PV204 in c/a.yaml, which the baseline knows, is no longer found (2 times)",
        "PV204 in c/b.yaml, which the baseline knows, is no longer found (once)",
    ]


@pytest.mark.parametrize("code", ["PV001", "PV007", "PV102", "PV113", "PV601"])
def test_what_is_always_said_is_in_no_baseline(tmp_path: Path, file: Path, code: str) -> None:
    finding = report(file, code, "a: 1")
    baseline = make_baseline([finding], tmp_path, NAME)
    assert baseline.counts == {}
    assert match_baseline([finding], baseline, tmp_path).new == (finding,)


def test_files_outside_and_the_standard_input_have_no_name(tmp_path: Path, file: Path) -> None:
    findings = [report("<stdin>", "PV204", "a: 1"), report(file, "PV204", "a: 1")]
    assert make_baseline(findings, tmp_path / "d", NAME).counts == {}


def test_a_file_that_this_run_did_not_check_is_not_gone(tmp_path: Path, file: Path) -> None:
    other = file.with_name("b.yaml")
    other.write_text("", encoding="utf-8")
    baseline = make_baseline(
        [report(path, "PV204", "a: 1") for path in (file, other, file.with_name("deleted.yaml"))],
        tmp_path,
        NAME,
    )
    gone = match_baseline([], baseline, tmp_path, checked=[str(file)]).gone
    assert [one.message.split(",")[0] for one in gone] == ["PV204 in c/a.yaml", "PV204 in c/deleted.yaml"]
    shrunk = shrink_baseline(baseline, [], tmp_path, checked=[str(file)])
    assert [entry.path for entry in shrunk.counts] == ["c/b.yaml"]


def test_a_rule_that_this_run_left_out_is_not_gone(tmp_path: Path, file: Path) -> None:
    baseline = make_baseline([report(file, "PV403", "a: 1")], tmp_path, NAME)
    assert match_baseline([], baseline, tmp_path, unchecked=["PV403"]).gone == ()
    assert shrink_baseline(baseline, [], tmp_path, unchecked=["PV403"]) == baseline


def test_nothing_of_a_file_that_cannot_be_read_is_gone(tmp_path: Path, file: Path) -> None:
    baseline = make_baseline([report(file, "PV204", "a: 1")], tmp_path, NAME)
    broken = [report(file, "PV102", "a: [")]
    assert match_baseline(broken, baseline, tmp_path).gone == ()
    assert shrink_baseline(baseline, broken, tmp_path) == baseline


def test_the_file(tmp_path: Path, file: Path) -> None:
    findings = [report(file, "PV204", "a: 1"), report(file, "PV204", "a: 1"), report(file, "PV203", "é")]
    baseline = make_baseline(findings, tmp_path, NAME)
    content = render_baseline(baseline)
    assert content.decode() == (
        "{\n"
        '  "schema": "pv/baseline/v1",\n'
        '  "findings": [\n'
        '    {"path": "c/a.yaml", "code": "PV203", "fingerprint": "02a4cf71c769a6151ee8e2571a749b38",'
        ' "count": 1},\n'
        '    {"path": "c/a.yaml", "code": "PV204", "fingerprint": "8b1540ab32da2095716d4f94f362e3fe",'
        ' "count": 2}\n'
        "  ]\n"
        "}\n"
    )
    path = tmp_path / NAME
    path.write_bytes(content)
    assert read_baseline(path, NAME) == baseline


def test_an_empty_file(tmp_path: Path) -> None:
    baseline = make_baseline([], tmp_path, NAME)
    path = tmp_path / NAME
    path.write_bytes(render_baseline(baseline))
    assert path.read_bytes() == b'{\n  "schema": "pv/baseline/v1",\n  "findings": []\n}\n'
    assert read_baseline(path, NAME).counts == {}


ENTRY = {"path": "a", "code": "PV204", "fingerprint": "0", "count": 1}


def wrap(*entries: object, **keys: object) -> str:
    return json.dumps({"schema": "pv/baseline/v1", "findings": [*entries], **keys})


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "the baseline is no JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[" * 100_000, "the baseline is no JSON: it is nested too deeply"),
        ("[]", "the schema of the baseline is not there, not 'pv/baseline/v1'"),
        ("{}", "the schema of the baseline is None, not 'pv/baseline/v1'"),
        (
            wrap(schema="pv/baseline/v2"),
            "the schema of the baseline is 'pv/baseline/v2', not 'pv/baseline/v1'",
        ),
        (wrap(findings={}), "the baseline is no object with `schema` and a list `findings`"),
        (wrap(more=1), "the baseline is no object with `schema` and a list `findings`"),
        (wrap(ENTRY, 5), "findings[1] has other keys than path, code, fingerprint, count"),
        (wrap({**ENTRY, "x": 1}), "findings[0] has other keys than path, code, fingerprint, count"),
        (wrap({**ENTRY, "code": 5}), "findings[0].code is 5, not text"),
        (wrap({**ENTRY, "path": ["x" * 99]}), f"findings[0].path is ['{'x' * 55}..., not text"),
        (wrap({**ENTRY, "count": 0}), "findings[0].count is 0, not a number of at least 1"),
        (wrap({**ENTRY, "count": True}), "findings[0].count is True, not a number of at least 1"),
        (wrap({**ENTRY, "count": 1.5}), "findings[0].count is 1.5, not a number of at least 1"),
        (wrap(ENTRY, {**ENTRY, "count": 2}), "findings[1] stands twice: PV204 in a"),
    ],
)
def test_a_file_that_is_refused(tmp_path: Path, content: str, what: str) -> None:
    path = tmp_path / NAME
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_baseline(path, NAME)
    assert str(caught.value) == (
        f"{NAME}: {what}\n"
        "  why: a baseline that is read wrongly would hide new findings\n"
        "  fix: restore the file, or delete it and make it anew with `pv validate --write-baseline`"
    )


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, reason in (
        ("none", "no such file or directory"),
        ("pipe", "it is no regular file"),
        ("", "it is no regular file"),
    ):
        with pytest.raises(UsageError, match=f"cannot read the baseline: {reason}"):
            read_baseline(tmp_path / name, NAME)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="the baseline is no JSON"):
        read_baseline(tmp_path / NAME, NAME)


_FINDINGS = st.lists(
    st.builds(
        report,
        st.sampled_from(["a.yaml", "b/c.yaml", "../out.yaml", "\udc80.yaml"]),
        st.sampled_from(["PV204", "PV202", "SCHEMA-009", "PV601", "PV102"]),
        st.sampled_from(["a: 1", "b: 2", "\ud800", None]),
        st.integers(1, 9),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("root")


def place(findings: list[Diagnostic], root: Path) -> list[Any]:
    return [replace(one, path=str(root / one.path)) for one in findings]


@given(_FINDINGS)
def test_under_its_own_baseline_only_what_is_always_said_is_new(
    root: Path, findings: list[Diagnostic]
) -> None:
    findings = place(findings, root)
    baseline = make_baseline(findings, root, NAME)
    matched = match_baseline(findings, baseline, root)
    assert all(explain_lock(one.code) or "out.yaml" in one.path for one in matched.new)
    assert matched.gone == ()
    path = root / NAME
    path.write_bytes(render_baseline(baseline))
    assert read_baseline(path, NAME) == baseline


@given(_FINDINGS, _FINDINGS)
def test_a_baseline_only_shrinks(root: Path, old: list[Diagnostic], new: list[Diagnostic]) -> None:
    new = place(new, root)
    baseline = make_baseline(place(old, root), root, NAME)
    shrunk: Baseline = shrink_baseline(baseline, new, root)
    assert all(0 < count <= baseline.counts[entry] for entry, count in shrunk.counts.items())
    before, after = match_baseline(new, baseline, root), match_baseline(new, shrunk, root)
    assert (after.new, after.known, after.gone) == (before.new, before.known, ())
    assert shrink_baseline(shrunk, new, root) == shrunk

"""A project weighs codes and leaves some out by file; what it cannot mean is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.diagnostics import RULES, Diagnostic, Severity, get_rule
from pvengine.errors import UsageError
from pvengine.lint.silencing.severities import apply_severities, check_ignore, check_severities, find_ignored


def report(code: str, path: str = "x.yaml") -> Diagnostic:
    return get_rule(code).report("m", path)


def test_severities_by_code() -> None:
    findings = [report(code) for code in ("PV204", "SCHEMA-009", "PV203", "PV202", "PV114")]
    weighed = apply_severities(
        findings, {"PV204": "off", "SCHEMA-009": "error", "PV202": "note", "PV114": "warning"}
    )
    assert [(one.code, one.severity) for one in weighed.kept] == [
        ("SCHEMA-009", Severity.ERROR),
        ("PV203", Severity.WARNING),
        ("PV202", Severity.NOTE),
        ("PV114", Severity.WARNING),
    ]
    assert weighed.dropped == (findings[0],)
    assert weighed.kept[1] is findings[2]
    assert weighed.kept[0].message == "m"


@pytest.mark.parametrize("code", ["PV001", "PV103", "PV602"])
def test_some_codes_keep_their_severity_whatever_is_configured(code: str) -> None:
    finding = report(code)
    assert apply_severities([finding], {code: "off"}).kept == (finding,)
    assert find_ignored([finding], {"**": [code]}, Path()).kept == (finding,)


def test_every_other_code_can_be_switched_off() -> None:
    codes = [code for code in RULES if not code.startswith(("PV0", "PV10", "PV11", "PV6"))]
    assert len(codes) > 50
    check_severities(dict.fromkeys([*codes, "PV114"], "off"), "pv.toml")
    assert apply_severities(map(report, codes), dict.fromkeys(codes, "off")).kept == ()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            {"PV2044": "off"},
            (
                "pv.toml: severities.PV2044: no rule has the code 'PV2044'\n"
                "  why: a misspelt code would change nothing, and nobody would notice\n"
                "  fix: did you mean PV204?"
            ),
        ),
        (
            {"E501": "off"},
            (
                "pv.toml: severities.E501: no rule has the code 'E501'\n"
                "  why: a misspelt code would change nothing, and nobody would notice\n"
                "  fix: `pv explain --list` lists the codes"
            ),
        ),
        (
            {"PV204": "warn"},
            (
                "pv.toml: severities.PV204 is 'warn', which is no severity\n"
                "  why: a severity is error, warning, note or off\n"
                "  fix: did you mean 'warning'?"
            ),
        ),
        (
            {"PV204": "fatal"},
            (
                "pv.toml: severities.PV204 is 'fatal', which is no severity\n"
                "  why: a severity is error, warning, note or off\n"
                "  fix: write one of the four words"
            ),
        ),
        (
            {"PV601": "note"},
            (
                "pv.toml: severities.PV601: PV601 keeps its severity, and cannot be left out\n"
                "  why: evidence that was changed or is missing is always said\n"
                "  fix: delete PV601 from the configuration"
            ),
        ),
    ],
)
def test_a_severity_that_is_refused(table: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_severities(table, "pv.toml")
    assert str(caught.value) == message


def test_a_table_that_is_accepted() -> None:
    check_severities({"PV204": "off", "SCHEMA-009": "error", "PV203": "note", "PV202": "warning"}, "pv.toml")
    check_ignore({"contracts/old/*.yaml": ["PV204"], "**": [], "a.yaml": ["PV501", "SCHEMA-001"]}, "pv.toml")


@pytest.mark.parametrize(
    "pattern", ["", " ", "/a/*.yaml", "../a.yaml", "./a.yaml", "a/../b", "a\\*.yaml", "a/"]
)
def test_a_pattern_that_matches_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_ignore({pattern: ["PV204"]}, "pv.toml")
    assert str(caught.value) == (
        f"pv.toml: the pattern {pattern!r} of `ignore` matches no file\n"
        "  why: a pattern is a path below the root of the project, with forward slashes\n"
        '  fix: write it as in "contracts/old/*.yaml" or "contracts/old/**"'
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "pv204",
            (
                "pv.toml: ignore.'a.yaml': no rule has the code 'pv204'\n"
                "  why: a misspelt code would change nothing, and nobody would notice\n"
                "  fix: did you mean PV204?"
            ),
        ),
        (
            "PV102",
            (
                "pv.toml: ignore.'a.yaml': PV102 keeps its severity, and cannot be left out\n"
                "  why: with it the file cannot be read at all\n"
                "  fix: delete PV102 from the configuration"
            ),
        ),
    ],
)
def test_a_code_that_no_pattern_leaves_out(code: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_ignore({"a.yaml": ["PV204", code]}, "pv.toml")
    assert str(caught.value) == message


def test_codes_are_left_out_by_file(tmp_path: Path) -> None:
    old, new = str(tmp_path / "c" / "old" / "a.yaml"), str(tmp_path / "c" / "a.yaml")
    findings = [report("PV204", old), report("PV501", old), report("PV203", old), report("PV204", new)]
    findings += [report("PV204", "<stdin>"), report("PV204", str(tmp_path.parent / "a.yaml"))]
    ignore = {"c/old/*.yaml": ["PV204"], "c/old/**": ["PV501"], "*.yaml": ["PV203", "PV204"]}
    weighed = find_ignored(findings, ignore, tmp_path)
    assert weighed.dropped == (findings[0], findings[1])
    assert weighed.kept == (findings[2], findings[3], findings[4], findings[5])


def test_without_patterns_everything_is_kept() -> None:
    findings = [report("PV204"), report("PV203")]
    assert find_ignored(iter(findings), {}, Path()).kept == tuple(findings)

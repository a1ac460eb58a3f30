"""Each code of the linter with its exact message, line and column."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.loading.lint import is_semver, suggest_version

BOUND = "falsification_tests:\n- id: T\n  falsifier: f\n"
SOUND = BOUND + "  accept: [{metric: m, lt: 1}]\n"


def test_a_sound_contract_has_no_finding(find: Any) -> None:
    assert find(SOUND) == []


@pytest.mark.parametrize(
    ("metadata", "finding"),
    [
        (
            "{id: C, version: 1.2}",
            "1:28 warning PV205 version 1.2 is not MAJOR.MINOR.PATCH -> write `version: 1.2.0`",
        ),
        (
            "{id: C, version: v1.2.3}",
            "1:28 warning PV205 version 'v1.2.3' is not MAJOR.MINOR.PATCH -> write `version: 1.2.3`",
        ),
        (
            "{id: C, version: 01.2.3}",
            "1:28 warning PV205 version '01.2.3' is not MAJOR.MINOR.PATCH -> write `version: 1.2.3`",
        ),
        (
            "{id: C, version: true}",
            "1:28 warning PV205 version True is not MAJOR.MINOR.PATCH -> write `version: 0.1.0`",
        ),
        (
            "{id: C}",
            "1:11 warning PV205 the contract has no version -> write `version: 0.1.0` under metadata",
        ),
    ],
)
def test_a_version_that_no_bump_can_raise(find: Any, metadata: str, finding: str) -> None:
    assert find(f"metadata: {metadata}\n") == [finding]


def test_a_version_of_thousands_of_digits_is_a_finding_and_no_traceback(find: Any) -> None:
    (finding,) = find("metadata: {id: C, version: '1." + "9" * 5000 + ".0'}\n")
    assert finding.startswith("1:28 warning PV205 version '1.999")
    assert finding.endswith(
        "...' is not MAJOR.MINOR.PATCH -> write `version: 0.1.0`".removeprefix("...'")
    ) or ("... is not MAJOR.MINOR.PATCH -> write `version: 0.1.0`" in finding)


def test_two_versions_that_differ(find: Any) -> None:
    assert find("metadata: {id: C, version: 1.0.0}\nversion: 1.1.0\n") == [
        (
            "2:10 error PV206 `version` is '1.1.0' and `metadata.version` is '1.0.0' "
            "-> write '1.0.0' in both places"
        )
    ]


def test_a_version_outside_metadata_alone_is_one_version(find: Any) -> None:
    assert find("metadata: {id: C}\nversion: 1.1.0\n") == []


def test_a_bound_test_without_a_bar(find: Any) -> None:
    assert find(BOUND) == ["3:3 error PV207 T is bound to 'f' and has neither accept nor decides"]
    assert find("falsification_tests: [{id: T}]\n") == []


def test_an_empty_bar_beside_another_is_not_passed_over(find: Any) -> None:
    bands = "  hypothesis: H\n  decides: {metric: m, CONFIRMED: {gt: 0}, FALSIFIED: {le: 0}}\n"
    text = "hypotheses: [{id: H, statement: s}]\n" + BOUND + bands
    assert find(text) == []
    assert find(text + "  accept:\n") == ["8:3 error PV207 T: `accept` is empty"]
    assert find(text + "  accept: []\n") == ["8:3 error PV207 T: `accept` is empty"]


def deciding(bands: str, hypothesis: str = "  hypothesis: H\n") -> str:
    return (
        "hypotheses: [{id: H, statement: s}, {id: G, statement: s}]\n"
        + BOUND
        + hypothesis
        + "  decides:\n    metric: m\n"
        + bands
    )


def test_bands_that_leave_gaps_or_overlap(find: Any) -> None:
    assert find(deciding("    CONFIRMED: {gt: 5}\n    FALSIFIED: {lt: 5}\n")) == [
        "9:16 error PV208 T: band CONFIRMED leaves a gap below it: no band holds 5"
    ]
    assert find(deciding("    CONFIRMED: {ge: 5}\n    FALSIFIED: {le: 5}\n")) == [
        "9:16 error PV208 T: band CONFIRMED overlaps (-inf, 5]: both hold 5"
    ]
    assert find(deciding("    CONFIRMED: [{gt: 5}, {gt: 9, lt: 9}]\n    FALSIFIED: {le: 5}\n")) == [
        "9:26 error PV208 T: band CONFIRMED (9, 9) is empty"
    ]
    assert find(deciding("    FALSIFIED: {le: 5}\n")) == [
        "8:5 error PV208 T: the bands of 'm' leave a gap: no band holds (5, inf)"
    ]


GOOD_BANDS = "    CONFIRMED: {gt: 5}\n    FALSIFIED: {le: 5}\n"


def test_a_union_of_intervals_is_one_band(find: Any) -> None:
    assert find(deciding("    CONFIRMED: [{gt: 5}, {lt: -5}]\n    FALSIFIED: {ge: -5, le: 5}\n")) == []


def test_a_verdict_that_speaks_about_no_hypothesis(find: Any) -> None:
    assert find(deciding(GOOD_BANDS, "")) == [
        (
            "7:5 error PV211 T: this entry of decides names no hypothesis "
            "-> add `hypothesis:` with the one it decides"
        )
    ]
    assert find(deciding(GOOD_BANDS, "  hypothesis: [H, G]\n")) == [
        "8:5 error PV211 T: this entry of decides names no hypothesis -> add `hypothesis:` with one of H, G"
    ]


def test_a_verdict_on_a_hypothesis_that_the_test_does_not_name(find: Any) -> None:
    assert find(deciding("    hypothesis: G\n" + GOOD_BANDS)) == [
        "9:17 error PV211 T decides 'G', which its `hypothesis` does not name -> add 'G' to `hypothesis`"
    ]


@pytest.mark.parametrize(
    ("params", "finding"),
    [
        ("{x: [1, .nan]}", "6:19 error PV209 `params.x.1`: nan is no number in JSON"),
        ("{x: -0.0}", "6:15 error PV209 `params.x`: negative zero reads back as 0"),
        ("{x: 9007199254740992}", "6:15 error PV209 `params.x`: 9007199254740992 is beyond 2^53 - 1"),
    ],
)
def test_a_claim_that_has_no_digest(find: Any, params: str, finding: str) -> None:
    assert find(SOUND + f"  params: {params}\n") == [finding]


def test_a_test_that_is_not_bound_needs_no_digest(find: Any) -> None:
    assert find("falsification_tests: [{id: T, params: {x: .nan}}]\n") == []


def test_unknown_keys_are_reported_with_the_nearest_known_one(find: Any) -> None:
    text = (
        "metadata: {id: C, version: 1.0.0, auhtor: me}\n"
        "falsification_test: []\n"
        "hypotheses: [{id: H, statement: s, stats: x}]\n"
        "implementation_stages:\n- id: S\n  neds: []\n  steps:\n  - {id: a, expected_aceptance: []}\n"
        "wholly_other: 1\n"
    )
    assert find(text) == [
        (
            "1:35 warning PV204 `auhtor` is no key of metadata that pv reads; did you mean `author`? "
            "-> write `author`"
        ),
        (
            "2:1 error PV227 `falsification_test` is no key of the contract that pv reads; "
            "did you mean `falsification_tests`? -> write `falsification_tests`"
        ),
        (
            "3:36 warning PV204 `stats` is no key of hypotheses that pv reads; did you mean `status`? "
            "-> write `status`"
        ),
        (
            "6:3 warning PV204 `neds` is no key of implementation_stages that pv reads; "
            "did you mean `needs`? -> write `needs`"
        ),
        (
            "8:13 warning PV204 `expected_aceptance` is no key of implementation_stages.steps that pv reads; "
            "did you mean `expected_acceptance`? -> write `expected_acceptance`"
        ),
        "9:1 warning PV204 `wholly_other` is no key of the contract that pv reads",
    ]


@pytest.mark.parametrize(
    ("wrong", "right"), [("acept", "accept"), ("decide", "decides"), ("parms", "params")]
)
def test_a_misspelt_part_of_a_claim_is_an_error_where_a_falsifier_would_run(
    find: Any, wrong: str, right: str
) -> None:
    assert find(SOUND + f"  {wrong}: []\n") == [
        (
            f"6:3 error PV210 `{wrong}` is no key of falsification_tests that pv reads; "
            f"did you mean `{right}`? -> write `{right}`"
        )
    ]
    (finding,) = find(f"falsification_tests: [{{id: T, {wrong}: []}}]\n")
    assert "warning PV204" in finding


@pytest.mark.parametrize(
    ("version", "is_one"),
    [("1.0.0", True), ("1.0.0-rc.1+b", True), ("1.0", False), ("v1.0.0", False), (1.0, False), (None, False)],
)
def test_semver_is_told(version: Any, *, is_one: bool) -> None:
    assert is_semver(version) is is_one


def test_a_version_is_suggested_for_what_people_write() -> None:
    assert [suggest_version(one) for one in ("1", 2, "V3.4", "1.2.3.4", "1.x", None, "", "\uff11.2")] == [
        "1.0.0", "2.0.0", "3.4.0", "1.2.3", "0.1.0", "0.1.0", "0.1.0", "0.1.0",
    ]  # fmt: skip


def test_a_test_that_is_refused_has_its_unknown_keys_reported_too(find: Any) -> None:
    text = "falsification_tests:\n- id: T\n  predicton: p\n  if_fails: 3\n- rule: r\n  banana: 1\n"
    assert find(text, "PV204") == [
        (
            "4:3 warning PV204 `predicton` is no key of falsification_tests that pv reads; "
            "did you mean `prediction`? -> write `prediction`"
        ),
        "7:3 warning PV204 `banana` is no key of falsification_tests that pv reads",
    ]
    (bound,) = find(
        "falsification_tests:\n- id: T\n  falsifier: f\n  acept: []\n  rule: 3\n", "PV210", "PV204"
    )
    assert bound.startswith("5:3 error PV210 `acept` is no key of falsification_tests that pv reads")

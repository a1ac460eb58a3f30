"""A part that does not fit is reported at its place, and the sound rest is kept with its indexes."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.loading.validation import validate_data


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "falsification_tests:\n- rule: r\n",
            "3:3 error PV201 `id` is missing in falsification_tests[0] -> add `id:`",
        ),
        (
            "hypotheses:\n- id: H\n",
            "3:3 error PV201 `statement` is missing in hypotheses[0] -> add `statement:`",
        ),
        ("falsification_tests: 5\n", "2:22 error PV202 `falsification_tests`: a list is wanted, got 5"),
        (
            "falsification_tests:\n- text\n",
            "3:3 error PV202 `falsification_tests[0]`: a mapping is wanted, got 'text'",
        ),
        ("hypotheses: {a: 1}\n", "2:13 error PV202 `hypotheses`: a list is wanted"),
        (
            "falsification_tests:\n- {id: 5}\n",
            "3:8 error PV202 `falsification_tests[0].id`: text is wanted, got 5 -> put the value in quotes",
        ),
        (
            "falsification_tests:\n- {id: T, status: true}\n",
            "3:19 error PV202 `falsification_tests[0].status`: text is wanted, got True",
        ),
        (
            "falsification_tests:\n- {id: T, limits: {seconds: '60'}}\n",
            "3:29 error PV202 `falsification_tests[0].limits.seconds`: a number is wanted, got '60'",
        ),
        (
            "falsification_tests:\n- {id: T, accept: [{metric: m, lt: .nan}]}\n",
            "3:36 error PV202 `falsification_tests[0].accept[0].lt`: a finite number is wanted, got nan",
        ),
        (
            "falsification_tests:\n- {id: T, accept: [{metric: m, lt: true}]}\n",
            "3:36 error PV202 `falsification_tests[0].accept[0].lt`: a number is wanted, got True",
        ),
        (
            "falsification_tests:\n- {id: T, accept: [{metric: m}]}\n",
            (
                "3:20 error PV202 `falsification_tests[0].accept[0]`: a condition compares: "
                "give one of lt, le, gt, ge, eq, ne, in, bits"
            ),
        ),
        (
            "falsification_tests:\n- {id: T, accept: [{metric: m, gt: 0, lt: }]}\n",
            "3:20 error PV202 `falsification_tests[0].accept[0]`: `lt` has no value",
        ),
        (
            "falsification_tests:\n- {id: T, accept: [{metric: m, ltt: 1}]}\n",
            (
                "3:32 error PV210 `ltt` is no key of `falsification_tests[0].accept[0]`; did you mean `lt`? "
                "-> write `lt`"
            ),
        ),
        (
            "falsification_tests:\n- {id: T, accept: [{metric: m, below: 1}]}\n",
            ("3:32 error PV210 `below` is no key of `falsification_tests[0].accept[0]`"),
        ),
        (
            "falsification_tests:\n- id: T\n  decides:\n  - {metric: m, CONFIRMD: {gt: 0}}\n",
            (
                "5:17 error PV210 `CONFIRMD` is no key of `falsification_tests[0].decides[0]`; "
                "did you mean `CONFIRMED`? -> write `CONFIRMED`"
            ),
        ),
        (
            "falsification_tests:\n- id: T\n  decides: {metric: m, CONFIRMED: [{gtt: 0, lt: 1}]}\n",
            (
                "4:37 error PV210 `gtt` is no key of `falsification_tests[0].decides.CONFIRMED[0]`; "
                "did you mean `gt`? -> write `gt`"
            ),
        ),
        (
            "falsification_tests:\n- {id: T, limits: {second: 60}}\n",
            (
                "3:20 error PV210 `second` is no key of `falsification_tests[0].limits`; "
                "did you mean `seconds`? -> write `seconds`"
            ),
        ),
        (
            "falsification_tests:\n- {id: T, hypothesis: [H, 5]}\n",
            (
                "3:27 error PV202 `falsification_tests[0].hypothesis[1]`: text is wanted, got 5 "
                "-> put the value in quotes"
            ),
        ),
        (
            "falsification_tests:\n- {id: ''}\n",
            "3:8 error PV202 `falsification_tests[0].id`: it must not be empty, got ''",
        ),
        (
            "implementation_stages:\n- id: S\n  steps:\n  - {id: a, needs: T}\n",
            "5:20 error PV202 `implementation_stages[0].steps[0].needs`: a list is wanted, got 'T'",
        ),
        (
            "amendments:\n- {version: 1.0.0}\n",
            "3:3 error PV201 `date` is missing in amendments[0] -> add `date:`",
        ),
    ],
)
def test_a_complaint_stands_at_its_place_in_plain_words(find: Any, text: str, finding: str) -> None:
    assert find(text)[0] == finding


def test_a_contract_without_metadata(find: Any, load: Any) -> None:
    loaded = load("falsification_tests: []\n#metadata:\n")
    (finding,) = loaded.diagnostics
    assert (finding.line, finding.column, finding.code) == (1, 1, "PV201")
    assert finding.message == "`metadata` is missing in the contract"
    assert find("metadata: 5\n") == ["1:11 error PV202 `metadata`: a mapping is wanted, got 5"]


def test_one_bad_key_of_metadata_does_not_hide_the_others(load: Any) -> None:
    loaded = load("metadata: {id: 5, version: 1.2.0, tags: [a], kind: 7}\n")
    assert [one.code for one in loaded.diagnostics] == ["PV202", "PV202"]
    assert loaded.contract.metadata.version == "1.2.0"
    assert loaded.id == "x"


MIXED = """\
falsification_tests:
- {id: A}
- {id: 5}
- {id: B, accept: [{metric: m, ltt: 1}]}
- {id: C, accept: [{metric: m, lt: true}], decides: 7}
- {id: D}
hypotheses:
- {id: H}
- {id: G, statement: s}
"""


def test_one_bad_test_hides_no_other(find: Any) -> None:
    codes = [finding.split(" ")[0] + " " + finding.split(" ")[2] for finding in find(MIXED)]
    assert codes == ["4:8 PV202", "5:32 PV210", "6:36 PV202", "6:53 PV202", "9:3 PV201"]


def test_the_sound_rest_is_kept_with_its_indexes(load: Any) -> None:
    loaded = load(MIXED)
    assert loaded.indexes["falsification_tests"] == (0, 4)
    assert loaded.indexes["hypotheses"] == (1,)
    assert [test.id for test in loaded.contract.tests] == ["A", "D"]
    assert loaded.test_paths == {"A": ("falsification_tests", 0), "D": ("falsification_tests", 4)}


def test_a_list_that_is_none_is_left_out_as_a_whole() -> None:
    contract, indexes, issues = validate_data(
        {"metadata": {}, "falsification_tests": 5, "hypotheses": [{"id": "H", "statement": "s"}]}
    )
    assert contract.falsification_tests is None
    assert indexes == {"hypotheses": (0,)}
    assert [issue.path for issue in issues] == [("falsification_tests",)]


def test_a_long_value_is_cut_in_the_message(find: Any) -> None:
    (finding,) = find("falsification_tests:\n- {id: T, limits: " + "x" * 200 + "}\n")
    assert finding.endswith("x...")
    assert len(finding) < 150


def test_a_number_beyond_every_double_is_a_finding_and_no_traceback(find: Any) -> None:
    number = "1" + "0" * 400
    (finding,) = find(
        f"falsification_tests:\n- {{id: T, falsifier: f, accept: [{{metric: m, gt: 0, lt: {number}}}]}}\n"
    )
    assert finding.startswith("3:57 error PV209 `accept.0.lt`: 1000")


@pytest.mark.parametrize("hypotheses", ["5", "[{id: [a], statement: s}]", "{a: b}", "[text]", "null"])
def test_hypotheses_of_any_shape_are_findings_and_no_traceback(find: Any, hypotheses: str) -> None:
    text = (
        f"hypotheses: {hypotheses}\n"
        "falsification_tests: [{id: T, falsifier: f, hypothesis: H, accept: [{metric: m, lt: 1}]}]\n"
    )
    assert find(text)


@pytest.mark.parametrize(
    ("value", "replacement"),
    [
        ("5", "'5'"),
        ("1.10", "'1.10'"),
        ("007", "'007'"),
        ("1e-5", "'1e-5'"),
        ("0x1F", "'0x1F'"),
        (".inf", "'.inf'"),
        ("true", None),
        ("[5]", None),
        ("&a 5", None),
        ("!!int 5", None),
        ("''", None),
    ],
)
def test_a_number_is_put_in_quotes_as_it_is_written(load: Any, value: str, replacement: str | None) -> None:
    loaded = load(f"falsification_tests:\n- {{id: {value}, rule: r}}\n")
    (finding,) = [one for one in loaded.diagnostics if one.code == "PV202"]
    assert finding.replacement == replacement
    assert (finding.fix == "put the value in quotes") is (
        replacement is not None or value in ("&a 5", "!!int 5")
    )


def test_bits_are_put_in_quotes_with_their_zeros(load: Any) -> None:
    loaded = load("falsification_tests:\n- {id: T, accept: [{metric: m, bits: 0000000000000001}]}\n")
    (finding,) = loaded.diagnostics
    assert (finding.place.column, finding.replacement) == (38, "'0000000000000001'")


def test_an_alias_is_not_put_in_quotes(load: Any) -> None:
    loaded = load("x: &a 5\nfalsification_tests:\n- {id: *a }\n")
    assert [one.replacement for one in loaded.diagnostics if one.code == "PV202"] == [None]

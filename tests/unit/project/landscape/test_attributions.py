"""Product, residual, and what is wrong with an attribution."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.project.landscape.attributions import (
    Weighed,
    find_attribution_findings,
    weigh_attributions,
)

PUBLISHED = """\
- id: PUBLISHED
  target: {value: 1723, unit: '%', kind: relative difference of standard deviations, source: record}
  factors:
  - {name: one matvec, value: 0.077, unit: '%', kind: scalar relative error, source: record}
  - {name: five matvecs, value: 5.70, kind: ratio, source: record}
  - {name: batch, value: 50, kind: ratio of standard deviations, source: record}
  - {name: real weights, value: 5.56, kind: ratio of scalar relative errors, source: record}
  - {name: rest, value: 14, kind: ratio, residual: true}
  stated: 1715
"""


def head(*entries: str) -> str:
    return "attributions:\n" + "".join(entries)


def entry(*factors: str, target: str = "{value: 6, kind: ratio, source: s}", tail: str = "") -> str:
    listed = "".join(f"  - {factor}\n" for factor in factors)
    return f"- id: A\n  target: {target}\n  factors:\n{listed}{tail}"


def typed(value: str, more: str = "source: s", kind: str = "ratio") -> str:
    return f"{{value: {value}, kind: {kind}, {more}}}"


def weigh(bench: Any, text: str) -> Weighed:
    bench.contract(bench.test(), head=head(text))
    (found,), _ = weigh_attributions(bench.view())
    return found


def messages(found: Weighed) -> list[tuple[str, str]]:
    return [(issue.code, issue.message) for issue in found.issues]


def test_the_published_chain_is_not_what_it_says(bench: Any) -> None:
    found = weigh(bench, PUBLISHED)
    assert found.product == pytest.approx(17.081988, rel=1e-15)
    assert found.explained == pytest.approx(1.220142, rel=1e-15)
    assert found.ratio == pytest.approx(17.081988 / 17.23)
    assert found.residual == pytest.approx(17.23 / 17.081988)
    assert found.stated == 17.15
    assert found.stated_difference == pytest.approx((17.15 - 17.081988) / 17.15)
    kinds, residual, stated = messages(found)
    assert kinds == (
        "PV508",
        (
            "the factors of PUBLISHED do not multiply: they are of 4 kinds: a scalar relative error "
            "(one matvec, real weights), another ratio (five matvecs, rest), "
            "a ratio of standard deviations (batch), "
            "a relative difference of standard deviations (the target)"
        ),
    )
    assert residual[0] == "PV509"
    assert residual[1].startswith(
        "PUBLISHED: factor 'rest' is a residual: without it the factors give 1.22014"
    )
    assert residual[1].endswith(" of the target")
    assert stated == (
        "PV510",
        (
            "PUBLISHED states the product 17.15 (1715 %), and its factors give 17.081988: "
            "a relative difference of 0.004"
        ),
    )


def test_the_14_is_found_out_where_nobody_declares_it(bench: Any) -> None:
    found = weigh(bench, PUBLISHED.replace("residual: true", "source: record").replace("50,", "50.0,"))
    (message,) = [issue.message for issue in found.issues if issue.code == "PV509"]
    assert message.startswith(
        "PUBLISHED: the target divided by the other factors gives a typed factor as it is written, so it may "
        "be the rest of that division: factor 'rest' is 14 beside 14.1213"
    )


def test_a_clean_attribution_has_no_finding(bench: Any) -> None:
    found = weigh(bench, entry(typed("2"), typed("2.5"), tail="  stated: 5.0\n"))
    assert (found.product, found.ratio, found.residual) == (5.0, 5 / 6, 1.2)
    assert (found.explained, found.stated_difference, messages(found)) == (5.0, 0.0, [])


def test_two_typed_factors_that_agree_are_one_finding_at_the_list(bench: Any) -> None:
    found = weigh(bench, entry(typed("2"), typed("3")))
    (issue,) = found.issues
    assert (issue.code, issue.path, issue.at_key) == ("PV509", ("attributions", 0, "factors"), True)
    assert issue.message.endswith("factor 1 is 2 beside 2.0, factor 2 is 3 beside 3.0")


def test_a_product_that_misses_the_target_is_no_agreement(bench: Any) -> None:
    found = weigh(bench, entry(typed("2"), typed("2.5")))
    assert (found.product, messages(found)) == (5.0, [])


def test_a_measured_factor_was_not_obtained_by_dividing(bench: Any) -> None:
    text = entry(
        "{test: T, metric: m, kind: ratio}", typed("12.1"), target="{value: 6, kind: ratio, source: s}"
    )
    bench.contract(bench.test(), head=head(text))
    bench.record(value=0.5)
    (found,), _ = weigh_attributions(bench.view())
    assert (found.product, messages(found)) == (6.05, [])
    bench.edit("12.1", "12")
    (found,), _ = weigh_attributions(bench.view())
    (issue,) = found.issues
    assert (issue.code, issue.path) == ("PV509", ("attributions", 0, "factors", 1, "value"))


def test_one_factor_alone_is_no_division(bench: Any) -> None:
    assert messages(weigh(bench, entry(typed("6")))) == []


def test_a_figure_without_a_measurement_leaves_everything_open(bench: Any) -> None:
    text = entry("{test: T, metric: m, kind: ratio}", typed("3"), tail="  stated: 6\n")
    found = weigh(bench, text)
    assert (found.product, found.ratio, found.residual, found.explained) == (None, None, None, None)
    assert found.stated_difference is None
    assert messages(found) == [("PV511", "A: factor 'T m' has no number: T is new")]
    assert found.issues[0].path == ("attributions", 0, "factors", 0, "test")


def test_a_measured_target_without_a_number_leaves_the_product(bench: Any) -> None:
    found = weigh(bench, entry(typed("2"), typed("3"), target="{test: X, metric: m, kind: ratio}"))
    assert (found.product, found.ratio, found.residual) == (6.0, None, None)
    assert messages(found) == [("PV511", "A: target has no number: the contract has no test X")]


def test_a_typed_target_is_held_against_what_was_measured(bench: Any) -> None:
    target = "{value: 0.5, test: T, metric: m, kind: ratio}"
    bench.contract(bench.test(), head=head(entry(typed("2"), target=target)))
    bench.record(value=0.52)
    (found,), _ = weigh_attributions(bench.view())
    assert (found.target.number, messages(found)) == (0.52, [])
    bench.edit("value: 0.5,", "value: 0.50,")
    (found,), _ = weigh_attributions(bench.view())
    assert messages(found) == [
        ("PV510", "A states the target 0.5, and T measured 0.52: a relative difference of 0.038")
    ]


def test_what_is_stated_is_in_the_unit_of_the_typed_target(bench: Any) -> None:
    target = "{value: 50, unit: '%', test: T, metric: m, kind: ratio}"
    bench.contract(bench.test(), head=head(entry(typed("2"), target=target, tail="  stated: 200\n")))
    bench.record(value=0.5)
    (found,), _ = weigh_attributions(bench.view())
    assert (found.stated, messages(found)) == (2.0, [])


@pytest.mark.parametrize("value", ["2.5", "-2"])
def test_a_count_is_a_whole_number(bench: Any, value: str) -> None:
    found = weigh(bench, entry(typed("7"), typed(value, kind="count")))
    assert messages(found) == [("PV508", f"A: factor 2 is a count, and {value} is no whole number")]


def test_nothing_but_residuals_explains_nothing(bench: Any) -> None:
    found = weigh(bench, entry(typed("6", "residual: true")))
    assert (found.explained, found.product) == (None, 6.0)
    assert messages(found) == [("PV509", "A: factor 1 is a residual")]


def test_a_target_of_zero_has_no_ratio(bench: Any) -> None:
    found = weigh(bench, entry(typed("2"), typed("3"), target="{value: 0, kind: ratio, source: s}"))
    assert (found.product, found.ratio, found.residual) == (6.0, None, 0.0)


def test_findings_stand_at_line_and_column(bench: Any) -> None:
    bench.contract(bench.test(), head=head(PUBLISHED, "- {id: B, target: {}, factors: []}\n"))
    found = find_attribution_findings(bench.view())
    places = [(each.code, each.line, each.column) for each in found]
    assert places == [
        ("PV508", 5, 3),
        ("PV509", 10, 52),
        ("PV510", 11, 11),
        ("PV507", 12, 19),
        ("PV507", 12, 32),
    ]
    assert {each.severity.value for each in found} == {"warning"}

from __future__ import annotations

from typing import Any

import pytest


def percent(measurement: Any, digits: int = 6) -> str:
    return f"{100 * float(measurement.value):.{digits}f}"


def test_005_two_products_have_the_same_bits(tools: Any) -> None:
    measured = tools.run(tools.tests["005"])
    assert measured["differing_bits"].value == 0
    assert measured["compared_elements"].value == 4 * 512 + 64


def test_006_lanes_and_left_fold_have_the_published_bits(tools: Any) -> None:
    measured = tools.run(tools.tests["006"])
    assert measured["left_fold"].bits == measured["lanes"].bits == "44191e70"
    assert measured["lanes"].value == 612.4756


def test_007_first_and_last_weight_have_the_published_bits(tools: Any) -> None:
    measured = tools.run(tools.tests["007"])
    assert (measured["first_weight"].bits, measured["first_weight"].value) == ("412c0000", 10.75)
    assert (measured["last_weight"].bits, measured["last_weight"].value) == ("3fa00000", 1.25)


@pytest.mark.parametrize("quantizer", ["ggml", "max_abs"])
@pytest.mark.parametrize("order", ["ggml", "sub_block_lanes"])
def test_008_both_paths_have_the_published_bits(tools: Any, quantizer: str, order: str) -> None:
    measured = tools.run(tools.tests["008"], quantizer=quantizer, order=order)
    assert (measured["path_a"].bits, measured["path_a"].value) == ("c69384e3", -18882.443)
    assert (measured["path_b"].bits, measured["path_b"].value) == ("c693a21e", -18897.059)
    assert percent(measured["drift"], 3) == "0.077"


def test_009_final_drift_and_growth(tools: Any) -> None:
    measured = tools.run(tools.tests["009"])
    assert percent(measured["final_drift"], 4) == "0.4391"
    assert f"{measured['final_drift'].value:.8f}" == "0.00439143"
    assert f"{measured['growth'].value:.2f}" == "5.70"


def test_010_drift_at_every_scale(tools: Any) -> None:
    measured = tools.run(tools.tests["010"])
    assert percent(measured["smallest_drift"]) == "0.091873"
    assert percent(measured["largest_drift"]) == "0.092017"
    assert f"{measured['spread'].value:.2f}" == "1.00"
    assert measured["drift_2933"].population == "one dot product of 256, d = 0.040618896484375"


def test_011_softmax(tools: Any) -> None:
    measured = tools.run(tools.tests["011"])
    assert percent(measured["input_drift"]) == "0.051333"
    assert percent(measured["output_drift"]) == "0.000578"
    assert f"{measured['amplification'].value:.4f}" == "0.0113"


def test_011_the_published_digits_are_those_of_float32(tools: Any) -> None:
    measured = tools.run(tools.tests["011"], dtype="float64")
    assert measured["amplification"].dtype == "float64"
    assert percent(measured["output_drift"]) == "0.000584"
    assert f"{measured['amplification'].value:.4f}" == "0.0114"


def test_012_rope(tools: Any) -> None:
    measured = tools.run(tools.tests["012"])
    assert percent(measured["input_drift"]) == "0.076997"
    assert percent(measured["output_drift"]) == "0.076986"
    assert f"{measured['amplification'].value:.4f}" == "0.9999"


def test_013_every_token(tools: Any) -> None:
    measured = tools.run(tools.tests["013"])
    published = ["0.439143", "0.246297", "0.020914", "0.028250", "0.023573", "0.024674", "0.020246"]
    assert [percent(measured[f"drift_token_{token}"]) for token in range(7)] == published
    assert percent(measured["mean_drift"]) == "0.114728"
    assert f"{measured['amplification'].value:.4f}" == "0.2613"
    assert f"{measured['mean_std_a'].value:.6f}" == "0.033416"
    assert f"{measured['mean_std_b'].value:.6f}" == "0.032228"
    assert percent(measured["std_ratio_excess"], 2) == "3.69"


@pytest.mark.parametrize(
    ("params", "token", "digits"),
    [
        ({"order": "ggml"}, 2, "0.020915"),
        ({"order": "ggml"}, 3, "0.028249"),
        ({"quantizer": "ggml"}, 5, "0.024675"),
    ],
)
def test_013_other_arithmetic_misses_a_digit(
    tools: Any, params: dict[str, str], token: int, digits: str
) -> None:
    measured = tools.run(tools.tests["013"], **params)
    assert percent(measured[f"drift_token_{token}"]) == digits


def test_013_first_token_is_that_of_009(tools: Any) -> None:
    alone, batch = tools.run(tools.tests["009"]), tools.run(tools.tests["013"])
    assert alone["final_drift"].bits == batch["drift_token_0"].bits


def test_015_rms_norm(tools: Any) -> None:
    measured = tools.run(tools.tests["015"])
    assert percent(measured["input_drift"]) == "0.077000"
    assert percent(measured["output_drift"]) == "0.077000"
    assert f"{measured['amplification'].value:.4f}" == "1.0000"

"""Test 003: the ratio of the standard deviations of both paths at one layer, like with like."""

from typing import Literal

from pvengine.plugin import Statistic, Trial, falsifier
from pvfalsifiers.faults.forward import (
    trace_with_norm_gain_twice,
    trace_with_up_for_gate,
    trace_without_norm_gain,
)
from pvfalsifiers.fixtures.prompted import FeedForwardTensor, LayerNumber, Prompted
from pvfalsifiers.models import Trace, forward_traced


class StdRatioParams(Prompted):
    """The prompt, and the tensor."""

    layer: LayerNumber
    tensor: FeedForwardTensor


def take(trial: Trial, trace: Trace, p: StdRatioParams, tokens: Literal["all", "last"]) -> Statistic:
    """Take the standard deviation of the tensor, with what it was taken over."""
    return trial.statistic(**trace.describe_std(p.layer, p.tensor, tokens))


@falsifier(
    "trace.std-ratio",
    subject=forward_traced,
    planted_faults={
        "gate's weights for up": trace_with_up_for_gate,
        "no gain in the norm": trace_without_norm_gain,
        "gain of the norm twice": trace_with_norm_gain_twice,
    },
)
def measure_std_ratio(trial: Trial, p: StdRatioParams) -> None:
    """Measure the standard deviation of a tensor on path A by that on path B, over the last token on both.

    Beside it the ratio over all tokens on both sides, and the artefact of the published comparison: path A
    over all tokens, divided by path B over the last alone. That is no ratio of like with like, so that a
    trial refuses it as a comparison; it is measured as a plain figure from the two statistics.
    """
    model, tokens = p.load(trial)
    a, b = trial.subject(model, tokens, "A"), trial.subject(model, tokens, "B")
    a_last, b_last = take(trial, a, p, "last"), take(trial, b, p, "last")
    a_all, b_all = take(trial, a, p, "all"), take(trial, b, p, "all")
    trial.compare("std_ratio", a_last, b_last)
    trial.compare("std_ratio_all_tokens", a_all, b_all)
    trial.measure("std_a_last_token", a_last)
    trial.measure("std_b_last_token", b_last)
    trial.measure("std_a_all_tokens", a_all)
    trial.measure("std_b_all_tokens", b_all)
    trial.measure(
        "artefact_all_tokens_by_last_token",
        a_all.value / b_last.value,
        unit="ratio",
        population=f"unlike: A over {len(tokens)} tokens, B over the last; {p.tensor}, layer {p.layer}",
        aggregation="std by std of another population",
        normalisation="n",
        arithmetic="float64 of float32",
    )

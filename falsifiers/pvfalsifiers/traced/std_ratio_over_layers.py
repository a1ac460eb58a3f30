"""Test 004: the ratio of the standard deviations of both paths in every layer, like with like."""

from pvengine.plugin import Trial, falsifier
from pvfalsifiers.faults.forward import (
    trace_with_norm_gain_twice,
    trace_with_up_for_gate,
    trace_without_norm_gain,
)
from pvfalsifiers.fixtures.prompted import FeedForwardTensor, Prompted
from pvfalsifiers.models import forward_traced


class LayersParams(Prompted):
    """The prompt, and the tensor."""

    tensor: FeedForwardTensor


@falsifier(
    "trace.std-ratio-over-layers",
    subject=forward_traced,
    planted_faults={
        "gate's weights for up": trace_with_up_for_gate,
        "no gain in the norm": trace_without_norm_gain,
        "gain of the norm twice": trace_with_norm_gain_twice,
    },
)
def measure_std_ratio_over_layers(trial: Trial, p: LayersParams) -> None:
    """Measure A, B and A by B over the last token in each layer, the extremes of A by B, and where they lie.

    The largest artefact is that of path A over all tokens by path B over the last alone, a figure of unlike
    populations.
    """
    model, tokens = p.load(trial)
    a, b = trial.subject(model, tokens, "A"), trial.subject(model, tokens, "B")
    layers = range(len(model.layers))
    for layer in layers:
        ours = trial.statistic(**a.describe_std(layer, p.tensor, "last"))
        theirs = trial.statistic(**b.describe_std(layer, p.tensor, "last"))
        trial.measure(f"std_a_{layer:02d}", ours)
        trial.measure(f"std_b_{layer:02d}", theirs)
        trial.compare(f"std_ratio_{layer:02d}", ours, theirs)
    ratios = {layer: float(trial.measurements[f"std_ratio_{layer:02d}"].value) for layer in layers}
    artefacts = {layer: a.std(layer, p.tensor) / b.std(layer, p.tensor, "last") for layer in layers}
    like = f"{len(ratios)} layers; {p.tensor}, the last token on both sides"
    unlike = (
        f"{len(ratios)} layers; {p.tensor}, unlike: path A over {len(tokens)} tokens, path B over the last"
    )
    for name, found, choose, population in (
        ("smallest_std_ratio", ratios, min, like),
        ("largest_std_ratio", ratios, max, like),
        ("largest_artefact", artefacts, max, unlike),
    ):
        layer = choose(found, key=found.__getitem__)
        trial.measure(
            name,
            found[layer],
            unit="ratio",
            population=population,
            aggregation=f"{choose.__name__} of std by std",
            normalisation="n",
            arithmetic="float64 of float32",
        )
        trial.measure(f"{name}_at", layer, unit="layer", population=population, arithmetic="integer")

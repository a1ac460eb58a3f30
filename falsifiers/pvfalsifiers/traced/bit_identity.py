"""Test 002: whether tracing changes what a forward pass computes."""

from typing import get_args

from pvengine.plugin import Trial, falsifier
from pvfalsifiers.faults.forward import trace_centring_inner, trace_path_a, trace_rounding_residual
from pvfalsifiers.fixtures.prompted import Prompted
from pvfalsifiers.kernels.drift import count_differing_bits
from pvfalsifiers.models import forward, forward_traced
from pvfalsifiers.models.trace import Path


class BitIdentityParams(Prompted):
    """The prompt."""


@falsifier(
    "trace.bit-identity",
    subject=forward_traced,
    planted_faults={
        "inner centred in place": trace_centring_inner,
        "residual rounded in place": trace_rounding_residual,
        "path A whatever was asked": trace_path_a,
    },
)
def measure_bit_identity(trial: Trial, p: BitIdentityParams) -> None:
    """Count the bits in which the logits of a traced pass differ from an untraced one's, on both paths."""
    model, tokens = p.load(trial)
    differing = compared = 0
    for path in get_args(Path):
        plain, traced = forward(model, tokens, path), trial.subject(model, tokens, path).logits
        differing += count_differing_bits(plain, traced)
        compared += 8 * plain.nbytes
    population = f"logits of {len(tokens)} tokens x {model.output.rows} of the vocabulary, paths A and B"
    trial.measure("differing_bits", differing, unit="bit", population=population, arithmetic="integer")
    trial.measure("compared_bits", compared, unit="bit", population=population, arithmetic="integer")

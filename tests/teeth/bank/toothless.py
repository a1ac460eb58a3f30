"""A falsifier without a planted fault: none, for the engine."""

from subjects import scale

from pvengine.plugin import Params, Trial, falsifier


class Draw(Params):
    """How many numbers are drawn."""

    count: int


@falsifier("toothless.error", subject=scale, planted_faults={})
def measure_error(trial: Trial, p: Draw) -> None:
    """Largest error of the product."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("error", float(abs(trial.subject(x) - 3.0 * x).max()))

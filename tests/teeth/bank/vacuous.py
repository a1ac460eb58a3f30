"""Falsifiers that look like tests and cannot fail, each in a way that people write them."""

import numpy as np
from subjects import scale, softmax

from pvengine.plugin import Params, Trial, falsifier


class Draw(Params):
    """How many numbers are drawn, and by how much they are moved."""

    count: int
    perturbation: float = 0.0


def double(x: np.ndarray) -> np.ndarray:
    """Multiply by two: wrong."""
    return x * 2.0


def give_nan(x: np.ndarray) -> np.ndarray:
    """Give no number at all."""
    return x * float("nan")


def halve_probabilities(x: np.ndarray) -> np.ndarray:
    """Give probabilities that sum to one half."""
    return softmax(x) / 2


def multiply_enormously(x: np.ndarray) -> np.ndarray:
    """Multiply by three million: so wrong that any bar sees it."""
    return x * 3.0e6


@falsifier("vacuous.error", subject=scale, planted_faults={"doubles": double})
def measure_error(trial: Trial, p: Draw) -> None:
    """Largest error of the product; what is vacuous is the contract."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("error", float(np.abs(trial.subject(x) - 3.0 * x).max()))


@falsifier("vacuous.norm", subject=scale, planted_faults={"doubles": double})
def measure_norm(trial: Trial, p: Draw) -> None:
    """Norm of the error: never negative."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("norm", float(np.linalg.norm(trial.subject(x) - 3.0 * x)))


@falsifier("vacuous.norm-beside-nan", subject=scale, planted_faults={"gives NaN": give_nan})
def measure_norm_beside_nan(trial: Trial, p: Draw) -> None:
    """Norm of the error, with a fault that gives no number."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("norm", float(np.linalg.norm(trial.subject(x) - 3.0 * x)))


@falsifier("vacuous.cosine", subject=scale, planted_faults={"gives NaN": give_nan})
def measure_cosine(trial: Trial, p: Draw) -> None:
    """Cosine of the angle between product and input: never below -1."""
    x = trial.rng.standard_normal(p.count)
    y = trial.subject(x)
    trial.measure("cosine", float(x @ y / np.linalg.norm(x) / np.linalg.norm(y)))


@falsifier("vacuous.itself", subject=scale, planted_faults={"doubles": double})
def compare_with_itself(trial: Trial, p: Draw) -> None:
    """Count of elements in which the result differs from itself."""
    y = trial.subject(trial.rng.standard_normal(p.count))
    trial.measure("differing", int((y != y).sum()))  # noqa: PLR0124 - the mistake that is shown


@falsifier("vacuous.itself-beside-nan", subject=scale, planted_faults={"gives NaN": give_nan})
def compare_with_itself_beside_nan(trial: Trial, p: Draw) -> None:
    """Count of elements in which the result differs from itself, with the one fault that does."""
    y = trial.subject(trial.rng.standard_normal(p.count))
    trial.measure("differing", int((y != y).sum()))  # noqa: PLR0124 - the mistake that is shown


@falsifier("vacuous.tolerance", subject=scale, planted_faults={"doubles": double})
def compare_within_infinity(trial: Trial, p: Draw) -> None:
    """Count of elements beyond a tolerance that nothing is beyond."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("beyond", int((~np.isclose(trial.subject(x), 3.0 * x, atol=np.inf)).sum()))


@falsifier("vacuous.samples", subject=scale, planted_faults={"doubles": double})
def measure_samples(trial: Trial, p: Draw) -> None:
    """Largest error over the samples, of which there may be none."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("error", float(np.abs(trial.subject(x) - 3.0 * x).max(initial=0.0)))


@falsifier("vacuous.loop", subject=scale, planted_faults={"doubles": double})
def loop_over_nothing(trial: Trial, p: Draw) -> None:
    """Count of wrong rows, in a loop whose bounds are swapped."""
    x = trial.rng.standard_normal((p.count, 4))
    wrong, right = 0, 0
    for row in range(p.count, 0):
        is_right = np.allclose(trial.subject(x[row]), 3.0 * x[row])
        wrong, right = wrong + (not is_right), right + is_right
    trial.measure("wrong", wrong)
    trial.measure("right", right)


@falsifier("vacuous.assertions", subject=scale, planted_faults={"doubles": double})
def assert_everything(trial: Trial, p: Draw) -> None:
    """Count of what was checked, by assertions that -O removes."""
    x = trial.rng.standard_normal(p.count)
    assert np.allclose(trial.subject(x), 3.0 * x), "the product is wrong"
    trial.measure("checked", p.count)


@falsifier("vacuous.perturbation", subject=scale, planted_faults={"doubles": double})
def perturb_by_nothing(trial: Trial, p: Draw) -> None:
    """Drift of the result by a drift of the input, which the params may set to zero."""
    x = trial.rng.standard_normal(p.count)
    before, after = trial.subject(x), trial.subject(x + p.perturbation)
    trial.measure("drift", float(np.abs(after - before).max()))


@falsifier("vacuous.constant", subject=scale, planted_faults={"doubles": double})
def measure_a_constant(trial: Trial, p: Draw) -> None:
    """Error that was copied from another run."""
    trial.subject(trial.rng.standard_normal(p.count))
    trial.measure("error", 1.25e-7)


@falsifier("vacuous.input", subject=scale, planted_faults={"doubles": double})
def measure_the_input(trial: Trial, p: Draw) -> None:
    """Spread of the input in place of that of the result."""
    x = trial.rng.standard_normal(p.count)
    trial.subject(x)
    trial.measure("spread", float(x.std()))


@falsifier("vacuous.by-name", subject=scale, planted_faults={"doubles": double})
def call_by_name(trial: Trial, p: Draw) -> None:
    """Largest error of the function that is called by its name, not through the trial."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("error", float(np.abs(scale(x) - 3.0 * x).max()))


@falsifier("vacuous.swallowed", subject=scale, planted_faults={"doubles": double})
def swallow_exceptions(trial: Trial, p: Draw) -> None:
    """Count of wrong elements, where whatever is raised counts as right."""
    x = trial.rng.standard_normal(p.count)
    wrong = 0
    try:
        np.testing.assert_allclose(trial.subject(x), 3.0 * x)
    except Exception:  # noqa: BLE001 - the mistake that is shown
        wrong += 0
    trial.measure("wrong", wrong)


@falsifier("vacuous.renormalised", subject=softmax, planted_faults={"sums to one half": halve_probabilities})
def renormalise(trial: Trial, p: Draw) -> None:
    """Deviation of a sum from 1, after dividing by that sum."""
    probabilities = trial.subject(trial.rng.standard_normal((p.count, 4)))
    probabilities = probabilities / probabilities.sum(axis=-1, keepdims=True)
    trial.measure("error", float(np.abs(probabilities.sum(axis=-1) - 1).max()))


@falsifier("vacuous.loose", subject=scale, planted_faults={"three million times": multiply_enormously})
def measure_beside_a_gross_fault(trial: Trial, p: Draw) -> None:
    """Largest error of the product, with a fault that any bar sees."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("error", float(np.abs(trial.subject(x) - 3.0 * x).max()))

"""Sound tests that count: differing bits, wrong elements, broken orders, and statistics of seeded draws."""

import math
import random

import numpy as np
from subjects import softmax

from pvengine.plugin import Params, Trial, falsifier


class Draw(Params):
    """How many numbers are drawn."""

    count: int


def multiply_matrices(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Multiply matrices, one rank after the other, in float32."""
    total = np.zeros((a.shape[0], b.shape[1]), np.float32)
    for k in range(a.shape[1]):
        total += a[:, k, None] * b[None, k, :]
    return total


class Drifting:
    """Multiply, a little more at each call: what must not be."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Multiply, and remember that it was asked."""
        self.calls += 1
        return multiply_matrices(a, b) * np.float32(1 + 1e-3 * self.calls)


def sort_merging(x: np.ndarray) -> np.ndarray:
    """Sort by merging halves."""
    if len(x) < 2:
        return x
    left, right = sort_merging(x[: len(x) // 2]), sort_merging(x[len(x) // 2 :])
    places = np.searchsorted(left, right, side="right") + np.arange(len(right))
    merged = np.empty_like(x)
    is_right = np.zeros(len(x), bool)
    is_right[places] = True
    merged[is_right], merged[~is_right] = right, left
    return merged


def choose_largest(x: np.ndarray) -> np.ndarray:
    """Choose the column of the largest element of each row."""
    return np.argmax(x, axis=1)


def choose_top(x: np.ndarray, k: int) -> np.ndarray:
    """Choose the places of the k largest elements, the largest first."""
    return np.argsort(-x, kind="stable")[:k]


def search(values: np.ndarray, wanted: float) -> int:
    """Find the first place at which a value is not less than the wanted one."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if values[middle] < wanted else (low, middle)
    return low


def count_bins(x: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Count how many numbers fall between edges."""
    return np.histogram(x, edges)[0]


def rectify(x: np.ndarray) -> np.ndarray:
    """Set what is negative to zero."""
    return np.maximum(x, 0)


def squash(x: np.ndarray) -> np.ndarray:
    """Squash numbers into (0, 1)."""
    return 1 / (1 + np.exp(-x))


def mask_future(scores: np.ndarray) -> np.ndarray:
    """Turn scores into weights that do not look ahead."""
    future = np.triu(np.ones(scores.shape, bool), 1)
    return softmax(np.where(future, -np.inf, scores))


def find_median(x: np.ndarray) -> float:
    """Find the median."""
    ordered = np.sort(x)
    return float((ordered[(len(x) - 1) // 2] + ordered[len(x) // 2]) / 2)


def draw_normal(seed: int, count: int) -> np.ndarray:
    """Draw normal numbers by Box and Muller."""
    rng = np.random.default_rng(seed)
    radius = np.sqrt(-2 * np.log(1 - rng.random(count)))
    return radius * np.cos(2 * np.pi * rng.random(count))


def shuffle(items: list[int], seed: int) -> list[int]:
    """Shuffle by Fisher and Yates."""
    rng, shuffled = random.Random(seed), list(items)  # noqa: S311 - a shuffle, no secret
    for i in range(len(shuffled) - 1, 0, -1):
        j = rng.randrange(i + 1)
        shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
    return shuffled


def estimate_pi(seed: int, count: int) -> float:
    """Estimate pi by darts."""
    darts = np.random.default_rng(seed).random((count, 2))
    return 4 * float((darts**2).sum(1).__lt__(1).mean())


def smooth(x: np.ndarray) -> np.ndarray:
    """Average each number with its two neighbours; the ends stay."""
    y = x.copy()
    y[1:-1] = (x[:-2] + x[1:-1] + x[2:]) / 3
    return y


def interpolate(x: np.ndarray, knots: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Interpolate between knots by straight lines."""
    right = np.clip(np.searchsorted(knots, x), 1, len(knots) - 1)
    part = (x - knots[right - 1]) / (knots[right] - knots[right - 1])
    return values[right - 1] * (1 - part) + values[right] * part


@falsifier("sound.same-bits", subject=multiply_matrices, planted_faults={"drifts": Drifting()})
def count_differing_bits(trial: Trial, p: Draw) -> None:
    """Count of elements that differ between two calls."""
    a, b = (trial.rng.standard_normal((p.count, p.count)).astype(np.float32) for _ in range(2))
    trial.measure("differing", int((trial.subject(a, b) != trial.subject(a, b)).sum()))


@falsifier(
    "sound.products",
    subject=multiply_matrices,
    planted_faults={"transposed": lambda a, b: multiply_matrices(a, b).T},
)
def count_wrong_products(trial: Trial, p: Draw) -> None:
    """Count of elements that differ from the exact product of small integers."""
    a, b = (trial.rng.integers(-8, 8, (p.count, p.count)) for _ in range(2))
    product = trial.subject(a.astype(np.float32), b.astype(np.float32))
    trial.measure("wrong", int((product != a @ b).sum()))


@falsifier(
    "sound.sorted",
    subject=sort_merging,
    planted_faults={"last two swapped": lambda x: np.r_[np.sort(x)[:-2], np.sort(x)[:-3:-1]]},
)
def count_inversions(trial: Trial, p: Draw) -> None:
    """Count of neighbours in the wrong order, and of elements that were lost."""
    x = trial.rng.standard_normal(p.count)
    y = trial.subject(x)
    trial.measure("inversions", int((np.diff(y) < 0).sum()))
    trial.measure("lost", int((np.sort(y) != np.sort(x)).sum()))


@falsifier("sound.sort-idempotent", subject=sort_merging, planted_faults={"reverses": lambda x: x[::-1]})
def count_changes_by_sorting_again(trial: Trial, p: Draw) -> None:
    """Count of elements that move when what is sorted is sorted again."""
    y = trial.subject(trial.rng.standard_normal(p.count))
    trial.measure("moved", int((trial.subject(y) != y).sum()))


@falsifier(
    "sound.argmax", subject=choose_largest, planted_faults={"smallest": lambda x: np.argmin(x, axis=1)}
)
def compare_choices(trial: Trial, p: Draw) -> None:
    """Part of the rows on which the choice agrees with that after a softmax."""
    x = trial.rng.standard_normal((p.count, 6))
    trial.measure("agreement", float(np.mean(trial.subject(x) == trial.subject(softmax(x)))))
    trial.measure("right", float(np.mean(x[np.arange(p.count), trial.subject(x)] == x.max(1))))


@falsifier("sound.top-k", subject=choose_top, planted_faults={"the smallest": lambda x, k: np.argsort(x)[:k]})
def count_missed(trial: Trial, p: Draw) -> None:
    """Count of elements that were left out and are larger than one that was chosen."""
    x = trial.rng.standard_normal(p.count)
    chosen = trial.subject(x, 5)
    trial.measure("missed", int((np.delete(x, chosen) > x[chosen].min()).sum()))


@falsifier(
    "sound.search", subject=search, planted_faults={"one further": lambda v, w: min(search(v, w) + 1, len(v))}
)
def count_wrong_places(trial: Trial, p: Draw) -> None:
    """Count of searches that end at another place than counting gives."""
    values = np.sort(trial.rng.integers(0, p.count, p.count)).astype(float)
    trial.measure("wrong", sum(trial.subject(values, w) != int((values < w).sum()) for w in range(p.count)))


@falsifier(
    "sound.histogram",
    subject=count_bins,
    planted_faults={"loses the last edge": lambda x, e: np.histogram(x[x < e[-1]], e)[0]},
)
def count_lost_numbers(trial: Trial, p: Draw) -> None:
    """Count of numbers that no bin has, the largest at the last edge."""
    x = trial.rng.random(p.count)
    x[0] = 1.0
    trial.measure("lost", p.count - int(trial.subject(x, np.linspace(0, 1, 9)).sum()))


@falsifier("sound.rectified", subject=rectify, planted_faults={"absolute value": np.abs})
def count_negative(trial: Trial, p: Draw) -> None:
    """Count of negative results, and of positive inputs that changed."""
    x = trial.rng.standard_normal(p.count)
    y = trial.subject(x)
    trial.measure("negative", int((y < 0).sum()))
    trial.measure("leaked", int((y[x < 0] != 0).sum()))


@falsifier("sound.monotonic", subject=squash, planted_faults={"a wave": np.sin})
def count_falling(trial: Trial, p: Draw) -> None:
    """Count of neighbours between which a rising function falls."""
    trial.measure("falling", int((np.diff(trial.subject(np.linspace(-5, 5, p.count))) <= 0).sum()))


@falsifier("sound.symmetric", subject=squash, planted_faults={"shifted": lambda x: squash(x + 0.1)})
def measure_symmetry(trial: Trial, p: Draw) -> None:
    """Largest deviation of f(x) + f(-x) from 1."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("deviation", float(np.abs(trial.subject(x) + trial.subject(-x) - 1).max()))


@falsifier("sound.causal", subject=mask_future, planted_faults={"looks ahead": softmax})
def measure_look_ahead(trial: Trial, p: Draw) -> None:
    """Largest weight on what comes later."""
    weights = trial.subject(trial.rng.standard_normal((p.count, p.count)))
    trial.measure("ahead", float(np.triu(weights, 1).max()))
    trial.measure("sum_error", float(np.abs(weights.sum(1) - 1).max()))


@falsifier("sound.median", subject=find_median, planted_faults={"the mean": lambda x: float(np.mean(x))})
def count_sides(trial: Trial, p: Draw) -> None:
    """Difference of how many lie below and above, in skewed data."""
    x = trial.rng.exponential(size=p.count)
    median = trial.subject(x)
    trial.measure("imbalance", abs(int((x < median).sum()) - int((x > median).sum())))


@falsifier(
    "sound.normal-draws",
    subject=draw_normal,
    planted_faults={"uniform": lambda s, n: np.random.default_rng(s).random(n)},
)
def measure_moments(trial: Trial, p: Draw) -> None:
    """Mean and variance of draws, in standard errors from 0 and 1."""
    x = trial.subject(trial.seed % 2**32, p.count)
    trial.measure("mean", abs(float(x.mean())) * math.sqrt(p.count))
    trial.measure("variance", abs(float(x.var()) - 1) * math.sqrt(p.count / 2))


@falsifier(
    "sound.seeded", subject=draw_normal, planted_faults={"ignores the seed": lambda _, n: draw_normal(1, n)}
)
def compare_seeds(trial: Trial, p: Draw) -> None:
    """Count of equal draws under two seeds, and of differing ones under one."""
    first, second, other = trial.subject(5, p.count), trial.subject(5, p.count), trial.subject(6, p.count)
    trial.measure("equal", int((first == other).sum()))
    trial.measure("differing", int((first != second).sum()))


@falsifier(
    "sound.shuffle", subject=shuffle, planted_faults={"repeats": lambda items, _: [items[0], *items[:-1]]}
)
def count_lost_cards(trial: Trial, p: Draw) -> None:
    """Count of items that a shuffle loses, and of those that stay."""
    cards = list(range(p.count))
    shuffled = trial.subject(cards, 7)
    trial.measure("lost", len(set(cards) - set(shuffled)))
    trial.measure("stayed", sum(one == other for one, other in zip(cards, shuffled, strict=True)))


@falsifier(
    "sound.darts", subject=estimate_pi, planted_faults={"a quarter": lambda s, n: estimate_pi(s, n) / 4}
)
def measure_darts(trial: Trial, p: Draw) -> None:
    """Error of an estimate of pi, in standard errors."""
    error = abs(trial.subject(trial.seed % 2**32, p.count) - math.pi)
    trial.measure("errors", error / (4 * math.sqrt(math.pi / 4 * (1 - math.pi / 4) / p.count)))


@falsifier(
    "sound.smoothing", subject=smooth, planted_faults={"sums": lambda x: np.convolve(x, np.ones(3), "same")}
)
def measure_ratio_of_spreads(trial: Trial, p: Draw) -> None:
    """Ratio of the spreads after and before smoothing white noise: 1/sqrt(3)."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("ratio", float(trial.subject(x).std() / x.std()), unit="ratio")


@falsifier(
    "sound.interpolation",
    subject=interpolate,
    planted_faults={"nearest": lambda x, k, v: v[np.abs(x[:, None] - k).argmin(1)]},
)
def measure_interpolation(trial: Trial, p: Draw) -> None:
    """Largest error of the interpolation of a straight line."""
    knots = np.linspace(0, 1, 6)
    x = trial.rng.random(p.count)
    trial.measure("error", float(np.abs(trial.subject(x, knots, 2 * knots - 1) - (2 * x - 1)).max()))

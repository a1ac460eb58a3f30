"""Sound tests of how far a result is from the truth: norms, ratios, bounds, orders of convergence."""

import math

import numpy as np
from subjects import dequantize, softmax

from pvengine.plugin import Params, Trial, falsifier


class Draw(Params):
    """How many numbers are drawn."""

    count: int


def divide_by_rms(x: np.ndarray) -> np.ndarray:
    """Divide by the root mean square."""
    return x / np.sqrt(np.mean(x**2) + 1e-12)


def add_left_to_right(x: np.ndarray) -> np.float32:
    """Add float32 in the order of the array."""
    return np.cumsum(x, dtype=np.float32)[-1]


def add_compensated(x: np.ndarray) -> float:
    """Add with Neumaier's compensation."""
    total = carry = 0.0
    for term in x.tolist():
        grown = total + term
        carry += (total - grown) + term if abs(total) >= abs(term) else (term - grown) + total
        total = grown
    return total + carry


def find_log_sum_exp(x: np.ndarray) -> float:
    """Find log(sum(exp(x))) without overflow."""
    highest = float(x.max())
    return highest + math.log(float(np.exp(x - highest).sum()))


def integrate(function: str, low: float, high: float, steps: int) -> float:
    """Integrate sine or exp by Simpson's rule; steps is even."""
    x = np.linspace(low, high, steps + 1)
    y = getattr(np, function)(x)
    return float((high - low) / steps / 3 * (y[0] + y[-1] + 4 * y[1:-1:2].sum() + 2 * y[2:-1:2].sum()))


def find_root(value: float) -> float:
    """Find a square root by Newton's iteration."""
    root = max(value, 1.0)
    for _ in range(60):
        root = 0.5 * (root + value / root)
    return root


def step_midpoint(y: float, h: float) -> float:
    """Take a step of the midpoint rule for y' = -y."""
    return y - h * (y - h / 2 * y)


def find_spread(x: np.ndarray) -> float:
    """Find the standard deviation in two passes."""
    return math.sqrt(float(np.mean((x - x.mean()) ** 2)))


def rotate(x: np.ndarray, angle: float) -> np.ndarray:
    """Rotate pairs of numbers."""
    pairs = x.reshape(-1, 2)
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.stack(
        [pairs[:, 0] * cosine - pairs[:, 1] * sine, pairs[:, 0] * sine + pairs[:, 1] * cosine], -1
    )


def solve(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Solve a linear system."""
    return np.linalg.solve(a, b)


def orthogonalize(a: np.ndarray) -> np.ndarray:
    """Make the columns orthonormal by modified Gram-Schmidt."""
    q = a.astype(float).copy()
    for j in range(q.shape[1]):
        for i in range(j):
            q[:, j] -= (q[:, i] @ q[:, j]) * q[:, i]
        q[:, j] /= np.linalg.norm(q[:, j])
    return q


def evaluate_polynomial(coefficients: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Evaluate a polynomial by Horner's rule, the highest power first."""
    total = np.zeros_like(x)
    for coefficient in coefficients:
        total = total * x + coefficient
    return total


def convolve(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Convolve by the Fourier transform."""
    n = len(x) + len(kernel) - 1
    return np.fft.irfft(np.fft.rfft(x, n) * np.fft.rfft(kernel, n), n)


def quantize(x: np.ndarray) -> np.ndarray:
    """Quantise to codes of 8 bits with a step of 1/16."""
    return np.clip(np.rint(x * 16), -128, 127).astype(np.int8)


@falsifier("sound.rms", subject=divide_by_rms, planted_faults={"by the mean": lambda x: x / np.abs(x).mean()})
def measure_rms(trial: Trial, p: Draw) -> None:
    """Deviation of the root mean square from 1."""
    y = trial.subject(trial.rng.standard_normal(p.count))
    trial.measure("error", abs(float(np.sqrt(np.mean(y**2))) - 1))


@falsifier("sound.softmax-sum", subject=softmax, planted_faults={"not normalised": np.exp})
def measure_softmax_sum(trial: Trial, p: Draw) -> None:
    """Largest deviation of a sum of probabilities from 1, and the smallest probability."""
    y = trial.subject(trial.rng.standard_normal((p.count, 5)))
    trial.measure("error", float(np.abs(y.sum(-1) - 1).max()))
    trial.measure("smallest", float(y.min()))


@falsifier(
    "sound.softmax-shift", subject=softmax, planted_faults={"of the squares": lambda x: softmax(x * x)}
)
def measure_softmax_shift(trial: Trial, p: Draw) -> None:
    """Change of probabilities when all logits move by the same."""
    x = trial.rng.standard_normal((p.count, 5))
    trial.measure("change", float(np.abs(trial.subject(x) - trial.subject(x + 2.0)).max()))


@falsifier(
    "sound.float32-sum",
    subject=add_left_to_right,
    planted_faults={"in float16": lambda x: np.float32(np.cumsum(x, dtype=np.float16)[-1])},
)
def measure_float32_sum(trial: Trial, p: Draw) -> None:
    """Error of a float32 sum over its bound, (n - 1) * u * sum|x|."""
    x = trial.rng.random(p.count).astype(np.float32)
    error = abs(float(trial.subject(x)) - math.fsum(x.tolist()))
    trial.measure("over_bound", error / ((p.count - 1) * 2.0**-24 * math.fsum(np.abs(x).tolist())))


@falsifier(
    "sound.compensated-sum",
    subject=add_compensated,
    planted_faults={"uncompensated": lambda x: float(sum(x))},
)
def measure_compensated_sum(trial: Trial, p: Draw) -> None:
    """Error of a sum in which almost everything cancels."""
    x = trial.rng.standard_normal(p.count) * 1e10
    x = np.concatenate([x, -x, [1.0]])
    trial.measure("error", abs(trial.subject(x) - 1.0))


@falsifier(
    "sound.log-sum-exp",
    subject=find_log_sum_exp,
    planted_faults={"of the mean": lambda x: math.log(np.exp(x).mean())},
)
def measure_log_sum_exp(trial: Trial, p: Draw) -> None:
    """Error against the logarithm of the sum for small logits."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("error", abs(trial.subject(x) - math.log(math.fsum(np.exp(x).tolist()))))


@falsifier(
    "sound.log-sum-exp-overflow",
    subject=find_log_sum_exp,
    planted_faults={"overflows": lambda x: float(np.log(np.exp(x).sum()))},
)
def measure_overflow(trial: Trial, p: Draw) -> None:
    """Result for logits of 1000, above the largest; a naive one is infinite."""
    with np.errstate(over="ignore"):
        trial.measure("above", trial.subject(np.full(p.count, 1000.0)) - 1000.0)


@falsifier(
    "sound.simpson",
    subject=integrate,
    planted_faults={
        "rectangles": lambda f, a, b, n: float(getattr(np, f)(np.linspace(a, b, n)).sum() * (b - a) / n)
    },
)
def measure_simpson(trial: Trial, p: Draw) -> None:
    """Error of an integral of sine, and the order of convergence."""
    errors = [abs(trial.subject("sin", 0.0, 1.0, n) - (1 - math.cos(1.0))) for n in (p.count, 2 * p.count)]
    trial.measure("error", errors[0])
    trial.measure("order", math.log2(errors[0] / errors[1]))


@falsifier(
    "sound.square-root", subject=find_root, planted_faults={"one step short": lambda v: 0.5 * (v + 1.0)}
)
def measure_square_root(trial: Trial, p: Draw) -> None:
    """Largest relative error of the square of a square root."""
    values = trial.rng.uniform(1e-3, 1e3, p.count)
    trial.measure("error", max(abs(trial.subject(float(v)) ** 2 / v - 1) for v in values))


@falsifier("sound.midpoint", subject=step_midpoint, planted_faults={"Euler": lambda y, h: y - h * y})
def measure_midpoint(trial: Trial, p: Draw) -> None:
    """Order of convergence of an integration to t = 1."""
    errors = []
    for steps in (p.count, 2 * p.count):
        y = 1.0
        for _ in range(steps):
            y = trial.subject(y, 1.0 / steps)
        errors.append(abs(y - math.exp(-1.0)))
    trial.measure("order", math.log2(errors[0] / errors[1]))


@falsifier(
    "sound.spread-far-away",
    subject=find_spread,
    planted_faults={"one pass": lambda x: float(np.sqrt(max(0.0, np.mean(x * x) - np.mean(x) ** 2)))},
)
def measure_spread(trial: Trial, p: Draw) -> None:
    """Change of a standard deviation when the data move far away."""
    x = trial.rng.standard_normal(p.count)
    trial.measure("change", abs(trial.subject(x + 1e8) - trial.subject(x)))


@falsifier(
    "sound.rotation-norm", subject=rotate, planted_faults={"a shear": lambda x, a: x.reshape(-1, 2) + a}
)
def measure_rotation(trial: Trial, p: Draw) -> None:
    """Largest relative change of the length of a pair, and of the angle between input and result."""
    x = trial.rng.standard_normal(2 * p.count)
    y = trial.subject(x, 0.7)
    before, after = (np.linalg.norm(each.reshape(-1, 2), axis=1) for each in (x, y))
    trial.measure("length", float(np.abs(after / before - 1).max()))
    angles = np.arccos((x.reshape(-1, 2) * y).sum(1) / before / after)
    trial.measure("angle", float(np.abs(angles - 0.7).max()))


@falsifier("sound.solve", subject=solve, planted_faults={"transposed": lambda a, b: np.linalg.solve(a.T, b)})
def measure_residual(trial: Trial, p: Draw) -> None:
    """Relative residual of a linear system."""
    a = trial.rng.standard_normal((p.count, p.count)) + p.count * np.eye(p.count)
    b = trial.rng.standard_normal(p.count)
    trial.measure("residual", float(np.linalg.norm(a @ trial.subject(a, b) - b) / np.linalg.norm(b)))


@falsifier(
    "sound.orthogonal",
    subject=orthogonalize,
    planted_faults={"normalised alone": lambda a: a / np.linalg.norm(a, axis=0)},
)
def measure_orthogonality(trial: Trial, p: Draw) -> None:
    """Largest deviation of a Gram matrix from the identity."""
    q = trial.subject(trial.rng.standard_normal((4 * p.count, p.count)))
    trial.measure("deviation", float(np.abs(q.T @ q - np.eye(p.count)).max()))


@falsifier(
    "sound.horner",
    subject=evaluate_polynomial,
    planted_faults={"lowest first": lambda c, x: evaluate_polynomial(c[::-1], x)},
)
def measure_horner(trial: Trial, p: Draw) -> None:
    """Largest value at the roots of a polynomial with known roots."""
    roots = np.arange(1.0, 1.0 + p.count)
    trial.measure("value", float(np.abs(trial.subject(np.poly(roots), roots)).max()))


@falsifier(
    "sound.convolution", subject=convolve, planted_faults={"correlation": lambda x, k: convolve(x, k[::-1])}
)
def measure_convolution(trial: Trial, p: Draw) -> None:
    """Relative error of a convolution against the sum of products."""
    x, kernel = trial.rng.standard_normal(p.count), trial.rng.standard_normal(7)
    wanted = np.convolve(x, kernel)
    trial.measure("error", float(np.linalg.norm(trial.subject(x, kernel) - wanted) / np.linalg.norm(wanted)))


@falsifier(
    "sound.quantization",
    subject=quantize,
    planted_faults={"truncates": lambda x: np.clip(x * 16, -128, 127).astype(np.int8)},
)
def measure_quantization(trial: Trial, p: Draw) -> None:
    """Largest error of a round trip through 8 bits, in steps."""
    x = trial.rng.uniform(-7.9, 7.9, p.count)
    trial.measure("steps", float(np.abs(trial.subject(x) / 16 - x).max() * 16), unit="step")


@falsifier(
    "sound.dequantization",
    subject=dequantize,
    planted_faults={"unsigned": lambda c: dequantize(c.view(np.uint8))},
)
def measure_dequantization(trial: Trial, p: Draw) -> None:
    """Largest error against the exact multiples of a step."""
    codes = trial.rng.integers(-128, 128, p.count).astype(np.int8)
    trial.measure("error", float(np.abs(trial.subject(codes) - codes / 16.0).max()))

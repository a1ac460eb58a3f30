"""Sound tests of shapes, types and layouts, and of questions that a verdict answers."""

import numpy as np
from subjects import dequantize, scale, softmax

from pvengine.plugin import Params, Trial, falsifier


class Draw(Params):
    """How many numbers are drawn."""

    count: int


def pad(x: np.ndarray, width: int) -> np.ndarray:
    """Pad with zeros at both ends."""
    return np.pad(x, width)


def transpose(x: np.ndarray) -> np.ndarray:
    """Swap rows and columns."""
    return x.T


def split(x: np.ndarray, parts: int) -> list[np.ndarray]:
    """Split into parts of almost equal length."""
    return np.array_split(x, parts)


def join_heads(x: np.ndarray) -> np.ndarray:
    """Turn (heads, tokens, width) into (tokens, heads * width)."""
    return x.transpose(1, 0, 2).reshape(x.shape[1], -1)


def take_windows(x: np.ndarray, width: int) -> np.ndarray:
    """Take all windows of a width."""
    return np.lib.stride_tricks.sliding_window_view(x, width)


def encode_one_hot(codes: np.ndarray, width: int) -> np.ndarray:
    """Encode codes as rows with a single one."""
    return np.eye(width)[codes]


def round_to_half(x: np.ndarray) -> np.ndarray:
    """Round to float16 and back."""
    return x.astype(np.float16).astype(np.float32)


def amplify(x: np.ndarray) -> np.ndarray:
    """Subtract the mean: small differences stay, the large part goes."""
    return x - x.mean()


def normalise_batch(x: np.ndarray) -> np.ndarray:
    """Normalise each row by itself."""
    return (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)


@falsifier("sound.padding", subject=pad, planted_faults={"one end": lambda x, w: np.pad(x, (0, w))})
def measure_padding(trial: Trial, p: Draw) -> None:
    """Length after padding, and count of numbers that moved."""
    x = trial.rng.standard_normal(p.count)
    y = trial.subject(x, 3)
    trial.measure("length", len(y))
    trial.measure("moved", int((y[3 : 3 + p.count] != x).sum()))


@falsifier(
    "sound.transposed", subject=transpose, planted_faults={"reshaped": lambda x: x.reshape(x.shape[::-1])}
)
def count_misplaced(trial: Trial, p: Draw) -> None:
    """Count of elements at another place than swapping gives."""
    x = trial.rng.standard_normal((p.count, 3))
    y = trial.subject(x)
    trial.measure("misplaced", sum(y[j, i] != x[i, j] for i in range(p.count) for j in range(3)))


@falsifier(
    "sound.split",
    subject=split,
    planted_faults={"drops the rest": lambda x, n: list(x[: len(x) // n * n].reshape(n, -1))},
)
def measure_split(trial: Trial, p: Draw) -> None:
    """Count of elements in all parts, and the difference of the longest and the shortest."""
    lengths = [len(part) for part in trial.subject(np.arange(p.count), 4)]
    trial.measure("elements", sum(lengths))
    trial.measure("difference", max(lengths) - min(lengths))


@falsifier(
    "sound.heads",
    subject=join_heads,
    planted_faults={"without the swap": lambda x: x.reshape(x.shape[1], -1)},
)
def count_mixed_heads(trial: Trial, p: Draw) -> None:
    """Count of elements that came from another token."""
    x = np.broadcast_to(np.arange(p.count)[None, :, None], (3, p.count, 2))
    trial.measure("mixed", int((trial.subject(x) != np.arange(p.count)[:, None]).sum()))


@falsifier(
    "sound.windows",
    subject=take_windows,
    planted_faults={"one too few": lambda x, w: take_windows(x[:-1], w)},
)
def count_windows(trial: Trial, p: Draw) -> None:
    """Count of windows."""
    trial.measure("windows", len(trial.subject(np.arange(float(p.count)), 4)))


@falsifier(
    "sound.one-hot", subject=encode_one_hot, planted_faults={"all ones": lambda c, w: np.ones((len(c), w))}
)
def count_hot(trial: Trial, p: Draw) -> None:
    """Count of rows without exactly one 1, and of codes that do not come back."""
    codes = trial.rng.integers(0, 5, p.count)
    rows = trial.subject(codes, 5)
    trial.measure("wrong_rows", int((rows.sum(1) != 1).sum()))
    trial.measure("wrong_codes", int((rows.argmax(1) != codes).sum()))


@falsifier("sound.result-type", subject=dequantize, planted_faults={"in float64": lambda c: c * 0.0625})
def measure_result_type(trial: Trial, p: Draw) -> None:
    """Bytes of an element of the result, and elements lost."""
    y = trial.subject(np.zeros(p.count, np.int8))
    trial.measure("bytes", y.dtype.itemsize, unit="byte")
    trial.measure("lost", p.count - y.size)


@falsifier("sound.shape-kept", subject=scale, planted_faults={"loses the last": lambda x: x[:-1] * 3.0})
def measure_shape(trial: Trial, p: Draw) -> None:
    """Count of elements of the result."""
    trial.measure("elements", trial.subject(np.zeros(p.count)).size)


@falsifier(
    "sound.half-precision",
    subject=round_to_half,
    planted_faults={"eight bits": lambda x: np.round(x * 16) / 16},
)
def measure_half_precision(trial: Trial, p: Draw) -> None:
    """Largest relative error of rounding to float16, in units of its half ulp."""
    x = trial.rng.uniform(1, 2, p.count).astype(np.float32)
    trial.measure("half_ulps", float((np.abs(trial.subject(x) - x) / x).max() * 2**11))


@falsifier(
    "sound.rows-alone",
    subject=normalise_batch,
    planted_faults={"over all rows": lambda x: (x - x.mean()) / x.std()},
)
def measure_independence(trial: Trial, p: Draw) -> None:
    """Largest change of a row when another row changes."""
    x = trial.rng.standard_normal((p.count, 8))
    other = x.copy()
    other[0] *= 7
    trial.measure("change", float(np.abs(trial.subject(x)[1:] - trial.subject(other)[1:]).max()))
    trial.measure("mean", float(np.abs(trial.subject(x).mean(1)).max()))


@falsifier(
    "sound.amplification",
    subject=amplify,
    planted_faults={"multiplied by 1e-3": lambda x: x * 1e-3, "constant": np.ones_like},
)
def measure_amplification(trial: Trial, p: Draw) -> None:
    """Relative drift of the result per relative drift of the input."""
    x = 1000 + trial.rng.standard_normal(p.count)
    drifted = x.copy()
    drifted[0] += 0.5
    before, after = trial.subject(x), trial.subject(drifted)
    out = np.linalg.norm(after - before) / np.linalg.norm(before)
    trial.measure("amplification", float(out / (0.5 / np.linalg.norm(x))), unit="ratio")
    trial.measure("drift", float(out), unit="ratio")


@falsifier(
    "sound.softmax-drift",
    subject=softmax,
    planted_faults={"not normalised": np.exp, "logits ignored": lambda x: softmax(np.zeros_like(x))},
)
def measure_softmax_drift(trial: Trial, p: Draw) -> None:
    """Relative L1 drift of probabilities per relative L1 drift of logits, for the largest of them."""
    x = np.r_[trial.rng.standard_normal(p.count), 10.0]
    drifted = x.copy()
    drifted[-1] *= 1.001
    before, after = trial.subject(x), trial.subject(drifted)
    trial.measure("sum_error", float(abs(before.sum() - 1)))
    trial.measure(
        "amplification", float(np.abs(after - before).sum() / (0.01 / np.abs(x).sum())), unit="ratio"
    )

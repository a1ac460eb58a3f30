"""What it takes to dequantise a Q4_K tensor and to multiply with it: here, in gguf-py, ggml and plain NumPy.

``python tests/benchmarks/matvec.py`` prints tables; ``--write`` puts them into the page
docs/reference/performance.md. All run in this one process and in one thread, one after the other in each
round, and the least processor time of all rounds counts. The rows of ggml need its library, see
tests/oracles/ggml.py; without it they are left out, and nothing is written. Exit code 1: a ratio is outside
its limit.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
import tracemalloc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gguf
import numpy as np
from ratios import ROOT, Ratio, render

from pvfalsifiers.blocks import QuantisedMatrix, dequantize, multiply_both, quantize_activations
from pvfalsifiers.kernels import fused, q4_k

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGE = ROOT / "docs" / "reference" / "performance.md"
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_MEBIBYTE = 2**20
_TOKENS = 7
_Q4_K = gguf.GGMLQuantizationType.Q4_K
_NAIVE_ROUNDS = 2
_MOST_MEBIBYTES = 8
_NEW, _GIVEN = "dequantise into a new array", "dequantise into a given array"
_ONE, _SEVEN = "multiply, one token on both paths", "multiply, seven tokens on both paths"
_ORDER = (_NEW, _GIVEN, _ONE, _SEVEN)
_OURS, _GGUF, _GGML, _PLAIN = "pvengine", "gguf-py", "ggml", "plain NumPy"


@dataclass(frozen=True)
class Took:
    """The least processor time of an implementation, and its memory at the peak, the result included."""

    seconds: float
    mebibytes: float


def main() -> int:
    """Measure, print, and write the page where asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="how often each is run")
    parser.add_argument("--rows", type=int, default=4096, help="rows of the tensor")
    parser.add_argument("--columns", type=int, default=11008, help="columns of the tensor, a multiple of 256")
    parser.add_argument("--write", action="store_true", help="write the tables into the page of the docs")
    arguments = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in _ONE_THREAD.items()):
        # A BLAS reads them when NumPy loads it: start again with them.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **_ONE_THREAD})  # noqa: S606 - this script
    ggml = load_ggml()
    took = measure(list_work(arguments.rows, arguments.columns, ggml), arguments.rounds)
    ratios, memory = list_ratios(took)
    tables = "\n".join([render_times(took), render(ratios), render(memory, "MiB")])
    sys.stdout.write(tables)
    if arguments.write and ggml is not None:
        size = f"{arguments.rows} x {arguments.columns} weights, {arguments.rounds} rounds"
        write_page(tables, f"{size}, ggml's build `{ggml.build}`")
    return 0 if all(ratio.holds for ratio in (*ratios, *memory)) else 1


def load_ggml() -> Any | None:
    """Return the build of ggml that suits this machine, None where the library is not there."""
    sys.path.append(str(ROOT / "tests" / "oracles"))
    import ggml  # noqa: PLC0415 - of another folder of tests

    folder = ggml.find_libraries()
    return None if folder is None else ggml.Ggml.load_best(folder)


def list_work(rows: int, columns: int, ggml: Any | None) -> dict[tuple[str, str], Callable[[], Any]]:
    """Return what is run, by work and implementation."""
    rng = np.random.default_rng(0)
    data = rng.integers(0, 256, (rows, columns // 256 * 144), dtype=np.uint8)
    halves = data.view("<f2").reshape(rows, columns // 256, 72)
    halves[..., :2] = 0.01
    matrix = QuantisedMatrix("Q4_K", rows, columns, data)
    blocks = data.reshape(rows, -1, 144)
    x = rng.standard_normal((_TOKENS, columns)).astype(np.float32)
    y = [quantize_activations(token, "Q8_K") for token in x]
    weights = np.zeros((rows, columns), np.float32)  # so that all write into memory that is there already

    def multiply_with(dequantised: np.ndarray, tokens: int) -> np.ndarray:
        values = [x[:tokens], *(each.dequantized()[None] for each in y[:tokens])]
        return np.concatenate(values) @ dequantised.T

    def multiply_naively(tokens: int) -> list[np.ndarray]:
        dequantised = q4_k.dequantize(blocks.reshape(-1, 144)).reshape(rows, columns)
        path_b = [fused.multiply_rows(blocks, each.scales, each.quants) for each in y[:tokens]]
        return [x[:tokens] @ dequantised.T, *path_b]

    work: dict[tuple[str, str], Callable[[], Any]] = {
        (_NEW, _OURS): lambda: dequantize(data, "Q4_K"),
        (_NEW, _GGUF): lambda: gguf.dequantize(data, _Q4_K),
        (_NEW, _PLAIN): lambda: q4_k.dequantize(blocks.reshape(-1, 144)),
        (_GIVEN, _OURS): lambda: dequantize(data, "Q4_K", weights),
        (_ONE, _OURS): lambda: multiply_both(matrix, x[:1], x[:1]),
        (_ONE, _GGUF): lambda: multiply_with(gguf.dequantize(data, _Q4_K), 1),
        (_ONE, _PLAIN): lambda: multiply_naively(1),
        (_SEVEN, _OURS): lambda: multiply_both(matrix, x, x),
        (_SEVEN, _GGUF): lambda: multiply_with(gguf.dequantize(data, _Q4_K), _TOKENS),
        (_SEVEN, _PLAIN): lambda: multiply_naively(_TOKENS),
    }
    if ggml is None:
        return work
    columns_of_both = [ggml.quantize_activations(token, "Q8_K") for token in (*x, *x)]
    return work | {
        (_GIVEN, _GGML): lambda: ggml.dequantize(data, "Q4_K", weights),
        (_ONE, _GGML): lambda: ggml.multiply(data, "Q4_K", columns_of_both[0]),
        (_SEVEN, _GGML): lambda: [ggml.multiply(data, "Q4_K", each) for each in columns_of_both],
    }


def measure(work: Mapping[tuple[str, str], Callable[[], Any]], rounds: int) -> dict[tuple[str, str], Took]:
    """Return what each took; the memory is measured in a run of its own, since that takes time."""
    least = dict.fromkeys(work, float("inf"))
    for number in range(rounds):
        for name, run in work.items():
            if name[1] == _PLAIN and number >= _NAIVE_ROUNDS:
                continue
            began = time.thread_time()
            run()
            least[name] = min(least[name], time.thread_time() - began)
    return {name: Took(least[name], find_peak(run)) for name, run in work.items()}


def find_peak(run: Callable[[], Any]) -> float:
    """Return how many MiB were taken at the peak, as NumPy and Python tell tracemalloc."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1] / _MEBIBYTE
    finally:
        tracemalloc.stop()


def list_ratios(took: Mapping[tuple[str, str], Took]) -> tuple[list[Ratio], list[Ratio]]:
    """Return the ratios of times and of memory with the limits that they are held to."""

    def ratio(work: str, name: str, reference: str, limit: float, *, is_at_least: bool = False) -> Ratio:
        amount, other = took[work, name].seconds, took[work, reference].seconds
        return Ratio(f"{work}: {name}", amount, reference, other, limit, is_at_least)

    times = [
        ratio(_NEW, _GGUF, _OURS, 2.5, is_at_least=True),
        ratio(_ONE, _GGUF, _OURS, 4, is_at_least=True),
    ]
    if (_ONE, _GGML) in took:
        times += [
            ratio(_GIVEN, _OURS, _GGML, 10),
            ratio(_ONE, _OURS, _GGML, 8),
            ratio(_SEVEN, _OURS, _GGML, 1),
        ]
    memory = [
        Ratio(f"{work}: {_OURS}", took[work, _OURS].mebibytes, "one MiB", 1, _MOST_MEBIBYTES)
        for work in (_GIVEN, _ONE, _SEVEN)
    ]
    return times, memory


def render_times(took: Mapping[tuple[str, str], Took]) -> str:
    """Return the table of what each implementation took."""
    lines = ["| work | by | seconds | times that of pvengine | MiB at the peak |", "|---|---|---|---|---|"]
    for (work, name), each in sorted(took.items(), key=lambda item: _ORDER.index(item[0][0])):
        ratio = each.seconds / took[work, _OURS].seconds
        lines.append(f"| {work} | {name} | {each.seconds:.4f} | {ratio:.2f} | {each.mebibytes:.1f} |")
    return "\n".join(lines) + "\n"


def write_page(tables: str, said: str) -> None:
    """Put the tables between the markers of the page, with what they were measured on."""
    begin, end = "<!-- measured: matvec -->\n", "<!-- end of measured: matvec -->\n"
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(begin, 1)
    versions = f"Python {platform.python_version()} and NumPy {np.__version__} on {platform.machine()}"
    PAGE.write_text(
        f"{head}{begin}Measured with {versions}, {said}.\n\n{tables}{end}{rest.split(end, 1)[1]}",
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.exit(main())

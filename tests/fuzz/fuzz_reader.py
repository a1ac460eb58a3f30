"""Fuzz the reader of contracts: ``python tests/fuzz/fuzz_reader.py -runs=N``, or ``-max_total_time=SECONDS``.

It needs the extra ``fuzz`` (``pip install -e '.[fuzz]'``) and takes the options of libFuzzer. It begins with
the corpus beside it and the example contracts, and writes what it finds into a new temporary folder, which it
names: an input that breaks a law as ``crash-*``. Mended, that input moves into the corpus, from where a test
replays it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))
with atheris.instrument_imports(include=["pvengine", "reader_laws"]):
    from reader_laws import check_reading


def fuzz(raw: bytes) -> None:
    """Check one input."""
    check_reading(raw)


def main() -> None:
    """Fuzz until the options of the command line say that it is enough."""
    tests = Path(__file__).parents[1]
    found = tempfile.mkdtemp(prefix="pv-fuzz-")
    print(f"what is found goes to {found}", flush=True)  # noqa: T201 - a program
    inputs = [tests / "fuzz" / "corpus", tests / "contracts" / "valid", tests / "contracts" / "invalid"]
    options = [
        f"-dict={tests / 'fuzz' / 'yaml.dict'}",
        f"-artifact_prefix={found}/",
        "-timeout=10",
        "-max_len=2048",
    ]
    atheris.Setup([sys.argv[0], *options, *sys.argv[1:], found, *map(str, inputs)], fuzz)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

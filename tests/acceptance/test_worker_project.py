"""Code of the project that a falsifier runs is part of its source digest, wherever it was imported from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Scratch

FALSIFIER = '''
"""A falsifier whose subject is a package of the project."""

{prelude}
from pvengine.plugin import Params, Trial, falsifier
import product


class P(Params):
    """What the subject is given."""

    value: float


@falsifier("product.value", subject=product.good, planted_faults={{"bad": product.bad}})
def measure(trial: Trial, p: P) -> None:
    """Value of the product."""
    trial.measure("value", trial.subject(p.value))
'''
PRODUCT = "def good(x):\n    return x\n\n\ndef bad(x):\n    return x + 1000\n"


def prepare(scratch: Scratch, prelude: str = "") -> None:
    scratch.write("probe.py", FALSIFIER.format(prelude=prelude))
    scratch.write("src/product.py", PRODUCT)
    text = scratch.test().replace("probe.value", "product.value").replace(", mode: measure", "")
    scratch.contract(text)


def test_a_package_of_the_project_is_covered(scratch: Scratch) -> None:
    prepare(scratch)
    env = {"PYTHONPATH": str(scratch.root / "src")}
    done = scratch.discharge(env=env)
    assert done.code == 0, done.shown
    assert scratch.pv("verify", env=env).code == 0
    scratch.write("src/product.py", PRODUCT.replace("return x\n", "return x + 5\n"))
    verified = scratch.pv("verify", env=env)
    assert verified.code == 11
    assert "the code of falsifier 'product.value' changed" in verified.out


def test_code_from_a_path_that_the_falsifier_set_is_refused(scratch: Scratch) -> None:
    folder = scratch.root / "src"
    prepare(scratch, f"import sys\n\nsys.path.insert(0, {str(folder)!r})")
    done = scratch.discharge()
    assert done.code == 12, done.shown
    assert "is not covered by the source digest" in done.out
    assert not scratch.store.exists()

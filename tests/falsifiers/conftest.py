from __future__ import annotations

import functools
import importlib
import math
import pkgutil
import re
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import pvfalsifiers.cascade
from pvengine.plugin import Trial, iter_registered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pvengine.models.measurement import Measurement
    from pvengine.plugin import Falsifier

FLAGSHIP = Path(__file__).parents[2] / "contracts" / "trace-ffn-sub-block-gguf-v1.yaml"
"""The contract whose tests these falsifiers are bound to."""


class _Loader(yaml.SafeLoader):
    """YAML 1.2 floats: 1e-5 is a number."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+$"),
    list("-+0123456789."),
)


def load_registry() -> dict[str, Falsifier]:
    """Import every module of the cascade and return what they register, by name."""
    for module in pkgutil.iter_modules(pvfalsifiers.cascade.__path__):
        importlib.import_module(f"{pvfalsifiers.cascade.__name__}.{module.name}")
    return {falsifier.name: falsifier for falsifier in iter_registered()}


@functools.cache  # the file is long, and every test function that is collected asks for it
def load_tests() -> dict[str, dict[str, Any]]:
    """Return the tests at one point, by the three digits of their id: those that the cascade measures."""
    contract = yaml.load(FLAGSHIP.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - derives from SafeLoader
    cascade = {
        f.name for f in load_registry().values() if f.function.__module__.startswith("pvfalsifiers.cascade.")
    }
    tests = (test for test in contract["falsification_tests"] if test.get("falsifier") in cascade)
    return {test["id"][-3:]: test for test in tests if "search" not in test}


def run(
    test: Mapping[str, Any], subject: Callable[..., Any] | None = None, **params: Any
) -> dict[str, Measurement]:
    """Run one trial of a test on its subject, or on another, with some params replaced."""
    falsifier = load_registry()[test["falsifier"]]
    trial = Trial(subject or falsifier.subject, seed=0)
    falsifier.function(trial, falsifier.params_model.model_validate({**test["params"], **params}))
    return trial.measurements


def number_of(measurement: Measurement) -> float:
    """Return what was measured as a float, NaN and infinities included."""
    return float(measurement.value)


def float_of(bits: str) -> float:
    """Return the float32 with these bits."""
    return float(struct.unpack(">f", bytes.fromhex(bits))[0])


def holds(condition: Mapping[str, Any], value: float, bits: str | None = None) -> bool:
    """Decide an accept condition or a band, written apart from the engine's own judge."""
    if "bits" in condition:
        return condition["bits"] == bits
    compare = {
        "lt": lambda bound: value < bound,
        "le": lambda bound: value <= bound,
        "gt": lambda bound: value > bound,
        "ge": lambda bound: value >= bound,
        "eq": lambda bound: value == bound,
    }
    return all(compare[key](bound) for key, bound in condition.items() if key != "metric")


def list_decisions(test: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of `decides`, also where it is one mapping."""
    return test["decides"] if isinstance(test["decides"], list) else [test["decides"]]


def find_verdict(test: Mapping[str, Any], measurements: Mapping[str, Measurement]) -> str | None:
    """Return the only band that holds the metric, None where the metric is not finite."""
    decides = list_decisions(test)[0]
    value = number_of(measurements[decides["metric"]])
    if not math.isfinite(value):
        return None
    bands = {name: band for name, band in decides.items() if name.isupper()}
    verdicts = [name for name, band in bands.items() if holds(band, value)]
    assert len(verdicts) == 1, "the bands do not partition the line"
    return verdicts[0]


def is_accepted(test: Mapping[str, Any], measurements: Mapping[str, Measurement]) -> bool:
    """Say whether every accept condition holds."""
    measured = [(condition, measurements[condition["metric"]]) for condition in test["accept"]]
    return all(holds(condition, number_of(each), each.bits) for condition, each in measured)


@pytest.fixture(scope="session")
def registry() -> dict[str, Falsifier]:
    return load_registry()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give whoever asks for `test` each falsification test, and who asks for `fault` each fault too."""
    tests = load_tests()
    if "fault" in metafunc.fixturenames:
        falsifiers = load_registry()
        pairs = [(test, f) for test in tests.values() for f in falsifiers[test["falsifier"]].planted_faults]
        metafunc.parametrize(
            ("test", "fault"), pairs, ids=[f"{t['id'][-3:]}-{f}".replace(" ", "-") for t, f in pairs]
        )
    elif "test" in metafunc.fixturenames:
        metafunc.parametrize("test", list(tests.values()), ids=list(tests))


@pytest.fixture(scope="session")
def tools() -> Any:
    """Return the functions of this file, for test modules, which cannot import it."""
    import types  # noqa: PLC0415 - needed here alone

    return types.SimpleNamespace(
        tests=load_tests(),
        run=run,
        number_of=number_of,
        float_of=float_of,
        find_verdict=find_verdict,
        list_decisions=list_decisions,
        is_accepted=is_accepted,
    )

"""Leave the coverage of a test that is marked ``no_cover`` unmeasured, in the workers of a parallel run too.

A conftest.py that imports these hooks has them for its folder. In a worker of xdist, pytest-cov 7 starts one
measurement for the run and another for the worker; its own ``no_cover`` ends the second, and the first goes
on: a test in this process then takes two to four times as long. Setting up, where what several tests look at
is made, is not measured either.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["pytest_runtest_call", "pytest_runtest_setup"]


@contextmanager
def unmeasured(item: pytest.Item) -> Generator[None]:
    """Take the trace functions away where a test is not to be measured, and put them back."""
    if item.get_closest_marker("no_cover") is None:
        yield
        return
    own, others = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]  # None takes it away
    try:
        yield
    finally:
        sys.settrace(own)
        threading.settrace(others)  # type: ignore[arg-type]  # None takes it away


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    with unmeasured(item):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    with unmeasured(item):
        return (yield)

"""A search in a worker: the same numbers in every process, and each failure says where and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from pvengine.models.trial import Failure
from pvengine.runner.protocol import SearchRequest, TrialRequest, decode_request, encode_request
from pvengine.runner.supervisor import Supervisor
from pvengine.runner.trials import FAULT_SHARE, Limits, run_mutant, run_replacements, run_test

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conftest import WritePlugin

    from pvengine.models.trial import TrialResult

LIMITS = Limits(seconds=20, mebibytes=1024)
HEAD = """
from pvengine.plugin import Bound, Params, Trial, falsifier
from pydantic import field_validator
import math, sys, time

class P(Params):
    x: float = 0.0
    n: int = 1

    @field_validator("x")
    @classmethod
    def check(cls, value):
        if abs(value - 0.5) < 0.05: raise ValueError("a half is not defined")
        return value

def subject(x): return x * x
def broken(x): return x * x + 10

def many(trials, params):
    for trial, p in zip(trials, params): measure(trial, p)

@falsifier("test.one", subject=subject, planted_faults={"adds": broken}, #AIDS
)
def measure(trial: Trial, p: P) -> None:
    '''Measure.'''
"""
BODY = "trial.measure('m', trial.subject(p.x) * p.n)"
SEARCH: dict[str, Any] = {
    "domain": {"x": {"kind": "real", "range": [-1, 2]}},
    "maximise": "m",
    "budget": {"evaluations": 100},
}


class Search(Protocol):
    """Search with a plug-in whose function has this body."""

    def __call__(self, body: str = BODY, /, **facts: Any) -> TrialResult: ...


def timeless(trial: TrialResult) -> dict[str, Any]:
    data = trial.model_dump(exclude={"duration_s"})
    del data["search"]["seconds"]
    for method in data["search"]["methods"]:
        del method["seconds"]
    return data


def with_aids(aids: str) -> str:
    assert HEAD.count("#AIDS") == 1
    return HEAD.replace("#AIDS", aids)


@pytest.fixture
def search(supervisor: Supervisor, write_plugin: WritePlugin) -> Search:
    def run(  # noqa: PLR0913 - keyword-only facts of one search
        body: str = BODY,
        /,
        *,
        aids: str = "",
        head: str = "",
        params: Mapping[str, Any] | None = None,
        seconds: float = 20,
        fault: str | None = None,
        share: float = 1.0,
        worker: Supervisor = supervisor,
        **keys: Any,
    ) -> TrialResult:
        source = write_plugin(body, head=head + with_aids(aids))
        given = {"x": 0.0} if params is None else params
        wanted = {name: value for name, value in (SEARCH | keys).items() if value is not None}
        request = TrialRequest(
            source.closure.modules,
            source.module,
            source.name,
            given,
            fault,
            7,
            1024,
            source.closure.first_party,
            search=SearchRequest(wanted, (), ("m",), share),
        )
        assert decode_request(encode_request(request)) == request
        return worker.run_trial(request, seconds)

    return run


def test_the_measurements_are_those_at_the_worst_point(search: Search) -> None:
    found = search()
    assert found.failure is None, found.reason
    assert found.measurements["m"].value == 4.0
    assert found.search is not None
    assert found.search.worst.params == {"x": 2.0}
    assert found.search.refused > 0, "the parameter model refuses a piece of the range"
    assert found.search.extremes["m"].least.value == 0.0
    assert found.environment is not None


def test_two_workers_find_the_same(search: Search) -> None:
    body = "trial.measure('m', math.sin(9 * trial.subject(p.x)) + trial.rng.random())"
    with Supervisor() as other:
        assert timeless(search(body)) == timeless(search(body)) == timeless(search(body, worker=other))


def test_a_vectorised_form_gives_the_same(search: Search) -> None:
    alone, stacked = timeless(search()), timeless(search(aids="vectorised=many"))
    assert (alone["search"].pop("is_vectorised"), stacked["search"].pop("is_vectorised")) == (False, True)
    assert alone == stacked


def test_every_point_has_a_trial_of_its_own(search: Search) -> None:
    """The same seed at each point, and no measurement that is left over from another."""
    found = search("trial.measure('m', trial.rng.random())")
    assert found.search is not None
    seen = found.search.extremes["m"]
    assert seen.least == seen.largest
    import_random = search("import random\ntrial.measure('m', random.random())")
    assert import_random.search is not None
    ends = import_random.search.extremes["m"]
    assert ends.least == ends.largest


@pytest.mark.parametrize(
    ("body", "aids", "failure", "reason"),
    [
        (
            "1 / p.n if p.x < 1.5 else 1 / 0",
            "",
            Failure.EXCEPTION,
            "ZeroDivisionError: division by zero, at the point {'x': 2.0}",
        ),
        (
            "trial.measure('m', p.x)\nif p.x > 1.5: sys.exit(3)",
            "",
            Failure.EXIT,
            "the plug-in called sys.exit(3), at the point {'x': 2.0}",
        ),
        (
            "trial.measure('m', p.x); trial.measure('m', p.x)",
            "",
            Failure.EXCEPTION,
            "ValueError: 'm' was measured twice in one trial, at the point {'x': 0.0}",
        ),
        (
            "trial.measure('m', p.x)\nreturn p.x",
            "",
            Failure.REPLY,
            (
                "test.one returned a float: a falsifier returns nothing and measures through trial.measure, "
                "at the point {'x': 0.0}"
            ),
        ),
        (
            BODY,
            "worst_case=lambda p, d: [{'x': d['x'].high + 1}]",
            Failure.SEARCH,
            "a candidate of worst_case is outside of the domain: {'x': 3.0}",
        ),
        (
            BODY,
            "worst_case=lambda p, d: [{'n': 2}]",
            Failure.SEARCH,
            "a candidate of worst_case varies 'n', which the domain does not: {'n': 2}",
        ),
        (
            BODY,
            "worst_case=lambda p, d: [3]",
            Failure.EXCEPTION,
            "TypeError: 'int' object is not iterable",
        ),
        (BODY, "worst_case=lambda p, d: 1 / 0", Failure.EXCEPTION, "ZeroDivisionError: division by zero"),
        (BODY, "bounds=lambda p, d: 1 / 0", Failure.EXCEPTION, "ZeroDivisionError: division by zero"),
        (
            BODY,
            "bounds=lambda p, d: [4.0]",
            Failure.EXCEPTION,
            "TypeError: bounds gives a float, not a pvengine.plugin.Bound",
        ),
        (
            BODY,
            "bounds=lambda p, d: [Bound('m', 'x', at_most=float('inf'))]",
            Failure.EXCEPTION,
            "ValueError: a bound on 'm' has a finite at_most or at_least",
        ),
        (BODY, "vectorised=lambda ts, ps: 1 / 0", Failure.EXCEPTION, "ZeroDivisionError: division by zero"),
        (
            BODY,
            "vectorised=lambda ts, ps: [t.measure('m', p.x + 9) for t, p in zip(ts, ps)]",
            Failure.SEARCH,
            "the vectorised form measures 11.0 as 'm', the falsifier 4.0, at {'x': 2.0}",
        ),
        (
            BODY,
            "vectorised=lambda ts, ps: None",
            Failure.SEARCH,
            "the vectorised form measures None as 'm', the falsifier 0.0, at {'x': 0.0}",
        ),
    ],
)
def test_what_fails_at_a_point_names_it(
    search: Search, body: str, aids: str, failure: Failure, reason: str
) -> None:
    found = search(body, aids=aids)
    assert (found.failure, found.reason) == (failure, reason)
    assert found.measurements == {}


def test_params_that_lack_a_variable(search: Search) -> None:
    found = search(domain=SEARCH["domain"] | {"n": {"kind": "integer", "range": [0, 9]}})
    assert (found.failure, found.reason) == (
        Failure.SEARCH,
        "`search.domain` varies 'n', which `params` does not have",
    )


@pytest.mark.parametrize("form", ["", "vectorised=many"])
def test_statistics_that_are_not_comparable_end_a_search(search: Search, form: str) -> None:
    body = (
        "import numpy as np\n"
        "many_tokens, one = np.arange(21.0).reshape(7, 3), np.arange(3.0).reshape(1, 3)\n"
        "facts = {'axes': ('tokens', 'elements'), 'which': 'x', 'aggregation': 'std', 'normalisation': 'n'}\n"
        "a, b = (trial.statistic(each, np.std, **facts) for each in (many_tokens, one))\n"
        "trial.compare('m', a, b)"
    )
    found = search(body, aids=form)
    assert (found.failure, found.reason) == (
        Failure.NOT_COMPARABLE,
        "not comparable: 'm': the population has tokens: 7 against tokens: 1, at the point {'x': 0.0}",
    )


@pytest.mark.parametrize("missing", ["scipy", "hypothesis"])
def test_what_is_not_installed_is_named_with_the_command(search: Search, missing: str) -> None:
    blocker = (
        "import sys\n"
        "class Blocker:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] == {missing!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Blocker())\n"
        f"for name in [name for name in sys.modules if name.partition('.')[0] == {missing!r}]:\n"
        "    del sys.modules[name]  # the process that trials are forked from has imported it\n"
    )
    # The minimal example is looked for where there is no published outcome that is like the worst.
    found = search(head=blocker, params={"x": 5.0})
    assert (found.failure, found.reason) == (
        Failure.UNAVAILABLE,
        f"a search needs {missing}, which is not installed: pip install 'pvengine[search]'",
    )
    without = search(head=blocker, params={"x": 5.0}, methods=["random", "refinement", "nearest"])
    assert without.failure is None, "the other methods need neither"


def test_a_module_that_the_plugin_lacks_is_the_plugins(search: Search) -> None:
    found = search("import scipy_nowhere")
    assert found.failure is Failure.EXCEPTION
    assert (found.reason or "").startswith(
        "ModuleNotFoundError: No module named 'scipy_nowhere', at the point"
    )


def test_a_search_has_a_time_limit(search: Search) -> None:
    found = search("time.sleep(0.2)\ntrial.measure('m', p.x)", seconds=0.5)
    assert found.failure is Failure.TIMEOUT
    within = search(
        "time.sleep(0.02)\ntrial.measure('m', p.x)", budget={"evaluations": 10000, "seconds": 0.3}
    )
    assert within.failure is None
    assert within.search is not None
    assert within.search.ended_by == "seconds"


def test_every_point_refused(search: Search) -> None:
    found = search(
        params={"x": 0.0}, domain={"x": {"kind": "real", "range": [0.46, 0.54]}}, budget={"evaluations": 4}
    )
    assert found.failure is Failure.SEARCH
    assert (found.reason or "").startswith("no point of the domain could be measured: ")


def test_published_params_that_are_refused_end_the_test(search: Search) -> None:
    found = search(params={"x": 0.5})
    assert (found.failure, found.reason) == (Failure.PARAMS, "`x`: a half is not defined")


def test_bounds_are_asked_of_the_subject_alone(
    supervisor: Supervisor, write_plugin: WritePlugin, search: Search
) -> None:
    aids = "bounds=lambda p, d: [Bound('m', 'proof', at_most=4.0)]"
    own, fault = search(aids=aids), search(aids=aids, fault="adds")
    assert own.search is not None
    assert fault.search is not None
    assert [(each.source, each.attained) for each in own.search.bounds] == [("proof", 1.0)]
    assert fault.search.bounds == ()
    source = write_plugin(BODY, head=with_aids(aids))
    run = run_test(
        supervisor, source, {"x": 0.0}, seed=7, limits=LIMITS, search=SearchRequest(SEARCH, (), ("m",))
    )
    replaced = run_replacements(
        supervisor, source, run, limits=LIMITS, search=SearchRequest(SEARCH, (), ("m",))
    )
    assert [each.search is None or each.search.bounds for each in replaced.replacements] == [(), ()]


def test_the_effort_of_a_fault_is_that_of_the_baseline(
    supervisor: Supervisor, write_plugin: WritePlugin
) -> None:
    source = write_plugin("trial.measure('m', p.x * p.x + trial.subject(0) * 0)", head=with_aids(""))
    asked = SearchRequest(SEARCH, (), ("m",))
    run = run_test(supervisor, source, {"x": 0.0}, seed=7, limits=LIMITS, search=asked)
    (fault,) = run.faults
    assert run.subject is not None
    assert run.baseline is not None
    assert run.reference is run.baseline
    assert timeless(fault) | {"fault": None} == timeless(run.baseline), "a metric that ignores its subject"
    assert run.subject.search is not None
    assert run.baseline.search is not None
    brief = run.baseline.search.evaluations
    assert brief <= FAULT_SHARE * SEARCH["budget"]["evaluations"] < run.subject.search.evaluations
    assert run.baseline.search.profile is None
    assert run.subject.search.profile is not None
    replaced = run_replacements(supervisor, source, run, limits=LIMITS, search=asked)
    assert {each.search.evaluations for each in replaced.replacements if each.search} == {brief}
    mutant = run_mutant(
        supervisor, source, {"x": 0.0}, source.closure.modules, seed=7, limits=LIMITS, search=asked
    )
    assert timeless(mutant) == timeless(run.baseline)


def test_without_a_search_nothing_is_run_twice(supervisor: Supervisor, write_plugin: WritePlugin) -> None:
    source = write_plugin(BODY, head=with_aids(""))
    run = run_test(supervisor, source, {"x": 1.0}, seed=7, limits=LIMITS)
    assert run.baseline is None
    assert run.reference is run.subject
    faults_alone = run_test(
        supervisor,
        source,
        {"x": 1.0},
        seed=7,
        limits=LIMITS,
        with_subject=False,
        search=SearchRequest(SEARCH, (), ("m",)),
    )
    assert (faults_alone.baseline, faults_alone.subject) == (None, None)
    assert faults_alone.faults[0].search is not None


def test_a_worker_that_dies_in_a_search(search: Callable[..., TrialResult]) -> None:
    found = search(
        "import os, signal\nif p.x > 1: os.kill(os.getpid(), signal.SIGKILL)\ntrial.measure('m', p.x)"
    )
    assert found.failure is Failure.SIGNAL

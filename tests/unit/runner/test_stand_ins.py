"""Identity and noise: what takes the subject's place to see whether a test depends on it."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import numpy as np
import pytest

from pvengine.runner.stand_ins import make_identity, make_noise


class Pair(NamedTuple):
    codes: Any
    scale: float


@dataclasses.dataclass(frozen=True)
class Block:
    values: Any
    name: str = "block"


def test_identity_returns_the_first_array_like_argument() -> None:
    identity = make_identity(len, 1)
    array = np.arange(3.0)
    assert identity("text", array, 2) is array
    assert identity("text", 7) == 7
    assert identity([1, 2], array) == [1, 2]
    assert identity(x=array) is array
    assert identity("text", "more") == "text"
    with pytest.raises(TypeError, match="without an argument"):
        identity()


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "int8", "uint8", "int64", "bool", "complex64"]
)
def test_noise_has_the_shape_and_the_dtype_of_the_result(dtype: str) -> None:
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    noise = make_noise(lambda x: x, 1)(array)
    assert (noise.shape, noise.dtype) == (array.shape, array.dtype)
    assert (noise != array).any()


def test_noise_is_a_function_of_seed_and_arguments() -> None:
    array = np.arange(8.0)

    def scale(x: Any, factor: float = 1.0) -> Any:
        return x * factor

    noise = make_noise(scale, 5)
    assert (noise(array) == noise(array)).all()
    assert (noise(array) == make_noise(scale, 5)(array)).all()
    assert (noise(array) != make_noise(scale, 6)(array)).all()
    assert (noise(array) != noise(array + 1)).all()
    assert (noise(array, factor=2.0) != noise(array)).all()
    unpicklable = make_noise(lambda f: f(2.0), 5)
    assert unpicklable(lambda x: x) == unpicklable(lambda x: x)


@pytest.mark.parametrize("value", [2.5, 7, 1 + 2j, np.float32(3.0), np.int16(4)])
def test_numbers_keep_their_type(value: Any) -> None:
    drawn = [make_noise(lambda _, given=value: given, seed)(0) for seed in range(8)]
    assert {type(one) for one in drawn} == {type(value)}
    assert any(one != value for one in drawn)


def test_true_and_false_are_drawn() -> None:
    assert {make_noise(lambda _: True, seed)(0) for seed in range(16)} == {True, False}


def test_integers_stay_near_the_range_of_the_result() -> None:
    drawn = make_noise(lambda x: x, 1)(np.full(1000, 5, np.int32))
    assert set(drawn.tolist()) == {4, 5, 6}
    bytes_ = make_noise(lambda x: x, 1)(np.array([0, 255] * 100, np.uint8))
    assert (bytes_.min(), bytes_.max()) >= (0, 200)
    assert make_noise(lambda x: x, 1)(np.zeros(0, np.int32)).shape == (0,)


def test_noise_has_the_scale_of_the_result() -> None:
    drawn = make_noise(lambda x: x, 1)(np.array([1e6, np.nan, np.inf] * 1000))
    assert np.isfinite(drawn).all()
    assert 0.9e6 < drawn.std() < 1.1e6
    assert make_noise(lambda x: x, 1)(np.zeros(100)).std() > 0.5
    assert make_noise(lambda x: x, 1)(np.full(3, np.nan)).std() > 0


def test_what_holds_numbers_is_taken_apart() -> None:
    result = {
        "pair": Pair(np.arange(3), 2.0),
        "list": [np.ones(2), "text"],
        "block": Block(np.ones(2)),
        "tuple": (1.0, None),
    }
    drawn = make_noise(lambda _: result, 1)(0)
    assert isinstance(drawn["pair"], Pair)
    assert isinstance(drawn["block"], Block)
    assert (drawn["list"][1], drawn["block"].name, drawn["tuple"][1]) == ("text", "block", None)
    assert (drawn["list"][0] != 1).all()
    assert (drawn["block"].values != 1).all()
    assert drawn["pair"].scale != 2.0


@pytest.mark.parametrize("value", ["text", None, b"bytes", [], {"a": "b"}, np.array(["x"])])
def test_a_result_without_a_number_cannot_be_replaced(value: Any) -> None:
    with pytest.raises(TypeError, match="holds no number to replace"):
        make_noise(lambda _: value, 1)(0)

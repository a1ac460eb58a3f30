"""What takes the subject's place to see whether a test depends on it: identity, and noise."""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

__all__ = ["STAND_INS", "make_identity", "make_noise"]

_NUMBERS = (bool, int, float, complex)


def make_identity(subject: Callable[..., Any], seed: int) -> Callable[..., Any]:
    """Make a function that returns its first array-like argument: an array, a list, a tuple or a number.

    Where no argument is array-like, it returns the first one. Neither the subject nor the seed is used.
    """
    del subject, seed

    def return_argument(*args: Any, **kwargs: Any) -> Any:
        given = (*args, *kwargs.values())
        if not given:
            raise TypeError("the subject is called without an argument that could be returned in its place")
        return next((value for value in given if _is_array_like(value)), given[0])

    return return_argument


def _is_array_like(value: Any) -> bool:
    return hasattr(value, "dtype") or isinstance(value, (*_NUMBERS, list, tuple))


def make_noise(subject: Callable[..., Any], seed: int) -> Callable[..., Any]:
    """Make a function that returns random numbers of the shape and the dtype that the subject gives.

    It calls the subject. Equal arguments give equal numbers, so that a test which measures the same thing
    twice sees the same thing twice. Floats are normal with the root mean square of what the subject gives,
    integers uniform over its range and one beyond each end. Arrays, numbers, lists, tuples, dicts and
    dataclasses of these are replaced; a result that holds no number raises TypeError.
    """
    import numpy as np  # noqa: PLC0415 - heavy; a worker has imported it

    def return_noise(*args: Any, **kwargs: Any) -> Any:
        key = hashlib.sha256(f"{seed} {_digest((args, sorted(kwargs.items())))}".encode()).digest()
        result = subject(*args, **kwargs)
        replaced, count = _replace(result, np.random.default_rng(list(key)))
        if not count:
            raise TypeError(f"the subject gave a {type(result).__name__}, which holds no number to replace")
        return replaced

    return return_noise


def _digest(arguments: Any) -> str:
    """Digest arguments, by their pickled form where they have one."""
    try:
        content = pickle.dumps(arguments, protocol=4)
    except Exception:  # noqa: BLE001 - any class of the plug-in may refuse in its own way
        content = re.sub("0x[0-9a-f]+", "", repr(arguments)).encode("utf-8", "backslashreplace")
    return hashlib.sha256(content).hexdigest()


def _replace(value: Any, rng: np.random.Generator) -> tuple[Any, int]:
    """Replace the numbers of a result; return it with the count of arrays and numbers that were replaced."""
    if hasattr(value, "dtype"):
        return _replace_array(value, rng)
    if isinstance(value, _NUMBERS):
        drawn, _ = _replace_array(_as_array(value), rng)
        return type(value)(drawn), 1
    if isinstance(value, dict):
        parts, count = _replace_all(value.values(), rng)
        return dict(zip(value, parts, strict=True)), count
    if isinstance(value, list | tuple):
        parts, count = _replace_all(value, rng)
        return (value._make(parts) if hasattr(value, "_make") else type(value)(parts)), count
    return _replace_fields(value, rng)


def _replace_fields(value: Any, rng: np.random.Generator) -> tuple[Any, int]:
    """Replace the numbers in the fields of a dataclass; anything else stays as it is."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value, 0
    names = [each.name for each in dataclasses.fields(value) if each.init]
    parts, count = _replace_all([getattr(value, name) for name in names], rng)
    return dataclasses.replace(value, **dict(zip(names, parts, strict=True))), count


def _replace_all(values: Any, rng: np.random.Generator) -> tuple[list[Any], int]:
    replaced = [_replace(value, rng) for value in values]
    return [part for part, _ in replaced], sum(count for _, count in replaced)


def _as_array(value: complex) -> Any:
    import numpy as np  # noqa: PLC0415 - as above

    return np.asarray(value, None if isinstance(value, bool | complex) else type(value))


def _replace_array(value: Any, rng: np.random.Generator) -> tuple[Any, int]:
    """Draw an array, or a NumPy scalar, of the shape and dtype of another."""
    import numpy as np  # noqa: PLC0415 - as above

    array = np.asarray(value)
    kind = array.dtype.kind
    if kind == "b":
        drawn = rng.integers(0, 2, array.shape).astype(array.dtype)
    elif kind in "iu":
        drawn = _draw_integers(array, rng)
    elif kind in "fc":
        finite = np.abs(array[np.isfinite(array)]).astype(np.float64)
        scale = float(np.sqrt(np.mean(finite**2))) if finite.size else 1.0
        drawn = rng.standard_normal(array.shape) * (scale or 1.0)
        if kind == "c":
            drawn = drawn + 1j * rng.standard_normal(array.shape) * (scale or 1.0)
        drawn = np.asarray(drawn).astype(array.dtype)
    else:
        return value, 0
    return (drawn if isinstance(value, np.ndarray) else drawn[()]), 1


def _draw_integers(array: Any, rng: np.random.Generator) -> Any:
    import numpy as np  # noqa: PLC0415 - as above

    limits = np.iinfo(array.dtype)
    low = max(int(array.min()) - 1, int(limits.min)) if array.size else 0
    high = min(int(array.max()) + 1, int(limits.max)) if array.size else 0
    return np.asarray(rng.integers(low, high, array.shape, dtype=array.dtype, endpoint=True), array.dtype)


STAND_INS = {"identity": make_identity, "noise": make_noise}
"""What can take the subject's place, by name, in the order of trying."""

"""Array types of the kernels, and the check of dtype and shape that each of them starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

Float32Array: TypeAlias = NDArray[np.float32]
Float64Array: TypeAlias = NDArray[np.float64]
FloatArray: TypeAlias = NDArray[Any]
"""float32 or float64; `check_float_array` says which."""
Int8Array: TypeAlias = NDArray[np.int8]
UInt8Array: TypeAlias = NDArray[np.uint8]


def check_array(name: str, array: object, dtype: DTypeLike, *, ndim: int | None = None) -> None:
    """Refuse anything but an array of the dtype and the number of dimensions.

    Parameters
    ----------
    name
        What the message calls the array.
    array
        What was passed. Nothing is converted: a float64 array that became float32 would be rounded unseen.
    dtype
        The only dtype allowed.
    ndim
        The only number of dimensions allowed; None allows any.

    Raises
    ------
    ValueError
        It is no array, or its dtype or number of dimensions differs.

    Examples
    --------
    >>> check_array("x", np.zeros(3), np.float32)
    Traceback (most recent call last):
    ...
    ValueError: x: expected an array of float32, got float64
    """
    expected = np.dtype(dtype).name
    if not isinstance(array, np.ndarray):
        kind = type(array).__name__
        raise ValueError(f"{name}: expected an array of {expected}, got a {kind}")  # noqa: TRY004 - one error
    if array.dtype != np.dtype(dtype):
        raise ValueError(f"{name}: expected an array of {expected}, got {array.dtype.name}")
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name}: expected {ndim} dimensions, got the shape {array.shape}")


def check_float_array(name: str, array: object, *, ndim: int | None = None) -> None:
    """Refuse anything but a float32 or float64 array.

    Raises
    ------
    ValueError
        It is no array, or its dtype or number of dimensions differs.

    Examples
    --------
    >>> check_float_array("x", np.zeros(3, np.float32), ndim=1)
    >>> check_float_array("x", np.zeros(3, np.int64))
    Traceback (most recent call last):
    ...
    ValueError: x: expected an array of float32 or float64, got int64
    """
    if isinstance(array, np.ndarray) and array.dtype not in (np.float32, np.float64):
        raise ValueError(f"{name}: expected an array of float32 or float64, got {array.dtype.name}")
    check_array(name, array, array.dtype if isinstance(array, np.ndarray) else np.float32, ndim=ndim)


def check_same_shape(first_name: str, first: NDArray[Any], second_name: str, second: NDArray[Any]) -> None:
    """Refuse two arrays of different shape or dtype.

    Raises
    ------
    ValueError
        The shapes or the dtypes differ; nothing is broadcast.

    Examples
    --------
    >>> check_same_shape("a", np.zeros(2), "b", np.zeros(3))
    Traceback (most recent call last):
    ...
    ValueError: a and b: expected one shape, got (2,) and (3,)
    """
    if first.shape != second.shape:
        raise ValueError(
            f"{first_name} and {second_name}: expected one shape, got {first.shape} and {second.shape}"
        )
    if first.dtype != second.dtype:
        raise ValueError(
            f"{first_name} and {second_name}: expected one dtype, "
            f"got {first.dtype.name} and {second.dtype.name}"
        )

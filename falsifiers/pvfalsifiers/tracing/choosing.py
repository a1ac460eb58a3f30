"""What a person chooses on the command line: a model, layers, tensors."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pvengine import open_project
from pvengine.errors import UsageError
from pvfalsifiers.models import NAMES

__all__ = ["ALL", "choose_layers", "choose_tensors", "find_file"]

ALL = "all"
"""Stands for every layer or every tensor."""
_RANGE = re.compile(r"(?P<first>[0-9]{1,9})(?:-(?P<last>[0-9]{1,9}))?")


def find_file(model: str) -> Path:
    """Return the file of a model.

    Parameters
    ----------
    model
        A path where it ends with ``.gguf`` or has a separator of paths; else a name, which is looked for as
        `pv models` does, from the working folder.

    Raises
    ------
    UsageError
        No file of this name is at hand, or it is truncated or no model file. A path is not looked at.
    """
    is_path = model.endswith(".gguf") or any(mark in model for mark in (os.sep, os.altsep) if mark)
    return Path(model).expanduser() if is_path else open_project().find_model(model)


def choose_layers(text: str, count: int) -> tuple[int, ...]:
    """Read a choice of layers, and return them in their order, each once.

    Parameters
    ----------
    text
        Numbers and ranges with both ends, joined by commas; or ``"all"``.
    count
        How many layers the model has; they are counted from 0.

    Raises
    ------
    UsageError
        The text is no such choice, a range runs backwards, or the model has no such layer.

    Examples
    --------
    >>> choose_layers("7,0-2,1", 8)
    (0, 1, 2, 7)
    """
    if text == ALL:
        return tuple(range(count))
    chosen: set[int] = set()
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise _refuse_layers(text, f"{part!r} is neither a layer nor a range of layers", count)
        first, last = int(match["first"]), int(match["last"] or match["first"])
        if last < first:
            raise _refuse_layers(text, f"the range {part.strip()} runs backwards", count)
        if last >= count:
            raise _refuse_layers(text, f"there is no layer {last}", count)
        chosen.update(range(first, last + 1))
    return tuple(sorted(chosen))


def choose_tensors(text: str) -> tuple[str, ...]:
    """Read a choice of tensors, and return them in the order in which they are computed, each once.

    Parameters
    ----------
    text
        Names of `pvfalsifiers.models.NAMES`, joined by commas; or ``"all"``.

    Raises
    ------
    UsageError
        There is no tensor of a name.

    Examples
    --------
    >>> choose_tensors("down,gate")
    ('gate', 'down')
    """
    chosen = set(NAMES) if text == ALL else {part.strip() for part in text.split(",")}
    unknown = sorted(chosen - set(NAMES))
    if unknown:
        raise UsageError(
            f"--tensors {text}: the trace has no {unknown[0]!r}",
            why=f"a layer's tensors are {', '.join(NAMES)}",
            fix=f"name some of these, joined by commas, or {ALL}",
        )
    return tuple(name for name in NAMES if name in chosen)


def _refuse_layers(text: str, what: str, count: int) -> UsageError:
    return UsageError(
        f"--layers {text}: {what}",
        why=f"the layers of this model are counted from 0 to {count - 1}",
        fix=f"name layers and ranges such as 0-3,7, or {ALL}",
    )

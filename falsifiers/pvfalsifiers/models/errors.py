"""The error of everything that is wrong with a model file or with what is asked of a model."""

from __future__ import annotations

from pvengine.errors import UsageError

__all__ = ["ModelError"]


class ModelError(UsageError):
    """A model file, or what was asked of a model, is not what it must be; a person can mend it.

    Examples
    --------
    >>> print(ModelError("it is empty", where="a.gguf", why="a model has content", fix="fetch it again"))
    a.gguf: it is empty
      why: a model has content
      fix: fetch it again
    """

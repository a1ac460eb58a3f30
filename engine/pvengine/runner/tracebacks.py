"""Say in one line, and in a bounded traceback of the plug-in's own frames, what an exception was."""

from __future__ import annotations

from pathlib import Path
from traceback import TracebackException

import pvengine

__all__ = ["bound_text", "describe_error", "drop_engine_frames", "format_plugin_traceback"]

_ENGINE_FOLDER = str(Path(pvengine.__file__).resolve().parent)
_DETAIL_CHARACTERS = 8000
_REASON_CHARACTERS = 300


def bound_text(text: str, characters: int = _DETAIL_CHARACTERS) -> str:
    """Shorten a text by leaving out its middle: a traceback is read from its two ends.

    Lone surrogates are written as escapes, because no JSON text can hold them.
    """
    text = _escape_surrogates(text)
    if len(text) <= characters:
        return text
    head = characters // 4
    tail = characters - head
    return f"{text[:head]}\n... {len(text) - characters} characters left out ...\n{text[-tail:]}"


def _escape_surrogates(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def describe_error(error: BaseException) -> str:
    """Describe an exception in one line: its type and its message."""
    try:
        message = " ".join(_escape_surrogates(str(error)).split())
    except Exception:  # noqa: BLE001 - the text of an exception is the plug-in's code too
        message = "(its message cannot be read)"
    if len(message) > _REASON_CHARACTERS:
        message = f"{message[:_REASON_CHARACTERS]}..."
    if isinstance(error, ImportError) and "relative import" in message:
        message += "; write `import NAME`, or put an `__init__.py` into the folder"
    name = type(error).__name__
    return f"{name}: {message}" if message else name


def format_plugin_traceback(error: BaseException) -> str:
    """Format an exception and those that it came from, without the engine's frames."""
    report = TracebackException.from_exception(error)
    _drop_frames(report)
    return bound_text("".join(report.format()))


def _drop_frames(report: TracebackException) -> None:
    queue = [report]
    while queue:
        current = queue.pop()
        current.stack[:] = [frame for frame in current.stack if not _is_engine_file(frame.filename)]
        queue.extend(part for part in (current.__cause__, current.__context__) if part is not None)
        queue.extend(getattr(current, "exceptions", None) or ())


def _is_engine_file(filename: str) -> bool:
    return filename.startswith(("<frozen", _ENGINE_FOLDER))


def drop_engine_frames(output: str) -> str:
    """Drop the engine's lines from what the interpreter wrote when the process was killed."""
    kept = [
        line
        for line in output.splitlines()
        if not line.startswith(("Extension modules:", '  File "<frozen', f'  File "{_ENGINE_FOLDER}'))
    ]
    return "\n".join(kept).strip()

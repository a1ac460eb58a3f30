"""Where a finding is, as SARIF says it: percent-encoded URIs and regions in characters."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes

if TYPE_CHECKING:
    from pvengine.models.report import DiagnosticEntry

__all__ = ["SOURCE_ROOT", "describe_file", "describe_place", "make_folder_uri"]

SOURCE_ROOT = "%SRCROOT%"
"""The name that stands for the working folder, which relative URIs start from."""

_LONGEST = 1000
"""Characters of a line up to which its text is repeated in each finding on it."""


def make_folder_uri(folder: str) -> str:
    """Return the URI of an absolute folder, with the slash at its end that a base needs.

    Examples
    --------
    >>> make_folder_uri("/home/ada/my project")
    'file:///home/ada/my%20project/'
    """
    return f"file://{_quote(folder.rstrip('/'))}/"


def describe_file(path: str, folder: str | None) -> dict[str, str]:
    """Describe a file: relative to the source root where it lies below the working folder, else absolute.

    A path that leads out of a working folder that is not known stays as it is.

    Examples
    --------
    >>> describe_file("contracts/x v1.yaml", None)
    {'uri': 'contracts/x%20v1.yaml', 'uriBaseId': '%SRCROOT%'}
    >>> describe_file("../x-v1.yaml", "/home/ada/project")
    {'uri': 'file:///home/ada/x-v1.yaml'}
    """
    leads_out = ".." in path.split("/")
    if folder is not None and leads_out:
        path = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118 - text that need not be a file
    if path.startswith("/"):
        return {"uri": f"file://{_quote(path)}"}
    if leads_out:
        return {"uri": _quote(path)}
    return {"uri": _quote(path), "uriBaseId": SOURCE_ROOT}


def describe_place(entry: DiagnosticEntry, folder: str | None) -> dict[str, Any]:
    """Describe the place of a finding: its file, and its region unless the whole file is meant."""
    place: dict[str, Any] = {"artifactLocation": describe_file(entry.path, folder)}
    if entry.line is None:
        return {"physicalLocation": place}
    region: dict[str, Any] = {"startLine": entry.line, "startColumn": entry.column or 1}
    if entry.end_line is not None and entry.end_column is not None:
        region |= {"endLine": entry.end_line, "endColumn": entry.end_column}
    place["region"] = region
    line = entry.snippet or ""
    if entry.end_line == entry.line and len(line) <= _LONGEST:
        marked = line[(entry.column or 1) - 1 : (entry.end_column or 1) - 1]
        if marked:
            region["snippet"] = {"text": _make_writable(marked)}
        if len(marked) < len(line):  # the surroundings must hold more than the region
            place["contextRegion"] = {
                "startLine": entry.line,
                "endLine": entry.line,
                "snippet": {"text": _make_writable(line)},
            }
    return {"physicalLocation": place}


def _quote(path: str) -> str:
    """Percent-encode a path; a byte of its name that is no UTF-8 becomes the escape of that byte."""
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = path.encode("utf-8", "backslashreplace")
    return quote_from_bytes(data, safe="/")


def _make_writable(text: str) -> str:
    """Keep the text of a file as it is, save for surrogates, which no encoding can write."""
    return text.encode("utf-8", "backslashreplace").decode()

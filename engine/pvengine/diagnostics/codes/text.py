"""Text and YAML."""

from __future__ import annotations

from pvengine.diagnostics.diagnostic import Severity
from pvengine.diagnostics.rule import Rule

__all__ = ["RULES"]

_ERROR = Severity.ERROR
_WARNING = Severity.WARNING

RULES = (
    Rule(
        "PV101",
        _ERROR,
        "not UTF-8",
        "a contract is UTF-8 text, with or without a byte order mark",
        "save the file as UTF-8",
    ),
    Rule(
        "PV102",
        _ERROR,
        "YAML syntax",
        "a contract is one YAML document",
        "correct the indentation, brackets or quotes at this place",
    ),
    Rule(
        "PV103",
        _ERROR,
        "duplicate key",
        "YAML allows a key once in a mapping; most readers keep one and drop the other",
        "delete or rename one of the two",
    ),
    Rule(
        "PV104",
        _ERROR,
        "nested too deeply",
        "the reader stops at a fixed depth, so that no input can exhaust it",
        "flatten the value; no contract needs ten levels",
    ),
    Rule(
        "PV105",
        _ERROR,
        "aliases expand too far",
        "aliases that multiply each other fill the memory of every reader",
        "write the values out where few are meant, or delete the aliases",
    ),
    Rule(
        "PV106",
        _ERROR,
        "bad alias",
        "an alias names an anchor that was defined before it and does not contain it",
        "correct the name, define the anchor above the alias, or write the value out",
    ),
    Rule(
        "PV107",
        _ERROR,
        "unknown tag",
        "a contract is data: only the tags of the YAML 1.2 core schema are read",
        "delete the tag",
    ),
    Rule(
        "PV108",
        _ERROR,
        "not one document",
        "a contract is exactly one YAML document",
        "keep one document in the file, and give every other a file of its own",
    ),
    Rule(
        "PV109",
        _ERROR,
        "key is not a scalar",
        "keys are text",
        "write a plain word as the key, or put it in quotes",
    ),
    Rule(
        "PV110",
        _ERROR,
        "not a mapping",
        "a contract is a mapping with `metadata` and its tests",
        "begin with `metadata:` at the left margin; `pv new` writes a contract to start from",
    ),
    Rule(
        "PV111",
        _ERROR,
        "unreadable",
        "a contract is a regular file that can be read",
        "correct the path, or the permissions of the file",
    ),
    Rule(
        "PV112",
        _ERROR,
        "number out of range",
        "a number that no double can hold would be changed by reading it",
        "correct the number, or put it in quotes where it is a text",
    ),
    Rule(
        "PV113",
        _ERROR,
        "file too large",
        "the reader stops at a fixed size, so that no input can exhaust it",
        "split the contract, or keep the data that it carries in a file of its own",
    ),
    Rule(
        "PV114",
        _WARNING,
        "number that YAML 1.1 reads otherwise",
        "YAML 1.1 wants a dot and a signed exponent in a float, and reads a leading zero as octal; "
        "its tools read text or another number",
        "write the number with a dot and a signed exponent; `pv validate --fix` does it",
    ),
    Rule(
        "PV115",
        _WARNING,
        "text that YAML 1.1 reads as another value",
        "YAML 1.1 reads yes, no, on, off, 1:30 and 1_000 as booleans and numbers; YAML 1.2 reads text",
        "put the text in quotes; `pv validate --fix` does it",
    ),
    Rule(
        "PV116",
        _WARNING,
        "control character in text",
        "a control or direction character changes what a terminal or a review shows",
        "delete the character",
    ),
    Rule(
        "PV117",
        _WARNING,
        "merge key",
        "`<<` merges in YAML 1.1 and is an ordinary key in YAML 1.2, so two readers see two contracts",
        "write the keys out",
    ),
    Rule(
        "PV118",
        _WARNING,
        "section without a value",
        "a section that holds nothing reads as if it were there",
        "fill the section, or delete its key",
    ),
)

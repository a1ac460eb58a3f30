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
    ),
    Rule(
        "PV105",
        _ERROR,
        "aliases expand too far",
        "aliases that multiply each other fill the memory of every reader",
    ),
    Rule(
        "PV106",
        _ERROR,
        "bad alias",
        "an alias names an anchor that was defined before it and does not contain it",
    ),
    Rule(
        "PV107",
        _ERROR,
        "unknown tag",
        "a contract is data: only the tags of the YAML 1.2 core schema are read",
    ),
    Rule(
        "PV108",
        _ERROR,
        "not one document",
        "a contract is exactly one YAML document",
    ),
    Rule(
        "PV109",
        _ERROR,
        "key is not a scalar",
        "keys are text",
    ),
    Rule(
        "PV110",
        _ERROR,
        "not a mapping",
        "a contract is a mapping with `metadata` and its tests",
    ),
    Rule(
        "PV111",
        _ERROR,
        "unreadable",
        "a contract is a regular file that can be read",
    ),
    Rule(
        "PV112",
        _ERROR,
        "number out of range",
        "a number that no double can hold would be changed by reading it",
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
        "number that YAML 1.1 reads as text",
        "YAML 1.1 wants a dot and a signed exponent in a float; its tools read anything else as text",
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

"""Check contracts and their evidence without pvengine: digests, chains, outcomes, verdicts, statuses.

It is written from ``docs/reference/evidence-format.md`` and needs the standard library and PyYAML only, so
that two programs which share no line have to agree. It runs no plug-in. What needs the code of a falsifier
or the file of a model (the source digest, the digests of inputs) it cannot compare, and says so.
"""

from __future__ import annotations

import argparse
import datetime as dt
import difflib
import graphlib
import hashlib
import io
import itertools
import json
import math
import operator
import os
import re
import stat
import struct
import sys
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Cut = tuple[Fraction | float, int]

__all__ = ["ContractCheck", "canonicalize", "check_contract", "digest", "main", "read_yaml", "recheck"]

OK, INVALID, USAGE, TAMPERED, GATE, NOTHING = 0, 1, 2, 3, 11, 14
MAX_BYTES, MAX_DEPTH, MAX_VALUES, MAX_DIGITS = 16 << 20, 100, 1_000_000, 4300
MAX_NAME, MAX_UNKNOWN = 255, 200
CODES = {"unreadable": USAGE, "tampered": TAMPERED, "missing": TAMPERED, "invalid": INVALID, "stale": GATE,
         "self-declared": GATE}  # fmt: skip
"""The exit code of each state; of several the first decides."""
LISTS = ("hypotheses", "falsification_tests", "implementation_stages", "amendments")
SECTIONS = ("metadata", *LISTS, "equations", "proof_obligations", "kernel_structure", "simd_dispatch",
            "enforcement", "kani_harnesses", "qa_gate", "verification_summary", "falsification",
            "falsification_conditions", "obligations")  # fmt: skip
NOT_SECTIONS = ("attributions", "version", "status")
"""The keys of a contract."""
CLAIM = ("id", "rule", "prediction", "hypothesis", "falsifier", "params", "accept", "decides", "requires",
         "search", "reproduce")  # fmt: skip
SEMVER = re.compile(
    r"(?P<core>(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2})"
    r"(?:-(?P<pre>(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*))?"
    r"(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?",
    re.ASCII,
)
NOWHERE = object()
REACH = 1.0e300
"""What no measurement is taken to reach: a bound beyond it bounds nothing."""
BANDS = ("CONFIRMED", "PARTIALLY_CONFIRMED", "FALSIFIED")


class EvidenceError(Exception):
    """Evidence that is not there or does not follow; ``state`` is that of its test."""

    def __init__(self, state: str, reason: str) -> None:
        super().__init__(reason)
        self.state = state


# YAML 1.2, core schema

WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
WORDS |= {".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf, ".nan": math.nan}
WORDS |= {change(word): value for word, value in WORDS.items() for change in (str.upper, str.title)}
WORDS[".NaN"] = math.nan
del WORDS[".Nan"]
INTEGER = re.compile(r"[+-]?\d+|0o[0-7]+|0x[\da-fA-F]+", re.ASCII)
FLOAT = re.compile(r"[+-]?(\.\d+|\d+(\.\d*)?)([eE][+-]?\d+)?", re.ASCII)
TAGS: dict[str | None, str] = {
    f"tag:yaml.org,2002:{name}": name for name in ("null", "bool", "int", "float", "str", "map", "seq")
}


def read_yaml(raw: bytes) -> dict[str, Any]:
    """Read the bytes of a contract as the YAML 1.2 core schema has it; ValueError where they are none."""
    _demand(len(raw) <= MAX_BYTES, f"the file has more than {MAX_BYTES:,} bytes")
    text = raw.decode()
    _demand(re.search(r"(?m)^\ufeff?(<{7,}|>{7,})( |\r|$)", text) is None, "merge markers stand in it")
    # PyYAML breaks lines at these three, as YAML 1.1 does; 1.2 does not, so others stand in for them.
    spare = (chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in text)
    swap = dict(zip((mark for mark in "\x85\u2028\u2029" if mark in text), spare, strict=False))
    reading = _Reading(text, swap)
    try:
        data = reading.read_document()
    except yaml.YAMLError as error:
        raise ValueError("no YAML: " + " ".join(str(error).split())) from error
    if not isinstance(data, dict):
        raise ValueError("the document is not a mapping")  # noqa: TRY004 - about the text, not about a type
    return data


class _Reading:
    """Reads the parser's events; the depth of what it calls is that of the text, which is limited."""

    def __init__(self, text: str, swap: dict[str, str]) -> None:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.events: Iterator[Any] = iter(
            yaml.parse(text.translate({ord(mark): to for mark, to in swap.items()}), Loader=loader)
        )
        self.restore = {ord(stand_in): mark for mark, stand_in in swap.items()}
        self.anchors: dict[str | None, list[Any]] = {}
        self.left = MAX_VALUES

    def read_document(self) -> Any:
        """Read the only document."""
        data, documents = None, 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                _demand(documents == 1, "a second document")
                data = self.read(next(self.events), 0)[0]
        return data

    def read(self, event: Any, depth: int, *, is_key: bool = False) -> list[Any]:
        """Read the value that an event begins: its data, its text where it is a scalar, its height."""
        if isinstance(event, yaml.AliasEvent):
            found: list[Any] = self.anchors.get(event.anchor, [])
            _demand(bool(found), f"the alias {event.anchor} names nothing")
            self.left -= found[3]
            _demand(self.left >= 0 and depth + found[2] <= MAX_DEPTH, "aliases expand too far")
            return found
        before, self.left = self.left, self.left - 1
        value: list[Any] = []
        if event.anchor is not None:
            self.anchors[event.anchor] = value
        if isinstance(event, yaml.ScalarEvent):
            text = event.value.translate(self.restore)
            _demand(event.tag in (None, "!") or event.tag in TAGS, f"the tag {event.tag} is unknown")
            is_text = is_key or event.tag == "!" or (event.tag is None and event.style)
            data = (
                text if is_text else _resolve_tagged(TAGS[event.tag], text) if event.tag else _resolve(text)
            )
            value += [data, text, 0, 1]
        else:
            _demand(depth < MAX_DEPTH, "nested too deeply")
            value += [*self.read_collection(event, depth + 1), before - self.left]
        _demand(self.left >= 0, "too many values")
        return value

    def read_collection(self, event: Any, depth: int) -> tuple[Any, None, int]:
        """Read a list or a mapping to its end."""
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        name = "map" if is_mapping else "seq"
        _demand(event.tag in (None, "!") or TAGS.get(event.tag) == name, f"the tag {event.tag} is unknown")
        pairs: dict[str, Any] = {}
        items: list[Any] = []
        height = 0
        while not isinstance(event := next(self.events), yaml.CollectionEndEvent):
            item = self.read(event, depth, is_key=is_mapping)
            if is_mapping:
                key = item[1]
                _demand(key is not None, "a collection is used as a key")
                _demand(key not in pairs, f"the key {key!r:.100} stands twice")
                item = self.read(next(self.events), depth)
                pairs[key] = item[0]
            items.append(item[0])
            height = max(height, item[2])
        return pairs if is_mapping else items, None, height + 1


def _demand(is_so: bool, complaint: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not is_so:
        raise ValueError(complaint)


def _resolve(text: str) -> Any:
    """Return the value of a plain scalar."""
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        _demand(len(text) <= MAX_DIGITS, "an integer with too many digits")
        return int(text[2:], {"0o": 8, "0x": 16}[text[:2]]) if text[1:2] in {"o", "x"} else int(text)
    return _read_float(text) if FLOAT.fullmatch(text) else text


def _read_float(text: str) -> float:
    value = float(text)
    is_lost = value == 0 and re.search("[1-9]", re.split("[eE]", text)[0]) is not None
    _demand(not math.isinf(value) and not is_lost, f"no double holds {text:.40}")
    return value


def _resolve_tagged(name: str, text: str) -> Any:
    """Return the value of a scalar under a core tag; ValueError where the text is none of that type."""
    value = text if name == "str" else _resolve(text)
    kind = "null" if value is None else type(value).__name__
    if name == "float" and kind == "int" and text[1:2] not in {"o", "x"}:
        return _read_float(text)
    _demand(kind == name, f"{text!r:.40} under the tag {name}")
    return value


# RFC 8785


def canonicalize(data: Any) -> str:
    """Return the RFC 8785 form of data; ValueError where a value has none."""
    if isinstance(data, dict):
        pairs = sorted(data.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonicalize(key)}:{canonicalize(item)}" for key, item in pairs) + "}"
    if isinstance(data, list):
        return "[" + ",".join(map(canonicalize, data)) + "]"
    if isinstance(data, float):
        return _write_double(data)
    if isinstance(data, str):
        data.encode()  # a lone surrogate has no form
    _demand(not isinstance(data, int) or abs(data) < 1 << 53, "an integer beyond 2^53 - 1")
    return json.dumps(data, ensure_ascii=False)


def _write_double(value: float) -> str:
    """Write a double as ECMAScript does: the shortest digits, plain between 1e-7 and 1e21."""
    _demand(math.isfinite(value) and str(value) != "-0.0", f"{value} has no canonical form")
    parts = Decimal(repr(value)).normalize().as_tuple()
    digits = "".join(map(str, parts.digits))
    point = len(digits) + int(parts.exponent)
    if not -6 < point <= 21:  # noqa: PLR2004 - the bounds of ECMA-262, Number::toString
        text = f"{digits[0]}{'.' * (len(digits) > 1)}{digits[1:]}e{point - 1:+d}"
    elif point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[:point].ljust(point, "0") + ("." + digits[point:]) * (len(digits) > point)
    return "-" * parts.sign + text


def digest(data: Any) -> str:
    """Return the digest of data: ``sha256:`` and the SHA-256 of its canonical form."""
    return _hash(canonicalize(data).encode())


def _hash(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


# Forms: `key*` is needed, `kind?` may be null, `[kind]` is a list, `{kind}` maps text to it, `kind~` is one
# or a list of them; other keys are refused, except in the forms that begin with `+`.

FORMS_TEXT = """
metadata: + id=name? references=[any]? depends_on=[text]? description=text? kind=text? status=text?
  author=text? created=text? updated=text? last_modified=text?
hypotheses: + id*=name statement*=filled status=text?
falsification_tests: + id*=name rule=text? name=text? description=text? prediction=text? hypothesis=name~?
  falsifier=name? params={any}? accept=[condition]? decides=decision~? depends_on=[name]?
  requires=[requirement]? limits=limits? reproduce=reproduce? search=search? test=any test_harness=any
  if_fails=text? severity=any status=text? verdict=text? evidence=any
condition: metric*=name lt=number le=number gt=number ge=number eq=number ne=number in=[number] bits=pattern
decision: metric*=name scope=text? hypothesis=name? CONFIRMED=band~? PARTIALLY_CONFIRMED=band~?
  FALSIFIED=band~?
band: lt=number le=number gt=number ge=number
requirement: model*=name sha256=hex?
limits: seconds=number? mebibytes=integer?
reproduce: relative*=number
search: domain*={variable} constraints=[constraint] maximise=name? minimise=name? margin=name?
  budget*=budget methods=[method]?
variable: kind*=variable-kind range=[number]? values=[choice]? grid=number? shape=[count]
constraint: variable*=name norm*=norm lt=number? le=number? gt=number? ge=number?
budget: evaluations*=count seconds=number?
implementation_stages: + id*=name title=text? description=text? needs=[name]? expected_acceptance=[text]?
  steps=[step]? status=text?
step: + id*=name title=text? description=text? needs=[name]? expected_acceptance=[text]? status=text?
amendments: version*=text date*=text kind*=kind reason=text? tests=[pin] previous*=digest?
pin: id*=name from*=text to*=text count*=count verdict=text? head=digest? grounded=boolean?
record: _type*=statement predicateType*=type subject*=[about] predicate*=predicate
about: name*=text digest*=sha256
sha256: sha256=hex
predicate: contract*=state test*=name claim*={any} claim_digest*=digest falsifier*=name
  source_digest*=digest params*={any} seed*=integer inputs*=[input] measurements*={measured}
  outcome*=outcome verdicts*=[decided] planted_faults*=[fault] replacements=[replacement]
  search=searched baseline=baseline
  arithmetic*=[text] environment*=environment
  packages={filled?} mutation=mutation started*=text duration_s*=float previous*=digest?
state: id*=text version*=text digest*=digest
input: model*=name sha256*=hex
measured: value*=value dtype*=dtype bits*=bits? unit*=filled population*=text? aggregation*=text?
  normalisation=filled arithmetic*=text?
decided: hypothesis*=name scope*=text? verdict*=verdict
fault: name*=text noticed*=boolean reason*=text failure*=failure? measurements*={measured} search=searched
baseline: measurements*={measured} search*=searched
searched: metric*=name aim*=aim published*=example? worst*=example found_by*=text nearest*=example?
  minimal*=example? evaluations*=integer refused*=integer seconds*=float ended_by*=end
  is_vectorised*=boolean extremes*={extremes} bounds*=[bound] methods*=[work] profile*=profile?
example: params*={any} value*=measured?
extremes: least*=measured least_params*={any}? largest*=measured largest_params*={any}?
bound: metric*=name source*=filled at_most*=float? at_least*=float? rounding*=float any_subject*=boolean
  is_met*=boolean attained*=float?
work: method*=any-method evaluations*=integer seconds*=float best*=value?
profile: start*={any} end*={any} at*=[float] values*=[value?]
mutation: generated*=count tried*=count noticed*=count unnoticed*=count same_numbers*=count invalid*=count
  score*=float? minimum*=float? seed*=integer
replacement: name*=stand-in failure*=failure? measurements*={measured} search=searched
environment: pvengine*=text python*=text implementation*=text platform*=text machine*=text numpy*=text
  blas*=text cpu_features*=[text] threads*=integer
"""
FORMS = {
    line.split(":")[0]: [word.rpartition("=")[::2] for word in line.split(":")[1].split() if word != "+"]
    for line in FORMS_TEXT.replace("\n  ", " ").strip().splitlines()
}
OPEN = frozenset(re.findall(r"^(\w+): \+", FORMS_TEXT, re.MULTILINE))
METHODS = "analytic|random|evolution|refinement|nearest|minimal"
WHITE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
PATTERNS = {
    "name": rf"[^{WHITE}](.*[^{WHITE}])?", "digest": "sha256:[0-9a-f]{64}", "hex": "[0-9a-f]{64}",
    "bits": "[0-9a-f]{8}|[0-9a-f]{16}", "pattern": "(0[xX])?([0-9a-fA-F]{8}|[0-9a-fA-F]{16})",
    "filled": "(?s:.+)", "text": "(?s:.*)", "kind": "discharge|edit|reopen|merge",
    "statement": re.escape("https://in-toto.io/Statement/v1"), "type": "urn:pvengine:evidence:v1",
    "stand-in": "identity|noise",
    "outcome": "survived|falsified", "verdict": "|".join(BANDS), "dtype": "int|float32|float64",
    "failure": "time-out|memory limit|exception|killed by a signal|exited early|wrong reply|not registered"
    "|params refused|interrupted|not comparable|search failed|not installed",
    "variable-kind": "real|integer|choice", "norm": "L1|L2|Linf", "aim": "maximise|minimise|margin",
    "method": METHODS, "any-method": f"published|{METHODS}", "end": "evaluations|seconds|methods",
}  # fmt: skip


def _find_fault(kind: str, value: Any) -> str:
    """Return what keeps a value from being of a kind; empty where nothing does."""
    last = kind[-1]
    if last == "?" and value is None:
        return ""
    if last in "?~":
        is_list = last == "~" and isinstance(value, list)
        return _find_fault(f"[{kind[:-1]}]" if is_list else kind[:-1], value)
    if last in "]}":
        if not isinstance(value, list if last == "]" else dict):
            return "no list" if last == "]" else "no mapping"
        pairs = enumerate(value) if isinstance(value, list) else value.items()
        found = ((key, _find_fault(kind[1:-1], item)) for key, item in pairs)
        return next((f"{key}: {wrong}" for key, wrong in found if wrong), "")
    if kind in FORMS:
        return _find_fault_of_mapping(kind, value)
    is_text = kind in PATTERNS and isinstance(value, str) and re.fullmatch(PATTERNS[kind], value)
    return "" if is_text or _is_scalar(kind, value) else f"no {kind}"


def _find_fault_of_mapping(kind: str, value: Any) -> str:
    if not isinstance(value, dict):
        return "no mapping"
    kinds = {key.rstrip("*"): (inner, key.endswith("*")) for key, inner in FORMS[kind]}
    wrong = [f"{key} is missing" for key, (_, is_needed) in kinds.items() if is_needed and key not in value]
    wrong += [f"{key} is no key" for key in value if key not in kinds and kind not in OPEN]
    wrong += [
        f"{key}: {said}" for key in value if key in kinds and (said := _find_fault(kinds[key][0], value[key]))
    ]
    return wrong[0] if wrong else "" if kind not in RULES or RULES[kind](value) else f"no {kind}"


def _is_scalar(kind: str, value: Any) -> bool:
    if kind == "any" or isinstance(value, bool):
        return kind in {"any", "boolean", "choice"}
    if kind == "choice" and isinstance(value, str):
        return True
    if kind == "value":
        return isinstance(value, int | float) or value in ("nan", "inf", "-inf")
    if kind in {"number", "choice"}:
        return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
    if kind == "float":
        return isinstance(value, float)
    return kind in {"integer", "count"} and isinstance(value, int) and (kind == "integer" or value >= 0)


def _is_band(value: dict[str, Any]) -> bool:
    return bool(value) and not {"lt", "le"} <= value.keys() and not {"gt", "ge"} <= value.keys()


def _is_measured(value: dict[str, Any]) -> bool:
    """Say whether value, dtype and bits of a measurement agree."""
    shown, bits, width = value["value"], value["bits"], {"float32": 8, "float64": 16}.get(value["dtype"])
    if width is None:
        return isinstance(shown, int) and bits is None and -(1 << 63) <= shown < 1 << 64
    if bits is None or len(bits) != width or isinstance(shown, int):
        return False
    number, read = _decode(bits), float(shown)
    if math.isnan(number) or math.isnan(read):
        return math.isnan(number) and math.isnan(read)
    try:
        back = float(struct.unpack(">f", struct.pack(">f", read))[0]) if value["dtype"] == "float32" else read
    except OverflowError:
        return False
    if back == number:
        return math.copysign(1, back) == math.copysign(1, number)
    # Digits that are enough for a float32 may, as a double, lie halfway between it and its neighbour.
    return math.isfinite(number + back + read) and 2 * Fraction(read) == Fraction(back) + Fraction(number)


def _is_search(value: dict[str, Any]) -> bool:
    """Say whether a search has one aim, something that varies, and constraints on numbers that vary."""
    domain, bounded = value["domain"], [each["variable"] for each in value.get("constraints", ())]
    return (
        sum(value.get(aim) is not None for aim in ("maximise", "minimise", "margin")) == 1
        and bool(domain)
        and all(re.fullmatch(PATTERNS["name"], name) for name in domain)
        and all(name in domain and domain[name]["kind"] != "choice" for name in bounded)
        and value.get("methods") != []
    )


def _is_variable(value: dict[str, Any]) -> bool:
    kind, shape = value["kind"], value.get("shape", [])
    ends, values, grid = value.get("range"), value.get("values"), value.get("grid")
    if len(shape) > 4 or 0 in shape:  # noqa: PLR2004 - the page's
        return False
    if kind == "choice":
        return values is not None and len(values) > 1 and ends is None and grid is None
    if ends is None or len(ends) != 2 or values is not None or ends[0] >= ends[1]:  # noqa: PLR2004 - a pair
        return False
    if kind == "integer":
        return grid is None and all(isinstance(end, int) for end in ends)
    return grid is None or 0 < grid <= ends[1] - ends[0]


def _is_above(value: float | None, least: float) -> bool:
    return value is None or value >= least


def _decode(bits: str) -> float:
    return float(struct.unpack({8: ">f", 16: ">d"}[len(bits)], bytes.fromhex(bits))[0])


RULES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "band": _is_band,
    "condition": lambda value: len(value) > 1 and value.get("in") != [],
    "limits": lambda value: _is_above(value.get("seconds"), 5e-324) and _is_above(value.get("mebibytes"), 64),
    "reproduce": lambda value: bool(value["relative"] >= 0),
    "measured": _is_measured,
    "search": _is_search,
    "variable": _is_variable,
    "constraint": lambda value: any(value.get(key) is not None for key in ("lt", "le", "gt", "ge")),
    "budget": lambda value: value["evaluations"] > 0 and _is_above(value.get("seconds"), 5e-324),
}


# One record, judged again


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _exact(measured: dict[str, Any]) -> Fraction | None:
    """Return the number of a measurement; None where it is not finite."""
    number = measured["value"] if measured["dtype"] == "int" else _decode(measured["bits"])
    return Fraction(number) if math.isfinite(number) else None


def _holds(condition: dict[str, Any], measured: dict[str, Any]) -> bool | None:
    """Whether a condition holds for a finite number; None where its bits are those of another type."""
    number, held = _exact(measured), []
    for name, wanted in condition.items():
        if name == "bits":
            digits = wanted.lower().removeprefix("0x")
            if len(digits) != len(measured["bits"] or ""):
                return None
            held.append(digits == measured["bits"])
        elif name != "metric":
            held.append(number in [Fraction(each) for each in wanted] if name == "in" else
                        getattr(operator, name)(number, Fraction(wanted)))  # fmt: skip
    return all(held)


def _holds_everywhere(condition: dict[str, Any], trial: dict[str, Any]) -> bool | None:
    """Whether a condition holds for what a trial measured and, of a search, at the ends of its metric."""
    metric = condition["metric"]
    ends = _dict(trial.get("search")).get("extremes", {}).get(metric)
    for measured in (trial["measurements"][metric], *((ends["least"], ends["largest"]) if ends else ())):
        held = None if _exact(measured) is None else _holds(condition, measured)
        if not held:
            return held
    return True


def _list_bands(decision: dict[str, Any]) -> list[tuple[Cut, Cut, str]]:
    """List the bands as (cut below, cut above, verdict); the cut (x, 0) lies just below x, (x, 1) above."""
    bands = []
    for verdict in BANDS:
        for band in _list(decision.get(verdict)):
            ends: dict[str, Cut] = {"low": (-math.inf, 0), "high": (math.inf, 1)}
            for key, number in band.items():
                ends["low" if key[0] == "g" else "high"] = (Fraction(number), int(key in {"gt", "le"}))
            bands.append((ends["low"], ends["high"], verdict))
    return sorted(bands)


def _is_partition(decision: dict[str, Any]) -> bool:
    bands = _list_bands(decision)
    lows, highs = [low for low, _, _ in bands], [high for _, high, _ in bands]
    is_chain = [*lows, (math.inf, 1)] == [(-math.inf, 0), *highs]
    return bool(bands) and is_chain and all(low < high for low, high, _ in bands)


def _name_hypothesis(test: dict[str, Any], decision: dict[str, Any]) -> str | None:
    named = _list(test.get("hypothesis"))
    return decision.get("hypothesis") or (named[0] if len(named) == 1 else None)


def _decide(test: dict[str, Any], measurements: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the verdict of each decision; the metrics are finite and the bands a partition."""
    verdicts = []
    for decision in _list(test.get("decides")):
        number = _exact(measurements[decision["metric"]]) or Fraction(0)
        below, above = (number, 0), (number, 1)
        word = next(word for low, high, word in _list_bands(decision) if low <= below and above <= high)
        verdicts.append(
            {"hypothesis": _name_hypothesis(test, decision), "scope": decision.get("scope"), "verdict": word}
        )
    return verdicts


def _is_noticed(test: dict[str, Any], fault: dict[str, Any], verdicts: list[dict[str, Any]]) -> bool:
    measured, conditions = fault["measurements"], _list(test.get("accept"))
    metrics = [entry["metric"] for entry in (*conditions, *_list(test.get("decides")))]
    if fault["failure"] is not None or not set(metrics) <= measured.keys():
        return False
    if any(_exact(measured[metric]) is None for metric in metrics):
        return True
    is_broken = any(_holds_everywhere(condition, fault) is False for condition in conditions)
    return is_broken or _decide(test, measured) != verdicts


def _can_break(condition: dict[str, Any]) -> bool:
    """Whether a number of magnitude below `REACH` breaks a condition."""
    if condition.keys() & {"eq", "in", "bits"}:
        return True
    uppers = [condition[key] for key in ("lt", "le") if key in condition]
    lowers = [condition[key] for key in ("gt", "ge") if key in condition]
    if any(bound < REACH for bound in uppers) or any(bound > -REACH for bound in lowers):
        return True
    other = condition.get("ne", math.inf)
    is_integer = isinstance(other, int) and -(1 << 63) <= other < 1 << 64
    return abs(other) < REACH and (is_integer or float(other) == other)


def _can_fail(test: dict[str, Any]) -> bool:
    """Whether a number of magnitude below `REACH` breaks a condition of a test or changes a verdict."""
    decisions = _list(test.get("decides"))
    if not all(map(_is_partition, decisions)) or any(map(_can_break, _list(test.get("accept")))):
        return True
    reached = [
        {word for low, high, word in _list_bands(each) if max(low, (-REACH, 1)) < min(high, (REACH, 0))}
        for each in decisions
    ]
    return any(len(words) > 1 for words in reached)


def _reference(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what planted faults are compared with: the subject, of a search after one as brief as theirs."""
    return dict(facts.get("baseline") or facts)


def _tells(test: dict[str, Any], trial: dict[str, Any], facts: dict[str, Any]) -> bool | None:
    """Whether a trial tells the subject from what took its place; None where it failed or lacks a metric."""
    subject, conditions = _reference(facts), _list(test.get("accept"))
    measured, own = trial["measurements"], subject["measurements"]
    metrics = {entry["metric"] for entry in (*conditions, *_list(test.get("decides")))}
    if trial["failure"] is not None or not metrics <= measured.keys():
        return None
    held = [_holds_everywhere(each, subject) for each in conditions]
    facts_of = operator.itemgetter("dtype", "bits", "value")
    if False in held and any(facts_of(measured[name]) != facts_of(own[name]) for name in metrics):
        return True
    finite = {name for name in metrics if _exact(measured[name]) is not None}
    kept = [each for each, is_held in zip(conditions, held, strict=True) if is_held]
    if any(_holds_everywhere(each, trial) is False for each in kept if each["metric"] in finite):
        return True
    decisions = [each for each in _list(test.get("decides")) if each["metric"] in finite]
    asked = {"hypothesis": test.get("hypothesis"), "decides": decisions}
    return _decide(asked, measured) != _decide(asked, own)


def _is_vacuous(test: dict[str, Any], facts: dict[str, Any]) -> bool:
    """Whether the subject was replaced, and nothing told it from what took its place."""
    replaced = [_tells(test, trial, facts) for trial in facts.get("replacements") or ()]
    told = [_tells(test, trial, facts) for trial in facts["planted_faults"]]
    return bool(replaced) and not any(told) and all(each is False for each in replaced)


def _check_conditions(test: dict[str, Any], trial: dict[str, Any]) -> list[bool | None]:
    """Return which conditions hold for a trial of the subject; ValueError where that cannot be judged."""
    measured, conditions = trial["measurements"], _list(test.get("accept"))
    for metric in (entry["metric"] for entry in (*conditions, *_list(test.get("decides")))):
        _demand(metric in measured and _exact(measured[metric]) is not None, f"{metric} is no finite number")
    held = [_holds_everywhere(condition, trial) for condition in conditions]
    _demand(None not in held, "the bits of a condition are those of another type")
    for bound in _dict(trial.get("search")).get("bounds", ()):
        _demand(bound["is_met"], f"a stated bound on {bound['metric']} is not met")
        if bound["any_subject"]:
            own = (condition for condition in conditions if condition["metric"] == bound["metric"])
            _demand(
                not any(_follows(condition, bound) for condition in own),
                f"vacuous over the domain: no subject breaks what is asked of {bound['metric']}",
            )
    return held


def _follows(condition: dict[str, Any], bound: dict[str, Any]) -> bool:
    """Whether every number within a bound meets a condition that is made of inequalities."""
    least = -math.inf if bound["at_least"] is None else bound["at_least"]
    most = math.inf if bound["at_most"] is None else bound["at_most"]
    ends = {"lt": most, "le": most, "gt": least, "ge": least}
    asked = condition.keys() - {"metric"}
    return asked <= ends.keys() and all(getattr(operator, key)(ends[key], condition[key]) for key in asked)


def _is_constant(facts: dict[str, Any]) -> bool:
    """Whether a searched metric differs by a thousandth at most, with the subject and under every fault."""
    if "search" not in facts:
        return False
    metric = facts["search"]["metric"]
    trials = [facts, *facts["planted_faults"]]
    seen = [_dict(trial.get("search")).get("extremes", {}).get(metric) for trial in trials]
    if None in seen:
        return False
    least = min(_float(each["least"]) for each in seen)
    largest = max(_float(each["largest"]) for each in seen)
    return not largest - least > 1e-3 * max(abs(least), abs(largest))


def _float(measured: dict[str, Any]) -> float:
    return float(measured["value"] if measured["dtype"] == "int" else _decode(measured["bits"]))


def check_searches(claim: dict[str, Any], facts: dict[str, Any]) -> None:
    """Check that the searches of a record are those that its claim asks for; ValueError where not."""
    asked = claim.get("search")
    trials = [("the subject", facts), ("the brief search of the subject", _dict(facts.get("baseline")))]
    trials += [
        (f"the fault {fault['name']}", fault) for fault in facts["planted_faults"] if fault["failure"] is None
    ]
    for name, trial in trials:
        _demand(
            ("search" in trial) == (asked is not None), f"the claim or the record lacks a search of {name}"
        )
        if asked is not None:
            _check_search(name, asked, trial)
            own = [trial["measurements"].get(metric) for metric in _list_metrics(claim)]
            is_finite = all(each is not None and _exact(each) is not None for each in own)
            missing = [each for each in _list_metrics(claim) if each not in trial["search"]["extremes"]]
            _demand(not (is_finite and missing), f"the search of {name} has no extremes of {missing[:1]}")


def _list_metrics(claim: dict[str, Any]) -> list[str]:
    """List the metrics that a claim names."""
    return [each["metric"] for each in (*_list(claim.get("accept")), *_list(claim.get("decides")))]


def _check_search(name: str, asked: dict[str, Any], trial: dict[str, Any]) -> None:
    found = trial["search"]
    aim = next(aim for aim in ("maximise", "minimise", "margin") if asked.get(aim) is not None)
    _demand((found["metric"], found["aim"]) == (asked[aim], aim), f"the search of {name} has another aim")
    _demand(found["evaluations"] <= asked["budget"]["evaluations"], f"{name} has more points than allowed")
    _demand(_has_worst(found, trial["measurements"]), f"what was measured of {name} is not its worst point")
    for bound in found["bounds"]:
        is_met = _is_met(bound, found["extremes"].get(bound["metric"]))
        _demand(bound["is_met"] == is_met, f"a bound of {name} is recorded otherwise than measured")


def _has_worst(found: dict[str, Any], measured: dict[str, Any]) -> bool:
    """Whether what a trial measured is the worst that its search knows; that of a margin has no extreme."""
    own = measured.get(found["metric"])
    for metric, ends in found["extremes"].items():
        number = _exact(measured[metric]) if metric in measured else None
        low, high = _exact(ends["least"]), _exact(ends["largest"])
        if low is None or high is None or low > high or (number is not None and not low <= number <= high):
            return False
    if own is None or _exact(own) is None:
        return True
    is_worst = bool(found["worst"]["value"] == own)
    ends = found["extremes"].get(found["metric"])
    if ends is None or found["aim"] == "margin" or None in map(_exact, measured.values()):
        return is_worst
    return is_worst and _exact(ends["largest" if found["aim"] == "maximise" else "least"]) == _exact(own)


def _is_met(bound: dict[str, Any], ends: dict[str, Any] | None) -> bool:
    """Whether no extreme of a metric lies beyond a bound, by more than its rounding."""
    most, least = bound["at_most"], bound["at_least"]
    if ends is None:
        return True
    return not (
        (most is not None and _float(ends["largest"]) > most + bound["rounding"] * abs(most))
        or (least is not None and _float(ends["least"]) < least - bound["rounding"] * abs(least))
    )


def judge(test: dict[str, Any], facts: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Derive outcome and verdicts of a record from claim and measurements; ValueError where none follow."""
    measured, conditions, decisions = (
        facts["measurements"],
        _list(test.get("accept")),
        _list(test.get("decides")),
    )
    _demand(bool(conditions or decisions), "the claim has nothing to judge by")
    _demand(all(map(_is_partition, decisions)), "the bands do not partition the line")
    _demand(all(_name_hypothesis(test, each) for each in decisions), "a decision names no hypothesis")
    held = _check_conditions(test, facts)
    reference = _reference(facts)
    _check_conditions(test, reference)
    verdicts, faults = _decide(test, measured), facts["planted_faults"]
    compared = _decide(test, reference["measurements"])
    for fault in faults:
        is_noticed = _is_noticed(test, fault, compared)
        _demand(
            fault["noticed"] == is_noticed, f"the fault {fault['name']} is recorded otherwise than measured"
        )
    _demand(
        bool(faults) and all(fault["noticed"] for fault in faults), "no teeth: a planted fault goes unnoticed"
    )
    _demand(not _is_vacuous(test, facts), "vacuous: nothing told the subject from what replaced it")
    _demand(not _is_constant(facts), "vacuous over the domain: the searched metric is the same everywhere")
    return "survived" if all(held) else "falsified", verdicts


def check_facts(record: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Check what a record says about itself; return status and verdicts, ValueError where it contradicts."""
    facts = record["predicate"]
    claim = {key: value for key, value in facts["claim"].items() if key != "statements"}
    fault = _find_fault("falsification_tests", claim)
    _demand(not fault, f"the claim in the record: {fault}")
    _demand(
        digest(facts["claim"]) == facts["claim_digest"], "the claim has another digest than the record says"
    )
    _demand(
        claim["id"] == facts["test"] and claim.get("falsifier") == facts["falsifier"],
        "the claim is another's",
    )
    _demand(digest(claim.get("params") or {}) == digest(facts["params"]), "other params than the claim's")
    _demand(int(facts["claim_digest"][7:20], 16) == facts["seed"], "the seed is not that of the claim")
    named = ((f"falsifier:{facts['falsifier']}", "source_digest"), (f"claim:{facts['test']}", "claim_digest"))
    subject = [{"name": name, "digest": {"sha256": facts[key][7:]}} for name, key in named]
    _demand(record["subject"] == subject, "the subject is not the falsifier and the claim of the record")
    used = [measured["arithmetic"] for _, measured in sorted(facts["measurements"].items())]
    _demand(
        facts["arithmetic"] == list(dict.fromkeys(filter(None, used))),
        "another arithmetic than measured with",
    )
    check_searches(claim, facts)
    outcome, verdicts = judge(claim, facts)
    _demand(
        outcome == facts["outcome"], f"the record says {facts['outcome']}, its measurements give {outcome}"
    )
    _demand(verdicts == facts["verdicts"], "the record says other verdicts than its measurements give")
    return ("DISCHARGED" if outcome == "survived" else "FALSIFIED"), verdicts


def read_record(path: Path, test: str) -> dict[str, Any]:
    """Read a record of a test; EvidenceError where it is gone, changed, in another form or another test's."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EvidenceError(
            "missing", f"the record {path.stem[:12]}: {(error.strerror or 'unreadable').lower()}"
        ) from error
    try:
        _demand(hashlib.sha256(content).hexdigest() == path.stem, "its bytes have another digest")
        record = json.loads(content.decode(), object_pairs_hook=_refuse_twice)
        fault = _find_fault("record", record)
        _demand(not fault, fault)
        text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        _demand(f"{text}\n".encode() == content, "it is not in the form of a record")
        _demand(record["predicate"]["test"] == test, "it belongs to another test")
    except (ValueError, RecursionError) as error:
        raise EvidenceError("tampered", f"the record {path.stem[:12]}: {error}") from error
    return dict(record)


def _refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _demand(len(dict(pairs)) == len(pairs), "a key stands twice")
    return dict(pairs)


# The contract


@dataclass
class ContractCheck:
    """What a contract's check gave: the state and reason of each test, and every other finding."""

    path: Path
    tests: dict[str, tuple[str, str]] = field(default_factory=dict)
    findings: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The exit code of this contract alone."""
        words = {state for state, _ in self.tests.values()} | {state for state, _, _ in self.findings}
        return next((CODES[state] for state in CODES if state in words), OK)


def check_contract(path: Path) -> ContractCheck:
    """Check a contract with the evidence beside it; whatever stands in the files becomes a finding."""
    check = ContractCheck(path)
    real = Path(os.path.realpath(path))
    try:
        _demand(stat.S_ISREG(real.stat().st_mode), "no regular file")
        with real.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        check.findings.append(("unreadable", path.name, str(error)))
        return check
    try:
        _Contract(real, read_yaml(raw), check).check()
    except (ValueError, RecursionError) as error:
        check.findings.append(("invalid", path.name, str(error)))
    return check


class _Contract:
    """One contract: what stands in it, and the entries of it that have their form."""

    def __init__(self, path: Path, data: dict[str, Any], check: ContractCheck) -> None:
        self.path, self.data, self.findings, self.states = path, data, check.findings, check.tests
        self.store = path.parent / "evidence" / path.stem
        self.metadata = self.keep_metadata()
        self.hypotheses, self.tests, self.stages, self.amendments = map(self.keep, LISTS)
        self.verdicts: dict[str, list[dict[str, Any]]] = {}
        self.heads: dict[str, list[str | None]] = {}

    def say(self, state: str, name: str, reason: str) -> None:
        """Note a finding."""
        self.findings.append((state, name, reason))

    def keep_metadata(self) -> dict[str, Any]:
        """Return the keys of `metadata` that have their form."""
        metadata = self.data.get("metadata")
        faults = {key: _find_fault("metadata", {key: value}) for key, value in _dict(metadata).items()}
        if not isinstance(metadata, dict) or any(faults.values()):
            self.say("invalid", "metadata", "; ".join(filter(None, faults.values())) or "no mapping")
        return {key: value for key, value in _dict(metadata).items() if not faults[key]}

    def keep(self, name: str) -> list[dict[str, Any]]:
        """Return the entries of a list that have their form, and note the others."""
        entries = self.data.get(name)
        if not isinstance(entries, list | None):
            self.say("invalid", name, "no list")
        kept = []
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            fault = _find_fault(name, entry)
            if fault:
                self.say("invalid", f"{name}[{index}]", fault)
            else:
                kept.append(entry)
        return kept

    def check(self) -> None:
        """Check everything, in the order of the page."""
        for name, reason in itertools.chain(self.iter_unsound(), self.iter_references()):
            self.say("invalid", name, reason)
        for reason in itertools.chain(self.iter_broken_links(), self.iter_broken_history()):
            self.say("tampered", "amendments", reason)
        spoken = [pin for amendment in self.amendments for pin in amendment.get("tests", ())]
        pins = {pin["id"]: pin for pin in spoken}
        for pin in spoken:
            self.heads.setdefault(pin["id"], []).append(pin.get("head"))
        for test in self.tests:
            if test["id"] not in self.states:
                self.states[test["id"]] = self.assess(test, pins.get(test["id"]))
        self.check_words()
        if self.amendments and self.metadata.get("version") != self.amendments[-1]["version"]:
            self.say("self-declared", "version", "not that of the last amendment")
        for name in pins.keys() - self.states.keys() - self.list_ended():
            self.say("self-declared", name, "the amendments speak of it, and the contract has no such test")

    def list_ended(self) -> set[str]:
        """List the tests behind whose last word the record of an edit stands: they may be gone."""
        spoken_of: set[str] = set()
        ended: set[str] = set()
        for amendment in self.amendments:
            names = {pin["id"] for pin in amendment.get("tests", ())}
            spoken_of |= names
            ended = set(spoken_of) if amendment["kind"] == "edit" else ended - names
        return ended

    def claim_of(self, test: dict[str, Any]) -> dict[str, Any]:
        """Return the claim of a test, with the statements of the hypotheses that it names."""
        claim = {key: test[key] for key in CLAIM if key in test}
        decided = [decision.get("hypothesis") for decision in _list(test.get("decides"))]
        entries = _list(self.data.get("hypotheses"))
        known = [each for each in entries if isinstance(each, dict) and isinstance(each.get("id"), str)]
        statements = {each["id"]: each.get("statement") for each in reversed(known)}
        named = [name for name in (*_list(test.get("hypothesis")), *decided) if name is not None]
        return claim | ({"statements": {name: statements.get(name) for name in named}} if named else {})

    def iter_unsound(self) -> Iterator[tuple[str, str]]:
        """Iterate over what is wrong with the version and with single tests."""
        versions = [holder.get("version") for holder in (self.data, self.metadata)]
        if None not in versions and str(versions[0]) != str(versions[1]):
            yield "version", "two versions differ"
        for key, meant in self.iter_misspelt():
            yield key, f"nobody reads {meant} under this name"
        for test in self.tests:
            named, decisions = _list(test.get("hypothesis")), _list(test.get("decides"))
            if not all(map(_is_partition, decisions)):
                yield test["id"], "the bands do not partition the line"
            names = [_name_hypothesis(test, decision) for decision in decisions]
            if None in names or (named and not set(names) <= set(named)):
                yield test["id"], "a decision names no hypothesis of the test"
            if test.get("falsifier") is not None:
                for reason in self.iter_unsound_of_bound(test):
                    yield test["id"], reason

    def iter_misspelt(self) -> Iterator[tuple[str, str]]:
        """Iterate over keys that are the name of a section, spelt wrong, with that name."""
        known = (*SECTIONS, *NOT_SECTIONS)
        unknown = [key for key in self.data if key not in known]
        for key in unknown[:MAX_UNKNOWN]:
            near = difflib.get_close_matches(key, known, 1, 0.75)
            is_section = bool(near) and near[0] in SECTIONS and near[0] not in self.data
            if is_section and isinstance(self.data[key], list | dict) and _is_slip(key, near[0]):
                yield key, near[0]

    def iter_unsound_of_bound(self, test: dict[str, Any]) -> Iterator[str]:
        """Iterate over what is wrong with a test that names a falsifier."""
        judging = [key for key in ("accept", "decides") if key in test]
        if not judging or not all(_list(test[key]) for key in judging):
            yield "nothing to judge by"
        if judging and not _can_fail(test):
            yield "nothing can break it"
        if _dict(test.get("reproduce")).get("relative", 0) >= 2:  # noqa: PLR2004 - the largest difference
            yield "its tolerance allows every number"
        if len(urllib.parse.quote(test["id"], safe="")) > MAX_NAME:
            yield "no folder can have the id as its name"
        try:
            digest(self.claim_of(test))
        except ValueError as error:
            yield f"the claim has no digest: {error}"
        known = [key.rstrip("*") for key, _ in FORMS["falsification_tests"]]
        unknown = [key for key in test if key not in known]
        near = [difflib.get_close_matches(key, known, 1, 0.75) for key in unknown[:MAX_UNKNOWN]]
        if len(unknown) > MAX_UNKNOWN or any(found and found[0] in CLAIM for found in near):
            yield "an unknown key is nearly one of the claim"

    def iter_nodes(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Iterate over kind, name and entry of whatever a reference can name."""
        yield from (("hypothesis", entry["id"], entry) for entry in self.hypotheses)
        yield from (("test", entry["id"], entry) for entry in self.tests)
        for stage in self.stages:
            yield "stage", stage["id"], stage
            for step in _list(stage.get("steps")):
                yield "step", f"{stage['id']}/{step['id']}", step

    def list_needs(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """List what each test, step and stage needs, as (kind, name); what is not there counts as a test."""
        nodes = [(kind, name) for kind, name, _ in self.iter_nodes() if kind != "hypothesis"]
        found = {name: (kind, name) for kind, name in sorted(nodes, key=lambda node: node[0] != "test")[::-1]}
        needs: dict[tuple[str, str], list[tuple[str, str]]] = {node: [] for node in nodes}
        for kind, name, entry in self.iter_nodes():
            if kind == "test":
                needs[kind, name] += [("test", each) for each in _list(entry.get("depends_on"))]
            elif kind != "hypothesis":
                expected = [text.split("(")[0].strip() for text in _list(entry.get("expected_acceptance"))]
                named = [*_list(entry.get("needs")), *expected]
                needs[kind, name] += [found.get(each, ("test", each)) for each in named]
                needs[kind, name] += [("step", f"{name}/{each['id']}") for each in _list(entry.get("steps"))
                                      if kind == "stage"]  # fmt: skip
        return needs

    def iter_references(self) -> Iterator[tuple[str, str]]:
        """Iterate over ids that stand twice, references to nothing, and cycles."""
        counts = Counter((kind, name) for kind, name, _ in self.iter_nodes())
        yield from ((name, f"the {kind} stands twice") for (kind, name), count in counts.items() if count > 1)
        names = {name for kind, name in counts if kind != "hypothesis"}
        for kind, name, entry in self.iter_nodes():
            decided = (
                [each.get("hypothesis") for each in _list(entry.get("decides"))] if kind == "test" else []
            )
            named = {*_list(entry.get("hypothesis")), *decided} - {None} if kind == "test" else set()
            lost = [each for each in named if ("hypothesis", each) not in counts]
            if kind == "test":
                lost += [each for each in _list(entry.get("depends_on")) if ("test", each) not in counts]
            elif kind != "hypothesis":
                lost += [each for each in _list(entry.get("needs")) if each not in names]
            yield from ((name, f"{each} is not in the contract") for each in lost)
        try:
            graphlib.TopologicalSorter(self.list_needs()).prepare()
        except graphlib.CycleError:
            yield "references", "some wait for each other"

    def iter_broken_links(self) -> Iterator[str]:
        """Iterate over amendments that do not pin the entry before them."""
        expected: object = None
        entries = self.data.get("amendments")
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if _dict(entry).get("previous") != expected:
                yield f"entry {index} does not pin the one before it"
            try:
                expected = digest(entry)
            except ValueError:
                expected = NOWHERE

    def iter_broken_history(self) -> Iterator[str]:
        """Iterate over what no history can hold: falling versions, words that do not follow, lost records."""
        last: dict[str, dict[str, Any]] = {}
        version: tuple[Any, ...] = ()
        for amendment in self.amendments:
            own = _order_version(amendment["version"])
            if own is None or own <= version:
                yield f"the version {amendment['version']} is none, or not above the one before"
            version = own if own is not None and own > version else version
            if not _is_date(amendment["date"]):
                yield f"{amendment['date']} is no date"
            for pin in amendment.get("tests", ()):
                before = last.get(pin["id"], {"to": pin["from"], "count": 0})
                if pin["from"] != before["to"] or pin["count"] < before["count"]:
                    yield f"{pin['id']} does not go on where the amendment before left it"
                last[pin["id"]] = pin

    def assess(self, test: dict[str, Any], pin: dict[str, Any] | None) -> tuple[str, str]:
        """Return the state of a test and the reason for it."""
        word, verdict, link = test.get("status") or "NEW", test.get("verdict"), test.get("evidence")
        is_linked = isinstance(link, str) and re.fullmatch(PATTERNS["digest"], link) is not None
        head = pin.get("head") if pin and pin["to"] != "NEW" else None
        if (pin and word != pin["to"]) or (link if is_linked else None) != head:
            return "tampered", "status or evidence link are not those of the last amendment"
        if pin is None or head is None:
            typed = [text for text in (word, verdict) if text not in ("NEW", None)]
            return ("self-declared", f"no evidence grounds {' and '.join(typed)}") if typed else ("new", "")
        try:
            record = self.read_chain(test["id"], head, pin["count"])
            status, verdicts = check_facts(record)
            _demand(word == status, f"the status is {word}, its evidence says {status}")
            said = _write_verdicts(verdicts)
            _demand(verdict == said and pin.get("verdict") == said, f"its evidence gives the verdict {said}")
        except EvidenceError as error:
            return error.state, str(error)
        except (ValueError, RecursionError) as error:
            return "tampered", str(error)
        self.verdicts[test["id"]] = verdicts
        return self.compare(test, record["predicate"])

    def read_chain(self, test: str, head: str, count: int) -> dict[str, Any]:
        """Read and check all records of a test and return the newest, unchecked.

        EvidenceError where one is not as it was, or an older one contradicts itself.
        """
        quoted = urllib.parse.quote(test, safe="")
        folder = self.store / (quoted if quoted.strip(".") else quoted.replace(".", "%2E"))
        newest = read_record(folder / f"{head[7:]}.json", test)
        # Behind a merge, an older head can lead to records that the newest does not lead to.
        linked, ends = {head[7:]}, [*self.heads[test], newest["predicate"]["previous"]]
        while ends:
            name = ends.pop()
            if name is None or name[7:] in linked:
                continue
            linked.add(name[7:])
            record = read_record(folder / f"{name[7:]}.json", test)
            try:
                check_facts(record)
            except ValueError as error:
                raise EvidenceError("tampered", f"the record {name[7:19]}: {error}") from error
            ends.append(record["predicate"]["previous"])
        _demand(len(linked) == count, f"the amendment counts {count} records, and there are {len(linked)}")
        for path in sorted(folder.glob("*.json")):
            if path.stem not in linked:
                self.say("unlinked", test, f"no amendment knows the record {path.stem[:12]}")
        return newest

    def compare(self, test: dict[str, Any], facts: dict[str, Any]) -> tuple[str, str]:
        """Compare a record that is sound with the contract as it is now."""
        try:
            claim: str | None = digest(self.claim_of(test))
        except ValueError:
            claim = None
        if claim != facts["claim_digest"] or test.get("falsifier") != facts["falsifier"]:
            return "stale", "the claim changed"
        if (self.metadata.get("id") or self.path.stem) != facts["contract"]["id"]:
            return "stale", f"the evidence was made for the contract {facts['contract']['id']}"
        return "verified", f"{test['status']}, source {facts['source_digest'][:19]} not recomputed"

    def check_words(self) -> None:
        """Compare the words of hypotheses, steps and stages with what verified tests give."""
        words = {
            test["id"]: test.get("status")
            for test in self.tests[::-1]
            if self.states[test["id"]][0] == "verified"
        }
        decided = {("test", name): word for name, word in words.items()}
        for hypothesis in self.hypotheses:
            given = {each["verdict"] for name, word in words.items() if word == "DISCHARGED"
                     for each in self.verdicts[name] if each["hypothesis"] == hypothesis["id"]}  # fmt: skip
            wanted = next(iter(given), "UNTESTED") if len(given) < 2 else (  # noqa: PLR2004 - one word, or several
                "CONTESTED" if "FALSIFIED" in given else "PARTIALLY_CONFIRMED")  # fmt: skip
            word = hypothesis.get("status")
            if (given or word in (*BANDS, "CONTESTED")) and word != wanted:
                self.say(
                    "self-declared", hypothesis["id"], f"the hypothesis is {word}, its tests give {wanted}"
                )
        needs = {node: needed for node, needed in self.list_needs().items() if node[0] != "test"}
        is_new = True
        while is_new:
            before = len(decided)
            for node, needed in needs.items():
                found = {decided.get(each) for each in needed}
                if "FALSIFIED" in found or found == {"DISCHARGED"}:
                    decided[node] = "FALSIFIED" if "FALSIFIED" in found else "DISCHARGED"
            is_new = len(decided) > before
        for kind, name, entry in self.iter_nodes():
            word, wanted = entry.get("status"), decided.get((kind, name))
            if (
                kind in {"stage", "step"}
                and (wanted or word in ("DISCHARGED", "FALSIFIED"))
                and word != wanted
            ):
                self.say("self-declared", name, f"the {kind} is {word}, evidence gives {wanted or 'none'}")


def _is_slip(word: str, meant: str) -> bool:
    """Whether a word is a name but for letter case, `-` or a space, and one letter, or two of eight."""
    word = word.lower().translate({ord("-"): "_", ord(" "): "_"})
    if word == meant:
        return True
    if len(word) < 5 or len(word) > 60:  # noqa: PLR2004 - the page's; no section is as short or as long
        return False
    edits = {(0, column): column for column in range(len(meant) + 1)}
    edits |= {(row, 0): row for row in range(len(word) + 1)}
    for row, column in itertools.product(range(1, len(word) + 1), range(1, len(meant) + 1)):
        here = word[row - 1], meant[column - 1]
        ways = [edits[row - 1, column] + 1, edits[row, column - 1] + 1]
        ways.append(edits[row - 1, column - 1] + (here[0] != here[1]))
        if min(row, column) > 1 and here == (meant[column - 2], word[row - 2]):
            ways.append(edits[row - 2, column - 2] + 1)
        edits[row, column] = min(ways)
    return edits[len(word), len(meant)] <= (2 if min(len(word), len(meant)) >= 8 else 1)  # noqa: PLR2004 - as above


def _dict(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _write_verdicts(verdicts: list[dict[str, Any]]) -> str | None:
    """Write verdicts as a contract has them: the word they share, or each with its hypothesis."""
    if len({each["verdict"] for each in verdicts}) < 2:  # noqa: PLR2004 - one word, or several
        return verdicts[0]["verdict"] if verdicts else None
    scoped = [(each, f" ({each['scope']})" if each["scope"] else "") for each in verdicts]
    return "; ".join(f"{each['hypothesis']} {each['verdict']}{scope}" for each, scope in scoped)


def _order_version(text: str) -> tuple[Any, ...] | None:
    """Return a key that orders a version as SemVer does; None where the text is no version."""
    match = SEMVER.fullmatch(text)
    if match is None:
        return None
    if max(map(len, re.findall(r"\d+", text))) > MAX_DIGITS:
        return None
    parts = (match["pre"] or "").split(".")
    ranked = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]
    return (*map(int, match["core"].split(".")), match["pre"] is None, ranked)


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# The command


def recheck(paths: Iterable[Path]) -> tuple[list[ContractCheck], int]:
    """Check the contracts at some paths; return the checks and the exit code."""
    checks = [check_contract(file) for path in paths for file in _find_contracts(path)]
    codes = {check.code for check in checks}
    return checks, next((code for code in (*CODES.values(), OK) if code in codes), NOTHING)


def _find_contracts(path: Path) -> list[Path]:
    """Find the YAML files below a folder, hidden ones and evidence left out; a file is itself."""
    if not path.is_dir():
        return [path]
    found = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name != "evidence" and not name.startswith("."))
        found += [
            Path(folder, name)
            for name in sorted(names)
            if name.endswith((".yaml", ".yml")) and name[0] != "."
        ]
    return found


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        "pv-recheck", description="Check contracts and their evidence without pvengine."
    )
    parser.add_argument("paths", nargs="*", type=Path, default=[Path()], help="contracts, or folders of them")
    checks, code = recheck(parser.parse_args().paths)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    for check in checks:
        rows = [(state, name, reason) for name, (state, reason) in check.tests.items()]
        for row in [("contract", str(check.path), ""), *rows, *check.findings]:
            line = f"{row[0]:<13}  {row[1]}  {row[2]}".rstrip()
            print("".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line))  # noqa: T201 - its output
    return code


if __name__ == "__main__":
    sys.exit(main())

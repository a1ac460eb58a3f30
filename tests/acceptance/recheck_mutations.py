"""Make mutations of a discharged project: what a slip, a merge or a forger may leave behind."""

from __future__ import annotations

import hashlib
import json
import math
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from pvengine.loading.claims import extract_claim, list_statements
from pvengine.models.measurement import encode_bits
from pvengine.numerics.canonical import digest_of
from pvengine.yamldoc import read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Mutation", "Mutator"]

NUMBERS = (0, 1, 2, 5, 10, 64, -1, 1.0, 0.1, 10.0, 1e-300, 5e-324, 1e22, 2**53, -0.0, math.nan, math.inf)
WORDS = (
    "NEW", "DISCHARGED", "FALSIFIED", "CONFIRMED", "PARTIALLY_CONFIRMED", "CONTESTED", "UNTESTED", "H1", "H2",
    "FT-001", "FT-002", "value", "1.0.0", "1.1.0", "9.0.0", "2026-01-31", "nan", "inf", "survived",
    "falsified", "3ff0000000000000", "edit", "float32", "x", "", " ", "sha256:" + "a" * 64,
)  # fmt: skip
NOT_COMPARED = ("seed",)
"""`pv verify` does not derive it; see `test_the_seed_is_derived`."""


@dataclass(frozen=True)
class Mutation:
    """A change of a project: the new bytes of some files, None for a file that is gone."""

    name: str
    files: dict[str, bytes | None]
    is_neutral: bool = False


class Mutator:
    """Makes mutations of one project, always the same for the same seed."""

    def __init__(self, files: dict[str, bytes], contract: str, seed: int) -> None:
        self.files, self.contract = files, contract
        self.records = sorted(name for name in files if name.endswith(".json"))
        self.text = files[contract].decode()
        self.random = random.Random(seed)  # noqa: S311 - mutations, not secrets

    def make(self, count: int) -> Iterator[Mutation]:
        """Make so many mutations, of every kind in turn."""
        kinds: list[Callable[[], Mutation]] = [
            self.edit_contract_byte, self.edit_record_byte, self.edit_contract_leaf, self.forge_record_leaf,
            self.edit_engine_leaf, self.forge_amendment, self.move_record, self.forge_record_byte,
            self.edit_entries, self.edit_neutrally, self.forge_record_leaf, self.edit_contract_leaf,
            self.forge_claim, self.forge_measurement, self.forge_older_record,
        ]  # fmt: skip
        for number in range(count):
            yield kinds[number % len(kinds)]()

    def edit_contract_byte(self) -> Mutation:
        """Replace, insert or delete one byte of the contract."""
        return Mutation("a byte of the contract", {self.contract: self.edit_byte(self.files[self.contract])})

    def edit_record_byte(self) -> Mutation:
        """Replace, insert or delete one byte of a record."""
        name = self.random.choice(self.records)
        return Mutation("a byte of a record", {name: self.edit_byte(self.files[name])})

    def forge_record_byte(self) -> Mutation:
        """Edit one byte of a record, but not in its seed, name the file by its new digest and pin it."""
        name = self.random.choice(self.records)
        content = self.edit_byte(self.files[name])
        while find_seed(content) != find_seed(self.files[name]):
            content = self.edit_byte(self.files[name])
        return self.forge("a byte of a forged record", name, content)

    def forge_claim(self) -> Mutation:
        """Edit a claim, and let contract and record agree on it, its digest and its seed."""
        data = read(self.text)
        tests = [
            (index, test) for index, test in enumerate(data["falsification_tests"]) if test.get("evidence")
        ]
        index, test = self.random.choice(tests)
        judging = {"accept", "decides", "params", "falsifier", "hypothesis"}
        where = self.edit_leaf(test, lambda path: path[0] in judging)
        (name,) = [name for name in self.records if test["evidence"].removeprefix("sha256:") in name]
        record = json.loads(self.files[name])
        claim = extract_claim(data, index, list_statements(data))
        if claim.issues:
            return Mutation(f"claim: {where}", {self.contract: dump(data)})
        facts = record["predicate"]
        facts["claim"], facts["claim_digest"], facts["seed"] = (
            claim.data,
            claim.digest,
            int(claim.digest[7:20], 16),
        )
        if isinstance(claim.data.get("params"), dict):
            facts["params"] = claim.data["params"]
        record["subject"][1]["digest"]["sha256"] = claim.digest.removeprefix("sha256:")
        text = dump(data).decode()
        return self.forge(f"forged claim: {where}", name, serialize(record), text)

    def forge_measurement(self) -> Mutation:
        """Give a metric another number, with bits and value that agree, and at times another outcome."""
        name = self.random.choice(self.records)
        record = json.loads(self.files[name])
        facts = record["predicate"]
        holder = self.random.choice([facts, *facts["planted_faults"]])["measurements"]
        measured = holder[self.random.choice(list(holder))]
        number = self.random.choice([*NUMBERS, 4.0, 1000.0, 9.999999999999998, 5e-5])
        dtype = self.random.choice(["int", "float32", "float64"])
        if dtype == "int" or (dtype == "float32" and abs(number) > 1e30 and number != math.inf):
            measured |= {"dtype": "int", "bits": None, "value": self.random.choice([-1, 0, 1, 10, 2**63])}
        else:
            bits = encode_bits(number, "float64" if dtype == "float64" else "float32")
            shown = float(number) if abs(number) < math.inf else "inf" if number > 0 else "nan"
            measured |= {"dtype": dtype, "bits": bits, "value": shown}
        if self.random.random() < 0.3:
            facts["outcome"] = "falsified" if facts["outcome"] == "survived" else "survived"
        return self.forge(f"forged measurement {number} {dtype}", name, serialize(record))

    def edit_byte(self, content: bytes) -> bytes:
        """Replace, insert or delete one byte."""
        place = self.random.randrange(len(content))
        byte = bytes([self.random.choice(b"0123456789abfnsx :-{}[]'\"\n\t#&*!|,.\xc3\x00~")])
        return self.random.choice([
            content[:place] + byte + content[place + 1 :],
            content[:place] + byte + content[place:],
            content[:place] + content[place + 1 :],
        ])  # fmt: skip

    def edit_contract_leaf(self) -> Mutation:
        """Give a value somewhere in the contract another one."""
        data = read(self.text)
        where = self.edit_leaf(data, lambda path: "amendments" not in path)
        return Mutation(f"contract: {where}", {self.contract: dump(data)})

    def edit_engine_leaf(self) -> Mutation:
        """Give a value that the engine writes another one."""
        data = read(self.text)
        written = {"status", "verdict", "evidence", "version", "amendments"}
        where = self.edit_leaf(data, lambda path: bool(written & set(path)))
        return Mutation(f"engine's: {where}", {self.contract: dump(data)})

    def forge_amendment(self) -> Mutation:
        """Edit an amendment and chain all of them again."""
        data = read(self.text)
        where = self.edit_leaf(data, lambda path: "amendments" in path and "previous" not in path)
        chain_again(data)
        return Mutation(f"forged: {where}", {self.contract: dump(data)})

    def forge_record_leaf(self) -> Mutation:
        """Edit a value of a record, name the file by its new digest and pin it."""
        name = self.random.choice(self.records)
        data = json.loads(self.files[name])
        where = self.edit_leaf(data, lambda path: not set(NOT_COMPARED) & set(path))
        return self.forge(f"forged record: {where}", name, serialize(data))

    def forge_older_record(self, edit: Callable[[Any], object] | None = None) -> Mutation:
        """Edit a record that another one follows, and name and pin that and all after it anew."""
        follows = {json.loads(self.files[name])["predicate"]["previous"]: name for name in self.records}
        older = [name for name in self.records if f"sha256:{find_digest(name)}" in follows]
        if not older:
            return self.forge_record_leaf()
        name = self.random.choice(older)
        data = json.loads(self.files[name])
        keep = {*NOT_COMPARED, "previous"}
        where = edit(data) if edit else self.edit_leaf(data, lambda path: not keep & set(path))
        text, changed = self.text, dict[str, bytes | None]()
        content: bytes | None = serialize(data)
        while content is not None:
            old, new = find_digest(name), hashlib.sha256(content).hexdigest()
            changed |= {name: None, name.replace(old, new): content}
            text = text.replace(old, new)
            following = follows.get(f"sha256:{old}")
            content = self.files[following].replace(old.encode(), new.encode()) if following else None
            name = following or name
        forged = read(text)
        chain_again(forged)
        return Mutation(f"forged older record: {where}", {**changed, self.contract: dump(forged)})

    def forge(self, what: str, name: str, content: bytes, text: str | None = None) -> Mutation:
        """Put a record in the place of another, with every pin of it and the chain of amendments."""
        old, new = name.rsplit("/", 1)[1].removesuffix(".json"), hashlib.sha256(content).hexdigest()
        data = read((text or self.text).replace(old, new))
        chain_again(data)
        changed = {name: None, name.replace(old, new): content, self.contract: dump(data)}
        return Mutation(what, changed)

    def move_record(self) -> Mutation:
        """Delete a record, swap two, or put a copy in another place."""
        one, other = self.random.choice(self.records), self.random.choice(self.records)
        how = self.random.randrange(4)
        if how == 0:
            return Mutation("a record is gone", {one: None})
        if how == 1:
            return Mutation("two records swapped", {one: self.files[other], other: self.files[one]})
        if how == 2:
            copy = f"{one.rsplit('/', 1)[0]}/{other.rsplit('/', 1)[1]}"
            return Mutation("a copy for another test", {copy: self.files[other]})
        old, new = (name.rsplit("/", 1)[1].removesuffix(".json") for name in (one, other))
        data = read(self.text.replace(old, new))
        chain_again(data)
        copy = f"{one.rsplit('/', 1)[0]}/{new}.json"
        return Mutation(
            "another test's record is pinned", {copy: self.files[other], self.contract: dump(data)}
        )

    def edit_entries(self) -> Mutation:
        """Delete, double, swap or empty entries of a list or a mapping of the contract."""
        data = read(self.text)
        path, holder, key = self.random.choice(list(iter_places(data)))
        how = self.random.randrange(4)
        if how == 0:
            del holder[key]
        elif how == 1 and isinstance(holder, list):
            holder.insert(self.random.randrange(len(holder) + 1), holder[key])
        elif how == 2 and isinstance(holder, list):
            self.random.shuffle(holder)
        else:
            holder[key] = self.random.choice([None, [], {}, [holder[key]]])
        return Mutation(f"entries: {path} {how}", {self.contract: dump(data)})

    def edit_neutrally(self) -> Mutation:
        """Change comments, blank lines, the order of keys or the quotes; the answer stays as it was."""
        how = self.random.randrange(4)
        if how == 0:
            lines = [f"{line}\n" for line in self.text.splitlines()]
            tops = [at for at, line in enumerate(lines) if line[0].isalpha()]
            lines.insert(
                self.random.choice(tops), self.random.choice(["# a comment\n", "\n", "  # é\n", "\n\n"])
            )
            content = "".join(lines).encode()
        elif how == 1:
            content = dump(self.shuffle_keys(read(self.text)))
        elif how == 2:
            content = json.dumps(read(self.text), ensure_ascii=bool(self.random.randrange(2))).encode()
        else:
            content = self.files[self.contract].replace(b"\n", b"\r\n") + b"# end"
            content = content if b"|" not in content else b"\n" + self.files[self.contract]
        return Mutation(f"neutral {how}", {self.contract: content}, is_neutral=True)

    def shuffle_keys(self, data: Any) -> Any:
        """Return the same data with the keys of its mappings in another order."""
        if isinstance(data, dict):
            keys = self.random.sample(list(data), len(data))
            return {key: self.shuffle_keys(data[key]) for key in keys}
        return [self.shuffle_keys(item) for item in data] if isinstance(data, list) else data

    def edit_leaf(self, data: Any, is_wanted: Callable[[tuple[Any, ...]], bool]) -> str:
        """Edit one value, at a path that is wanted, and say where."""
        places = [place for place in iter_places(data) if is_wanted(place[0])]
        path, holder, key = self.random.choice(places)
        old = holder[key]
        if isinstance(old, str) and re.fullmatch("[0-9a-f]{8,16}", old):
            new: Any = f"{int(old, 16) ^ (1 << self.random.randrange(4 * len(old))):0{len(old)}x}"
        elif isinstance(old, bool):
            new = self.random.choice([not old, None, 1])
        elif isinstance(old, int | float) and self.random.random() < 0.8:
            new = self.random.choice([*NUMBERS, old + 1, -old, float(old), str(old)])
        else:
            new = self.random.choice([*WORDS, *NUMBERS, None, True, [], {}, [old], f"{old}x", {"new": old}])
        if isinstance(holder, dict) and self.random.random() < 0.1:
            holder[self.random.choice(["acept", "owner", "zz", "verdict", "lt", "le", "bits"])] = new
        else:
            holder[key] = new
        return f"{'.'.join(map(str, path))} = {new!r}"


def iter_places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    """Iterate over every place in data, as its path, what holds it, and its key."""
    pairs = list(data.items()) if isinstance(data, dict) else list(enumerate(data))
    for key, value in pairs:
        yield (*path, key), data, key
        if isinstance(value, dict | list):
            yield from iter_places(value, (*path, key))


def find_digest(name: str) -> str:
    """Return the digest that a record is named by."""
    return name.rpartition("/")[2].removesuffix(".json")


def serialize(record: Any) -> bytes:
    """Write a record in its form, also one that has none, such as NaN."""
    return (json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def find_seed(content: bytes) -> bytes | None:
    """Find the line of the seed."""
    found = re.search(rb'\n *"seed": \d+,\n', content)
    return found[0] if found else None


def chain_again(data: Any) -> None:
    """Let every amendment pin the one before it, as a forger would; what has no digest ends the chain."""
    previous = None
    entries = data.get("amendments")
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            return
        entry["previous"] = previous
        try:
            previous = digest_of(entry)
        except ValueError:
            return


_Fast: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""Takes a fifth of the time, where PyYAML was built with it."""


class _Dumper(_Fast):
    """Writes no aliases, and text in quotes: YAML 1.2 reads `44191e70` as a number, YAML 1.1 does not."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write every value out."""
        del data
        return True

    def represent_text(self, data: str) -> yaml.ScalarNode:
        """Write text in quotes."""
        return self.represent_scalar("tag:yaml.org,2002:str", data, style='"')


_Dumper.add_representer(str, _Dumper.represent_text)


def read(text: str) -> Any:
    """Read a contract as YAML 1.2 has it."""
    return read_document(text.encode(), "mutated").data


def dump(data: Any) -> bytes:
    """Write data as YAML, in another layout than the engine's."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True).encode()

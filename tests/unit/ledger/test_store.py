"""One file for each record, named by its digest, in a folder of its test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pvengine.errors import TamperedEvidenceError
from pvengine.ledger.records import digest_bytes, serialize_record
from pvengine.ledger.store import EvidenceStore, MissingEvidenceError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore.of(tmp_path / "x-v1.yaml")


def test_the_store_lies_beside_the_contract(tmp_path: Path, store: EvidenceStore) -> None:
    assert store.folder == tmp_path / "evidence" / "x-v1"


@pytest.mark.parametrize(
    ("test", "folder"),
    [
        ("FALSIFY-FFN-GGUF-011", "FALSIFY-FFN-GGUF-011"),
        ("a/b", "a%2Fb"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("../../etc", "..%2F..%2Fetc"),
        ("a b", "a%20b"),
        ("%2F", "%252F"),
        ("test é", "test%20%C3%A9"),
        ("a\\b:c*", "a%5Cb%3Ac%2A"),
        (".hidden", ".hidden"),
    ],
)
def test_an_id_becomes_one_folder_whatever_it_holds(store: EvidenceStore, test: str, folder: str) -> None:
    assert store.folder_of(test) == store.folder / folder
    assert store.folder_of(test).resolve().parent == store.folder.resolve()


def test_a_record_is_stored_under_the_digest_of_its_bytes_and_read_back(
    store: EvidenceStore, build: Any
) -> None:
    record = build.record()
    content = serialize_record(record)
    digest = store.add("T", content)
    assert digest == digest_bytes(content)
    assert store.path_of("T", digest) == store.folder / "T" / f"{digest.removeprefix('sha256:')}.json"
    assert store.read("T", digest) == record
    assert store.list_digests("T") == [digest]


def test_adding_twice_writes_once(store: EvidenceStore, build: Any) -> None:
    content = serialize_record(build.record())
    digest = store.add("T", content)
    before = store.path_of("T", digest).stat()
    assert store.add("T", content) == digest
    after = store.path_of("T", digest).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_adding_onto_a_changed_record_is_refused_and_changes_nothing(
    store: EvidenceStore, build: Any
) -> None:
    content = serialize_record(build.record())
    path = store.path_of("T", store.add("T", content))
    path.write_bytes(b"{}")
    with pytest.raises(TamperedEvidenceError, match="was changed: its digest is now"):
        store.add("T", content)
    assert path.read_bytes() == b"{}"


def test_a_missing_record_is_told_from_a_changed_one(store: EvidenceStore) -> None:
    digest = "sha256:" + "0" * 64
    with pytest.raises(MissingEvidenceError) as caught:
        store.read("T", digest)
    assert caught.value.what == "the record sha256:000000000000 of T is missing"
    assert caught.value.where == str(store.path_of("T", digest))


def test_a_record_that_cannot_be_read_says_why(store: EvidenceStore) -> None:
    digest = "sha256:" + "0" * 64
    store.path_of("T", digest).mkdir(parents=True)
    with pytest.raises(MissingEvidenceError, match="of T cannot be read: is a directory"):
        store.read("T", digest)


def test_one_changed_byte_is_noticed_wherever_it_stands(store: EvidenceStore, build: Any) -> None:
    content = serialize_record(build.record())
    digest = store.add("T", content)
    path = store.path_of("T", digest)
    for index in range(0, len(content), 97):
        changed = bytearray(content)
        changed[index] ^= 1
        path.write_bytes(changed)
        with pytest.raises(TamperedEvidenceError, match="was changed"):
            store.read("T", digest)


def test_bytes_that_are_no_record_are_refused_under_their_own_digest(store: EvidenceStore) -> None:
    digest = store.add("T", b"{}\n")
    with pytest.raises(TamperedEvidenceError, match="no evidence record"):
        store.read("T", digest)


def test_the_chain_leads_from_the_newest_record_to_the_first(store: EvidenceStore, build: Any) -> None:
    first = store.add("T", serialize_record(build.record()))
    second = store.add("T", serialize_record(build.record(previous=first)))
    third = store.add("T", serialize_record(build.record(previous=second)))
    chain = list(store.iter_chain("T", third))
    assert [digest for digest, _ in chain] == [third, second, first]
    assert [record.predicate.previous for _, record in chain] == [second, first, None]
    assert store.list_digests("T") == sorted([first, second, third])


def test_a_record_of_another_test_is_no_part_of_a_chain(store: EvidenceStore, build: Any) -> None:
    digest = store.add("U", serialize_record(build.record()))
    with pytest.raises(TamperedEvidenceError, match="belongs to T, not to U"):
        list(store.iter_chain("U", digest))


def test_every_file_with_the_name_of_a_record_is_listed_and_counted(store: EvidenceStore) -> None:
    folder = store.folder_of("T")
    folder.mkdir(parents=True)
    for name in ("b.json", "a.json", "a.json.tmp", "a.dsse", ".pv-1.tmp", "json"):
        (folder / name).touch()
    assert store.list_digests("T") == ["sha256:a", "sha256:b"]
    assert store.count_records("T") == 2


def test_a_test_without_records_has_no_digests(store: EvidenceStore) -> None:
    assert store.list_digests("T") == []

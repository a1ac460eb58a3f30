from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import example, given
from hypothesis import strategies as st

from pvengine.errors import TamperedEvidenceError
from pvengine.ledger.keys import PrivateKey, TrustedKey, read_private_key, read_trusted_keys
from pvengine.ledger.signatures import (
    PAYLOAD_TYPE,
    EnvelopeFile,
    check_envelope,
    is_signed,
    list_envelopes,
    list_strays,
    make_envelope,
    sign_record,
)
from pvengine.ledger.store import EvidenceStore

RECORD = '{\n  "metric": "µ ~~~ >>> ???"\n}\n'.encode()
"""Bytes whose Base64 has both letters that the second alphabet writes otherwise."""
DIGEST = f"sha256:{hashlib.sha256(RECORD).hexdigest()}"


def make_keys(folder: Path, seed: int) -> tuple[PrivateKey, dict[str, TrustedKey]]:
    """Make a key, and the trust in it; ed25519 takes any 32 bytes."""
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32))
    private, public = folder / f"{seed}.pem", folder / f"{seed}.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return read_private_key(private), read_trusted_keys([public])


with tempfile.TemporaryDirectory() as made:
    ADA, TRUST = make_keys(Path(made), 1)
    BOB, OTHERS = make_keys(Path(made), 2)
ENVELOPE = make_envelope(RECORD, ADA)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence" / "x")


def check(content: bytes, folder: Path, trust: dict[str, TrustedKey] = TRUST) -> bool:
    """Whether bytes in place of the envelope are a trusted signature of the record."""
    path = folder / "one.dsse"
    path.write_bytes(content)
    try:
        return check_envelope(EnvelopeFile(path, DIGEST, ADA.keyid[:16]), trust).trusted is not None
    except TamperedEvidenceError:
        return False


def test_an_envelope_has_one_form(tmp_path: Path) -> None:
    assert b"+" in ENVELOPE or b"/" in ENVELOPE
    assert json.loads(ENVELOPE) == {
        "payload": base64.b64encode(RECORD).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": ADA.keyid, "sig": json.loads(ENVELOPE)["signatures"][0]["sig"]}],
    }
    assert make_envelope(RECORD, ADA) == ENVELOPE
    assert check(ENVELOPE, tmp_path)
    assert not check(ENVELOPE, tmp_path, OTHERS)


def test_a_record_that_is_signed_again_stays_as_it_is(store: EvidenceStore) -> None:
    store.add("T", RECORD)
    assert not is_signed(store, "T", DIGEST, ADA)
    path = sign_record(store, "T", DIGEST, RECORD, ADA)
    assert (is_signed(store, "T", DIGEST, ADA), is_signed(store, "T", DIGEST, BOB)) == (True, False)
    assert path.name == f"{DIGEST[7:]}.{ADA.keyid[:16]}.dsse"
    assert path.read_bytes() == ENVELOPE
    before = path.stat().st_mtime_ns
    assert sign_record(store, "T", DIGEST, RECORD, ADA) == path
    assert path.stat().st_mtime_ns == before
    path.write_bytes(b"{}")
    assert not is_signed(store, "T", DIGEST, ADA)
    with pytest.raises(TamperedEvidenceError, match="is there and is another one"):
        sign_record(store, "T", DIGEST, RECORD, ADA)
    assert path.read_bytes() == b"{}"


def test_envelopes_belong_to_the_records_that_are_there(store: EvidenceStore) -> None:
    assert (list_envelopes(store, "T"), list_strays(store, "T")) == ([], [])
    store.add("T", RECORD)
    ours = sign_record(store, "T", DIGEST, RECORD, ADA)
    theirs = sign_record(store, "T", DIGEST, RECORD, BOB)
    names = [f"{'0' * 64}.{'0' * 16}.dsse", "x.dsse", f"{DIGEST[7:]}.dsse", f"{DIGEST[7:]}.{'F' * 16}.dsse"]
    for name in names:
        store.folder_of("T").joinpath(name).write_bytes(ENVELOPE)
    assert list_envelopes(store, "T") == sorted(
        [EnvelopeFile(ours, DIGEST, ADA.keyid[:16]), EnvelopeFile(theirs, DIGEST, BOB.keyid[:16])],
        key=lambda envelope: envelope.path,
    )
    assert sorted(path.name for path in list_strays(store, "T")) == sorted(names)
    assert store.list_digests("T") == [DIGEST]
    assert list_strays(store, "x" * 300) == []


def rewrite(**changes: Any) -> bytes:
    """Write the envelope with other values, in the form that it should have."""
    data = json.loads(ENVELOPE)
    for key, value in changes.items():
        (data["signatures"][0] if key in ("keyid", "sig", "cert") else data)[key] = value
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"null", "it is no DSSE envelope"),
        (b"[]", "it is no DSSE envelope"),
        (b"\xff", "it is no DSSE envelope"),
        (b"{}", "it is no DSSE envelope"),
        (rewrite(payload=None), "it is no DSSE envelope"),
        (rewrite(payload="a"), "it is no DSSE envelope"),
        (rewrite(payload="\ud800"), "it is no DSSE envelope"),
        (rewrite(signatures=3), "it is no DSSE envelope"),
        (rewrite(signatures={"a": 1}), "it is no DSSE envelope"),
        (rewrite(signatures=[{"keyid": ADA.keyid}]), "it is no DSSE envelope"),
        (rewrite(payloadType=5), "its payload type is 5, not 'application/vnd.in-toto+json'"),
        (rewrite(x=1), "it is written in another form than an envelope here has"),
        (b"\xef\xbb\xbf" + ENVELOPE, "it is written in another form than"),
        (ENVELOPE.replace(b"vnd.in", b"vnd\\u002ein"), "it is written in another form than"),
        (ENVELOPE.replace(b"application/", b"application\\/"), "it is written in another form than"),
        (ENVELOPE.replace(b'"payload":', b'"payload": "", "payload":'), "it is written in another form than"),
        (rewrite(cert="x"), "it has not exactly one signature with a `keyid` and a `sig`"),
        (rewrite(signatures=json.loads(ENVELOPE)["signatures"] * 2), "it is no DSSE envelope"),
        (rewrite(keyid=ADA.keyid[:16]), "its `keyid` is not 64 hexadecimal digits"),
        (rewrite(keyid=ADA.keyid.upper()), "its `keyid` is not 64 hexadecimal digits"),
        (rewrite(keyid=1), "its `keyid` is not 64 hexadecimal digits"),
        (rewrite(keyid=None), "its `keyid` is not 64 hexadecimal digits"),
        (rewrite(keyid=[]), "it is no DSSE envelope"),
    ],
)
def test_what_is_no_envelope_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "one.dsse"
    path.write_bytes(content)
    with pytest.raises(TamperedEvidenceError) as caught:
        check_envelope(EnvelopeFile(path, DIGEST, ADA.keyid[:16]), TRUST)
    assert caught.value.what.startswith(f"the envelope of the record {DIGEST[:19]} does not verify: {reason}")
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    ("digest", "key", "reason"),
    [
        (f"sha256:{'0' * 64}", ADA.keyid[:16], "its payload is not the record"),
        (DIGEST, BOB.keyid[:16], f"its name says the key {BOB.keyid[:16]}, its signature {ADA.keyid[:16]}"),
    ],
)
def test_a_good_envelope_under_another_name(tmp_path: Path, digest: str, key: str, reason: str) -> None:
    path = tmp_path / "one.dsse"
    path.write_bytes(ENVELOPE)
    with pytest.raises(TamperedEvidenceError) as caught:
        check_envelope(EnvelopeFile(path, digest, key), TRUST)
    assert caught.value.what == f"the envelope of the record {digest[:19]} does not verify: {reason}"


def test_the_library_alone_would_take_another_alphabet(tmp_path: Path) -> None:
    payload = base64.b64encode(RECORD).decode()
    other = payload.replace("+", "-").replace("/", "_")
    assert other != payload
    assert not check(rewrite(payload=other), tmp_path)


def test_bits_that_base64_does_not_read_are_none(tmp_path: Path) -> None:
    sig = json.loads(ENVELOPE)["signatures"][0]["sig"]
    assert sig.endswith("==")
    for letter in set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") - {sig[-3]}:
        assert not check(rewrite(sig=f"{sig[:-3]}{letter}=="), tmp_path)


def test_no_flipped_bit_verifies(tmp_path: Path) -> None:
    kept = []
    for index in range(len(ENVELOPE)):
        for bit in range(8):
            changed = bytearray(ENVELOPE)
            changed[index] ^= 1 << bit
            if check(bytes(changed), tmp_path):
                kept.append((ENVELOPE[index], changed[index]))
    assert set(kept) <= {(a, b) for a in b" \t\r\n" for b in b" \t\r\n"}


@given(data=st.data())
@example(data=None)
def test_no_edit_of_bytes_verifies_but_in_white_space(data: st.DataObject | None) -> None:
    changed = bytearray(ENVELOPE)
    if data is not None:
        for _ in range(data.draw(st.integers(1, 3))):
            start = data.draw(st.integers(0, len(changed)))
            end = start + data.draw(st.integers(0, 3))
            changed[start:end] = data.draw(
                st.binary(max_size=3) | st.sampled_from([b" ", b"\n", b"\t", b"\\"])
            )
    with tempfile.TemporaryDirectory() as folder:
        is_taken = check(bytes(changed), Path(folder))
    is_same = json_tokens(bytes(changed)) == json_tokens(ENVELOPE)
    assert is_taken == is_same


def json_tokens(content: bytes) -> list[str] | None:
    """Split JSON into its texts and marks, without the white space between them; None for what is none."""
    try:
        text = content.decode()
        json.loads(text)
    except ValueError:
        return None
    parts = text.split('"')  # no text of an envelope has an escape; one that has stays in its part
    return ["".join(part.split()) if index % 2 == 0 else part for index, part in enumerate(parts)]

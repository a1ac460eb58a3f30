from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from pvengine.errors import UsageError
from pvengine.ledger.keys import read_private_key, read_trusted_keys

if TYPE_CHECKING:
    from pathlib import Path

FIRST = bytes(range(32))
"""A private key of RFC 8032 is any 32 bytes."""


def make_key(seed: int = 0) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([*FIRST[:-1], seed]))


def private_pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    content: bytes = key.private_bytes(Encoding.PEM, form, NoEncryption())
    return content


def public_pem(key: Any) -> bytes:
    content: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return content


def key_id(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    text = f'{{"keytype":"ed25519","keyval":{{"public":"{raw}"}},"scheme":"ed25519"}}'
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_key_has_the_id_that_the_format_says(tmp_path: Path) -> None:
    path = tmp_path / "ada.pem"
    path.write_bytes(private_pem(make_key()))
    key = read_private_key(path, "a passphrase that nothing asks for")
    assert (key.keyid, key.name) == (key_id(make_key()), "ada.pem")
    path.write_bytes(public_pem(make_key()))
    assert [*read_trusted_keys([path])] == [key.keyid]


def test_a_file_may_hold_several_keys_and_words_about_them(tmp_path: Path) -> None:
    path = tmp_path / "all.txt"
    path.write_bytes(b"Ada's\n" + public_pem(make_key(1)) + b"\r\nBob's\r\n" + public_pem(make_key(2)))
    found = read_trusted_keys([path])
    assert [(keyid, key.name) for keyid, key in found.items()] == [
        (key_id(make_key(1)), "all.txt"),
        (key_id(make_key(2)), "all.txt"),
    ]


def test_a_folder_gives_its_pem_files_in_order_and_a_key_that_is_there_twice_its_first_name(
    tmp_path: Path,
) -> None:
    (tmp_path / "b.pem").write_bytes(public_pem(make_key(1)))
    (tmp_path / "a.pem").write_bytes(public_pem(make_key(2)))
    (tmp_path / "c.pem").write_bytes(public_pem(make_key(2)))
    (tmp_path / "README").write_text("who is who")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "d.pem").write_bytes(public_pem(make_key(3)))
    found = read_trusted_keys([tmp_path])
    assert {keyid: key.name for keyid, key in found.items()} == {
        key_id(make_key(2)): "a.pem",
        key_id(make_key(1)): "b.pem",
    }


@pytest.mark.parametrize("content", [b"", b"\xff\x00", private_pem(make_key(), PrivateFormat.OpenSSH)])
def test_what_is_no_private_key_in_pem(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_private_key(path)
    assert caught.value.what == "key is no private key in PEM (PKCS #8)"
    assert caught.value.fix == "make one with `openssl genpkey -algorithm ed25519 -out KEY`"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (private_pem(make_key()), "key.pem holds a private key"),
        (public_pem(make_key()) + private_pem(make_key()), "key.pem holds a private key"),
        (public_pem(make_key()).replace(b"PUBLIC KEY", b"CERTIFICATE"), "key.pem holds a certificate that"),
        (b"MCowBQYDK2VwAyEA", "key.pem holds no public key in PEM"),
    ],
)
def test_one_file_that_is_no_public_key_is_an_error_for_the_folder(
    tmp_path: Path, content: bytes, what: str
) -> None:
    (tmp_path / "good.pem").write_bytes(public_pem(make_key()))
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_trusted_keys([tmp_path])
    assert caught.value.what.startswith(what)
    assert caught.value.where == str(tmp_path / "key.pem")


def test_no_path_is_no_trust() -> None:
    with pytest.raises(UsageError, match="there is no trusted key in nothing"):
        read_trusted_keys([])

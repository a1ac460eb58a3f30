"""Signed evidence: what `pv discharge --sign` writes, and every fault that `pv verify --trusted` notices."""

from __future__ import annotations

import base64
import json
import shutil
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from cryptography.exceptions import InvalidSignature
from signing import ASKED, PAYLOAD_TYPE, Signed, discharge_signed, encode, name_key, write_public

from pvengine.models.schemas import find_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

AGAIN = ("discharge", "contracts/x-v1.yaml", "--test", "FT-001")


@pytest.fixture(scope="module")
def discharged(make_scratch: Callable[[], Scratch]) -> Signed:
    """Return a signed project, which no test changes."""
    return discharge_signed(make_scratch())


@pytest.fixture
def signed(scratch: Scratch, discharged: Signed) -> Signed:
    """Return a copy of that project."""
    shutil.copytree(discharged.scratch.root, scratch.root, dirs_exist_ok=True)
    return Signed(scratch, discharged.ada, discharged.mallory)


def test_a_signed_store_verifies_and_says_who_signed(signed: Signed) -> None:
    verified = signed.scratch.pv(*ASKED)
    assert verified.code == 0, verified.shown
    keyid = name_key(signed.ada)
    assert verified.out.endswith(
        "2 newest records: 2 signed by a trusted key, 0 by other keys only, 0 broken, 0 unsigned\n"
        f"  ada.pub.pem  {keyid}  2 records\n"
    )
    report = json.loads(signed.scratch.call(*ASKED, "--format", "json").out)
    jsonschema.validate(report, json.loads(find_schema("report-v1.schema.json").read_text()))
    assert report["signature_summary"] == {
        "heads": 2, "signed": 2, "untrusted": 0, "broken": 0, "unsigned": 0,
    }  # fmt: skip
    assert report["signatures"][0] == {
        "contract": "contracts/x-v1.yaml",
        "id": "FT-001",
        "evidence": f"sha256:{signed.envelope.name.partition('.')[0]}",
        "state": "signed",
        "keys": [{"keyid": keyid, "name": "ada.pub.pem"}],
    }


def test_an_envelope_is_checked_with_nothing_but_the_curve(signed: Signed) -> None:
    for test in ("FT-001", "FT-002"):
        (path,), (record,) = signed.envelopes(test), signed.scratch.records(test)
        envelope = json.loads(path.read_bytes())
        assert list(envelope) == ["payload", "payloadType", "signatures"]
        payload = base64.b64decode(envelope["payload"], validate=True)
        assert payload == record.read_bytes()
        assert envelope["payloadType"] == PAYLOAD_TYPE
        (signature,) = envelope["signatures"]
        assert signature["keyid"] == name_key(signed.ada)
        assert path.name == f"{record.stem}.{signature['keyid'][:16]}.dsse"
        sig = base64.b64decode(signature["sig"], validate=True)
        signed.ada.public_key().verify(sig, encode(payload))
        with pytest.raises(InvalidSignature):
            signed.ada.public_key().verify(sig, encode(payload[:-1]))


def test_envelopes_are_no_records(signed: Signed) -> None:
    for args in (("verify",), ("why", "FT-001"), ("log",), ("validate",), ("status", "--gate")):
        found = signed.scratch.call(*args)
        assert found.code == 0, found.shown
        assert "PV605" not in found.out
        assert ".dsse" not in found.out
    assert "0 unlinked, 0 unreadable" in signed.scratch.call("log").out


FAULTS: dict[str, tuple[Callable[[Signed], Any], str, str]] = {}
"""What is done to the store, the code, and the message, in which names stand for digests."""


def fault(code: str, message: str) -> Callable[[Callable[[Signed], Any]], Callable[[Signed], Any]]:
    def enter(change: Callable[[Signed], Any]) -> Callable[[Signed], Any]:
        FAULTS[change.__name__.replace("_", " ")] = (change, code, message)
        return change

    return enter


BROKEN = "FT-001: the envelope of the record RECORD does not verify: "


@fault("PV610", "FT-001: its record RECORD is not signed")
def the_envelope_is_gone(signed: Signed) -> None:
    signed.envelope.unlink()


@fault("PV610", "FT-001: its record RECORD is signed by no trusted key, only by MALLORY")
def another_key_signed(signed: Signed) -> None:
    payload, old = signed.scratch.records()[0].read_bytes(), signed.envelope
    signed.sign_again(signed.mallory, payload)
    keyid = name_key(signed.mallory)
    signed.rewrite(keyid=keyid)
    old.rename(old.with_name(f"{old.name.partition('.')[0]}.{keyid[:16]}.dsse"))


@fault("PV611", BROKEN + "its signature is not one of the key ada.pub.pem over this payload")
def another_key_signed_in_the_name_of_a_trusted_one(signed: Signed) -> None:
    signed.sign_again(signed.mallory, signed.scratch.records()[0].read_bytes())


@fault("PV611", BROKEN + "its name says the key ADA, its signature MALLORY")
def the_key_id_is_edited(signed: Signed) -> None:
    signed.rewrite(keyid=name_key(signed.mallory))


@fault("PV611", BROKEN + "its payload is not the record")
def the_envelope_of_another_record(signed: Signed) -> None:
    shutil.copyfile(signed.envelopes("FT-002")[0], signed.envelope)


@fault("PV611", BROKEN + "its payload is not the record")
def the_payload_is_edited(signed: Signed) -> None:
    payload = signed.scratch.records()[0].read_bytes().replace(b'"survived"', b'"falsified"')
    signed.rewrite(payload=base64.b64encode(payload).decode())


@fault("PV611", BROKEN + "its payload is not the record")
def another_payload_is_signed_well(signed: Signed) -> None:
    signed.sign_again(signed.ada, b"{}\n")


@fault("PV611", BROKEN + "its signature is not one of the key ada.pub.pem over this payload")
def a_bit_of_the_signature(signed: Signed) -> None:
    (signature,) = json.loads(signed.envelope.read_bytes())["signatures"]
    sig = bytearray(base64.b64decode(signature["sig"]))
    sig[10] ^= 1
    signed.rewrite(sig=base64.b64encode(sig).decode())


@fault("PV611", BROKEN + "its signature is not one of the key ada.pub.pem over this payload")
def the_signature_is_empty(signed: Signed) -> None:
    signed.rewrite(sig="")


@fault("PV611", BROKEN + f"its payload type is 'text/plain', not '{PAYLOAD_TYPE}'")
def another_payload_type_signed_well(signed: Signed) -> None:
    signed.sign_again(signed.ada, signed.scratch.records()[0].read_bytes(), "text/plain")


@fault("PV611", BROKEN + "its signature is not one of the key ada.pub.pem over this payload")
def the_signature_of_another_payload_type(signed: Signed) -> None:
    signed.sign_again(signed.ada, signed.scratch.records()[0].read_bytes(), "text/plain")
    signed.rewrite(payloadType=PAYLOAD_TYPE)


@fault("PV611", BROKEN + "it is no DSSE envelope")
def the_envelope_is_empty(signed: Signed) -> None:
    signed.envelope.write_bytes(b"")


@fault("PV611", BROKEN + "it is no DSSE envelope")
def the_envelope_is_no_json(signed: Signed) -> None:
    signed.envelope.write_bytes(signed.envelope.read_bytes()[:-10])


@fault("PV611", BROKEN + "it is no DSSE envelope")
def the_envelope_is_nested_without_end(signed: Signed) -> None:
    signed.envelope.write_bytes(b"[" * 100_000)


@fault("PV611", BROKEN + "it has not exactly one signature with a `keyid` and a `sig`")
def the_envelope_has_no_signature(signed: Signed) -> None:
    signed.rewrite(signatures=[])


@fault("PV611", BROKEN + "it is written in another form than an envelope here has")
def the_envelope_has_a_key_too_many(signed: Signed) -> None:
    signed.envelope.write_bytes(signed.envelope.read_bytes().replace(b"{", b'{"x": 1, ', 1))


@fault("PV611", BROKEN + "it cannot be read: is a directory")
def the_envelope_is_a_folder(signed: Signed) -> None:
    path = signed.envelope
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_signature_is_noticed(signed: Signed, name: str, tally: Callable[..., None]) -> None:
    change, code, message = FAULTS[name]
    record, path = signed.record, signed.envelope.relative_to(signed.scratch.root)
    change(signed)
    for short, key in (("ADA", signed.ada), ("MALLORY", signed.mallory)):
        message = message.replace(short, name_key(key)[:16])
    place = path if code == "PV611" else "contracts/x-v1.yaml:11:11"
    line = f"{place}: error[{code}]: {message.replace('RECORD', record)}"

    required = signed.scratch.call(*ASKED)
    assert required.code == 3, required.shown
    assert [each for each in required.out.splitlines() if "[PV6" in each] == [line]

    checked = signed.scratch.call("verify", "--trusted", "keys")
    assert checked.code == (3 if code == "PV611" else 0), checked.shown
    assert (line in checked.out.splitlines()) == (code == "PV611")
    assert signed.scratch.call("verify").code == 0  # without keys nobody can tell
    tally(group="Signatures", row="an envelope is missing, edited, or of another key", cases=1, missed=0)


def test_a_broken_envelope_beside_a_good_one_is_told(signed: Signed) -> None:
    other = signed.envelope.with_name(f"{signed.envelope.name.partition('.')[0]}.{'0' * 16}.dsse")
    other.write_bytes(b"")
    found = signed.scratch.call(*ASKED, "--format", "json")
    assert found.code == 3
    assert [each["code"] for each in found.report["diagnostics"]] == ["PV611"]
    assert [each["state"] for each in found.report["signatures"]] == ["signed", "signed"]


def test_an_envelope_without_its_record_is_a_note(signed: Signed) -> None:
    stray = signed.envelope.with_name(f"{'0' * 64}.{name_key(signed.ada)[:16]}.dsse")
    shutil.copyfile(signed.envelope, stray)
    odd = signed.scratch.write("contracts/evidence/x-v1/FT-002/odd.dsse", "")
    for args in (("verify",), ASKED):
        found = signed.scratch.call(*args)
        assert found.code == 0, found.shown
        for path, test in ((stray, "FT-001"), (odd, "FT-002")):
            shown = path.relative_to(signed.scratch.root)
            assert f"{shown}: note[PV605]: this envelope signs no record of {test}\n" in found.out


def test_a_store_that_was_forged_as_a_whole(signed: Signed, tally: Callable[..., None]) -> None:
    scratch = signed.scratch
    for sign in ((), ("--sign", "mallory.pem")):
        shutil.rmtree(scratch.store)
        scratch.contract(scratch.test("FT-001", value=9.0), scratch.test("FT-002"))
        assert scratch.call("discharge", "contracts/x-v1.yaml", *sign).code == 0
        assert scratch.call("verify").code == 0  # every part fits every other
        required = scratch.call(*ASKED)
        assert required.code == 3, required.shown
        assert required.out.count("error[PV610]: FT-00") == 2
    tally(group="Signatures", row="a store is forged as a whole, with another key or none", cases=2, missed=0)


def test_an_older_signed_state_verifies(signed: Signed) -> None:
    """It is what signatures cannot tell, as the documentation says."""
    older = signed.scratch.snapshot()
    assert signed.scratch.call(*AGAIN, "--sign", "ada.pem").code == 0
    shutil.rmtree(signed.scratch.store)
    for name, content in older.items():
        signed.scratch.write(name, content)
    assert signed.scratch.call(*ASKED).code == 0


def test_a_renewal_that_is_not_signed_is_noticed(signed: Signed) -> None:
    """The signature of the record before it does not cover a newer one; that of a newer one covers both."""
    assert signed.scratch.call(*AGAIN).code == 0
    unsigned = signed.scratch.call(*ASKED)
    assert unsigned.code == 3
    assert unsigned.out.count("error[PV610]: FT-001: its record sha256:") == 1
    assert signed.scratch.call(*AGAIN, "--sign", "ada.pem").code == 0
    assert signed.scratch.call(*ASKED).code == 0
    assert len(signed.envelopes()) == 2
    assert len(signed.scratch.records()) == 3


def test_a_record_that_somebody_left_is_measured_again_before_it_is_signed(signed: Signed) -> None:
    """Else who has no key could leave a record, and the next run with the key would sign it."""
    scratch = signed.scratch
    scratch.contract(scratch.test("FT-003"))
    before = scratch.path.read_bytes()
    counts = []
    for sign in ((), (), ("--sign", "ada.pem"), ("--sign", "ada.pem"), ("--sign", "mallory.pem")):
        scratch.path.write_bytes(before)  # as if the run had been killed before it wrote the contract
        done = scratch.call("discharge", "contracts/x-v1.yaml", *sign, "--format", "json")
        assert done.code == 0, done.shown
        counts.append((done.report["summary"]["adopted"], len(scratch.records("FT-003"))))
    # Without a key the record is adopted; with one it is measured, then adopted, and measured with another.
    assert counts == [(0, 1), (1, 1), (0, 2), (1, 2), (0, 3)]


def test_where_nothing_is_grounded_no_signature_is_checked(signed: Signed) -> None:
    signed.scratch.contract(signed.scratch.test("FT-001"))
    shutil.rmtree(signed.scratch.store)
    assert signed.scratch.call("verify", "--trusted", "keys").code == 0
    empty = signed.scratch.call(*ASKED)
    assert empty.code == 14
    assert "contracts/x-v1.yaml: error[PV003]: no status rests on a record, so no signature was" in empty.out


def test_a_rehearsal_reads_the_key_and_writes_nothing(signed: Signed) -> None:
    before = signed.scratch.snapshot()
    shown = signed.scratch.discharge("--test", "FT-001", "--sign", "ada.pem", "--dry-run")
    assert shown.code == 0, shown.shown
    assert "signed" not in shown.out
    assert signed.scratch.call("discharge", "contracts/x-v1.yaml", "--sign", "no.pem", "--dry-run").code == 2
    assert signed.scratch.snapshot() == before


def test_two_signers_write_two_files(signed: Signed) -> None:
    ours = signed.envelope
    theirs = signed.scratch.root / "theirs.dsse"
    shutil.copyfile(ours, theirs)
    another_key_signed(signed)
    shutil.copyfile(theirs, ours)
    assert len(signed.envelopes()) == 2
    write_public(signed.scratch.root / "keys" / "mallory.pem", signed.mallory)
    report = signed.scratch.call(*ASKED, "--format", "json").report
    assert report["exit_code"] == 0
    names = {key["keyid"]: key["name"] for key in report["signatures"][0]["keys"]}
    assert names == {name_key(signed.ada): "ada.pub.pem", name_key(signed.mallory): "mallory.pem"}


def test_an_envelope_that_cannot_be_written_links_nothing(signed: Signed) -> None:
    """The record is stored, its signature is not: no status moves, and the message says why."""
    patch = (
        "import sys\n"
        "def fail(event, args):\n"
        "    if event in ('os.rename', 'os.link') and str(args[1]).endswith('.dsse'):\n"
        "        raise OSError(28, 'No space left on device')\n"
        "sys.addaudithook(fail)\n"
    )
    before = signed.scratch.path.read_bytes()
    done = signed.scratch.patched(
        patch, "discharge", "contracts/x-v1.yaml", "--test", "FT-001", "--sign", "ada.pem"
    )
    assert done.code == 2, done.shown
    assert ".dsse: no space left on device" in done.out
    assert "nothing was written" in done.out
    assert signed.scratch.path.read_bytes() == before
    assert len(signed.envelopes()) == 1
    assert len(signed.scratch.records()) == 2
    assert signed.scratch.call(*ASKED).code == 0

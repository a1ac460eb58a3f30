"""The main job of pv on real input, in a scratch folder: ``make demo``.

The scratch copy of the flagship contract is taken back to version 1.7.0 from the shipped file and its
evidence alone: every amendment after 1.7.0 is undone. Then `pv` validates it, discharges a test at one point
and its search over a domain, and shows the diff and the status; last, one digit of the new evidence is
changed by hand, and `pv verify` notices.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pvengine.models.contract import Contract
from pvengine.yamldoc import Document, read_document
from pvengine.yamldoc.applying import apply_edits
from pvengine.yamldoc.edits import SetScalar

REPOSITORY = Path(__file__).resolve().parents[2]
FLAGSHIP = Path("contracts/trace-ffn-sub-block-gguf-v1.yaml")
BASE_VERSION = "1.7.0"
TEST = "FALSIFY-FFN-GGUF-011"
SEARCH = f"{TEST}-S"


def undo_amendments(document: Document, base: str) -> tuple[Document, dict[str, str]]:
    """Take a contract back to the version of one of its amendments.

    Returns
    -------
    document
        The contract as that amendment left it.
    undone
        Digest of the evidence that is no longer linked, by test.
    """
    contract = Contract.model_validate(document.data)
    amendments = list(contract.amendments or ())
    keep = next(index for index, entry in enumerate(amendments) if entry.version == base) + 1
    undone = {entry.id: entry.head or "" for later in amendments[keep:] for entry in later.tests}
    kept = {entry.id for earlier in amendments[:keep] for entry in earlier.tests}
    edits = [SetScalar(("metadata", "version"), base)]
    ranges = []
    for index, test in enumerate(contract.tests):
        if test.id in undone:
            edits.append(SetScalar(("falsification_tests", index, "status"), "NEW"))
            written = [key for key in ("verdict", "evidence") if getattr(test, key) is not None]
            ranges += [document.place(("falsification_tests", index, key)) for key in written]
    for index, hypothesis in enumerate(contract.hypotheses or ()):
        deciding = [t.verdict for t in contract.tests if hypothesis.id in t.hypotheses and t.id in kept]
        word = next((verdict for verdict in deciding if verdict), "UNTESTED")  # one test each, up to the base
        if word != hypothesis.status:
            edits.append(SetScalar(("hypotheses", index, "status"), word))
    for index, stage in enumerate(contract.stages):
        for number, step in enumerate(stage.steps or ()):
            if not set(step.needs or ()) <= kept:
                edits.append(SetScalar(("implementation_stages", index, "steps", number, "status"), "NEW"))
        needed = [*(stage.needs or ()), *(name for step in stage.steps or () for name in step.needs or ())]
        if not needed or not set(needed) <= kept:
            edits.append(SetScalar(("implementation_stages", index, "status"), "NEW"))
    reset = apply_edits(document, edits)
    first_undone = document.place(("amendments", keep)).line
    dropped = {place.line for place in ranges}
    lines = reset.text.splitlines(keepends=True)[: first_undone - 1]
    text = "".join(line for number, line in enumerate(lines, 1) if number not in dropped)
    return read_document(text.encode(), document.path), undone


def prepare(folder: Path) -> None:
    """Copy the flagship and its evidence into a folder, and take the copy back."""
    contract = folder / FLAGSHIP
    shutil.copytree(REPOSITORY / "contracts", contract.parent)
    (folder / "pv.toml").write_text('contracts = ["contracts"]\n', encoding="utf-8")
    document = read_document(contract.read_bytes(), str(FLAGSHIP))
    reset, undone = undo_amendments(document, BASE_VERSION)
    contract.write_bytes(reset.encode())
    for test in undone:
        shutil.rmtree(contract.parent / "evidence" / contract.stem / test)


def run(folder: Path, *words: str, expect: int) -> None:
    """Show a command, run it, and stop the demo where its exit code is not the expected one."""
    print(f"\n$ pv {' '.join(words)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "pvengine", *words], cwd=folder, check=False)
    if done.returncode != expect:
        sys.exit(f"demo: exit code {done.returncode}, expected {expect}")


def tamper(folder: Path) -> None:
    """Change one digit of the amplification in the newest record of the test."""
    records = folder / FLAGSHIP.parent / "evidence" / FLAGSHIP.stem / TEST
    path = next(iter(records.glob("*.json")))
    text = path.read_text(encoding="utf-8")
    value = json.loads(text)["predicate"]["measurements"]["amplification"]["value"]
    forged = re.sub(r"[0-8](?=\D*$)", lambda digit: str(int(digit[0]) + 1), repr(value))
    path.write_text(text.replace(repr(value), forged), encoding="utf-8")
    print(f"\nOne digit of the evidence is changed by hand: amplification {value} becomes {forged}.")


def main() -> None:
    """Run the demo in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="pv-demo-") as name:
        folder = Path(name)
        prepare(folder)
        print(f"A scratch copy of {FLAGSHIP} at version {BASE_VERSION}; {TEST} and {SEARCH} are NEW.")
        run(folder, "validate", expect=0)
        run(folder, "discharge", str(FLAGSHIP), "--test", TEST, "--test", SEARCH, expect=0)
        run(folder, "status", expect=0)
        tamper(folder)
        run(folder, "verify", expect=3)
        print("\nThe tampering was noticed.")


if __name__ == "__main__":
    main()

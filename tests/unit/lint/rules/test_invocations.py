"""How tests are run by other tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.lint.rules.blocks import Entry
from pvengine.lint.rules.invocations import TestReference, classify_test, classify_text, count_references
from pvengine.loading.contract_file import load_contract

CARGO, RUST, PYTEST = TestReference.CARGO_TEST, TestReference.RUST_PATH, TestReference.PYTEST_NODE
SHELL, SOURCE, PROSE = TestReference.SHELL_COMMAND, TestReference.SOURCE_CODE, TestReference.PROSE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("cargo test -p softmax --lib sums_to_one", CARGO),
        ("RUST_LOG=debug THREADS=1 cargo +nightly test --workspace", CARGO),
        ("$ cargo nextest run", CARGO),
        ("# needs a GPU\n\ncargo kani --harness verify_sum", CARGO),
        ("cargo run --example demo", SHELL),
        ("cargo", SHELL),
        ("softmax::tests::sums_to_one", RUST),
        ("contract_tests::FALSIFY-SM-001", RUST),
        ("crates/softmax/src/lib.rs::sums_to_one", RUST),
        ("crates/softmax/tests/falsify_001.rs (planned)", RUST),
        ("crates/softmax/src/lib.rs:120", RUST),
        ("sums::to_one()", RUST),
        ("tests/test_softmax.py::test_sums[float32]", PYTEST),
        ("tests/test_softmax.py", PYTEST),
        ("pytest -k sums", PYTEST),
        ("python3 -m pytest tests/", PYTEST),
        ("bash scripts/check.sh --self-test", SHELL),
        ("./check.sh", SHELL),
        ("/usr/bin/env true", SHELL),
        ('OUT=$(run model 2>&1); echo "$OUT" | grep -q ok', SHELL),
        ("model-tool trace --payload m.gguf | grep -c ffn", SHELL),
        ("first && second", SHELL),
        ("#[test]\nfn sums() {\n  assert!(true);\n}", SOURCE),
        ("// must not compile\nfn wrong() {}", SOURCE),
        ("random rows, check that each sums to one", PROSE),
        ("proptest with random scale > 1 and x1 <= x2", PROSE),
        ("Run `model-tool parity --assert`. The exit code is 0.", PROSE),
        ("Deterministic: 28 % 4 == 0", PROSE),
        ("check |E[y] - x| < 0.05 for each element", PROSE),
        ("mod.rs and lib.rs agree", PROSE),
        ("# nothing but a comment", PROSE),
        ("", TestReference.NOTHING),
        (" \n ", TestReference.NOTHING),
    ],
)
def test_a_text_is_told_by_its_form(text: str, kind: TestReference) -> None:
    assert classify_text(text) is kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"falsifier": "softmax.sums", "test": "cargo test"}, TestReference.FALSIFIER),
        ({"falsifier": None, "test": "cargo test"}, CARGO),
        ({"test_harness": "a::b"}, RUST),
        ({"command": "make check"}, SHELL),
        ({"test": "make check", "command": "a::b"}, SHELL),
        ({"test": [None, " ", "a::b"]}, RUST),
        ({"test": []}, TestReference.NOTHING),
        ({"test": 3}, PROSE),
        ({"test": {"unit": "x"}}, PROSE),
        ({}, TestReference.NOTHING),
    ],
)
def test_a_test_is_told_by_what_runs_it(data: dict[str, object], kind: TestReference) -> None:
    assert classify_test(Entry(("falsification_tests", 0), data)) is kind


def test_every_test_is_counted_once() -> None:
    text = (
        "metadata: {version: 1.0.0}\n"
        "falsification_tests: [{id: A, falsifier: x}, {id: B, test: a::b}, {id: C}, {id: D, test: word}, 3]\n"
    )
    counts = count_references(load_contract(Path("x.yaml"), "x.yaml", text.encode()))
    assert list(counts) == list(TestReference)
    assert {kind.value: count for kind, count in counts.items() if count} == {
        "falsifier": 1,
        "Rust path": 1,
        "prose": 1,
        "nothing": 1,
    }


def test_a_condition_is_counted_where_it_says_how_it_is_run() -> None:
    text = (
        "metadata: {version: 1.0.0}\n"
        "falsification_conditions: [{id: A, test_harness: a::b}, {id: B, condition: c}, text]\n"
        "falsification: {F: {command: cargo test}, G: {assertion: a, test: ' '}}\n"
    )
    counts = count_references(load_contract(Path("x.yaml"), "x.yaml", text.encode()))
    assert {kind.value: count for kind, count in counts.items() if count} == {"Rust path": 1, "cargo test": 1}


@pytest.mark.parametrize("part", ["a", "/", "a::", "A=b ", "(", "a ", "\n", "fn ", "- ", "{", ")"])
def test_a_text_that_repeats_itself_is_read_at_once(part: str) -> None:
    kinds = {classify_text((part * 1_000_000) + end) for end in ("", "x", ")")}
    assert kinds <= set(TestReference)

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from check_parts import (
    PATH,
    change,
    checked,
    compared,
    concern,
    contract,
    entry,
    hypothesis,
    measured,
    milestone,
    moved,
    rerun,
    standing,
    step,
)
from markdown_it import MarkdownIt

from pvengine.models.check import CheckBase, CheckCounts
from pvengine.models.report import RerunSummary, Summary
from pvengine.reporters.check_markdown import fit_markdown, render_markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.check import CheckReport
    from pvengine.models.report import DiagnosticEntry

    Maker = Callable[..., CheckReport]
    EntryMaker = Callable[..., DiagnosticEntry]

COMMENT = 65_536
EMPTY = """\
<!-- pv check -->

## pv check passes

### Measured again

Nothing was measured again.

### What remains

Nothing in the contracts that were checked.

### Denominators

- 2 files differ from main at 0123456789ab
- 0 of 12 contracts checked: 0 added, 0 changed, 0 renamed, 0 affected; 0 taken away
- 0 contracts, 0 tests: 0 bound, 0 run, 0 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked, 0 self-declared; 0 touched by the change
- missing: 0 self-declared, 0 stale, 0 toothless, 0 unbound, 0 unrun, 0 blocked
- nothing was measured again

To run it locally: `pv check --base main`
"""  # noqa: E501 - the lines of a paragraph
WHOLE = """\
<!-- pv check -->

## pv check fails: 1 error (PV701), 2 new unrun tests; exit 11

### Findings

| finding | place | what | fix |
|---|---|---|---|
| error PV701 | contracts/x-v1.yaml:7:3 | major follows: F accept&#91;0&#93;.lt | run `pv bump contracts/x-v1.yaml` |
| warning PV203 | contracts/x-v1.yaml | odd |  |

### Status changes

- `C-X` changed: `v1.7.0 -> v1.8.0` (minor declared, major follows: too little; 2.0.0 says enough)
  - `FALSIFY-FFN-GGUF-011: NEW -> DISCHARGED`, verdict FALSIFIED
  - hypothesis `A2: UNTESTED -> FALSIFIED`

### Results

**`FALSIFY-FFN-GGUF-011`** survived, verdict FALSIFIED, status DISCHARGED: Softmax damps drift

| metric | value | unit | taken over | arithmetic |
|---|---|---|---|---|
| `amplification` | 0.0113 |  | max, 7 logits | float32 |

- 1 trial so far, 0 falsified before; 2 of 2 planted faults noticed; evidence `sha256:0123456789ab` is new
- touched: it has new evidence

### Hypotheses

| hypothesis | verdict | in every scope |
|---|---|---|
| `A2` Softmax amplifies drift | FALSIFIED | FALSIFIED in 7 logits, by `FALSIFY-FFN-GGUF-011` |

### Changes

| class | change | field | was | is | why |
|---|---|---|---|---|---|
| major | weakened | `F accept[0].lt` | 1 | 2 | looser |

1 change in fields that only pv writes.

### Measured again

- `F-011` reproduced to the bit: 2 metrics

### What remains

| what | how many | which | policy |
|---|---|---|---|
| tests NEW | 1 test | `F-012` |  |
| unrun | 2 tests, 2 new | `F-012`, `F-013` | new, fails |
| stages open | 1 stage | `M5` |  |

### Denominators

- 1 file differs from main at c0ffee012345, which the change left at 0123456789ab
- 1 of 12 contracts checked: 0 added, 1 changed, 0 renamed, 0 affected; 0 taken away
- 13 tests: 12 bound, 1 run, 11 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked, 0 self-declared; 1 error, 1 warning; 1 touched by the change
- missing: 0 self-declared, 0 stale, 0 toothless, 0 unbound, 2 unrun, 0 blocked
- 1 of 1 record measured again: 1 reproduced (1 to the bit), 0 differing, 0 inconclusive; 0 not run

To run it locally: `pv check --base main`
"""  # noqa: E501 - as above


@pytest.fixture
def whole(make_check: Maker, make_entry: EntryMaker) -> CheckReport:
    """A check in which every section has something to say."""
    name = "FALSIFY-FFN-GGUF-011"
    return make_check(
        base=CheckBase(ref="main", commit="c0ffee0123456789", fork="0123456789abcdef"),
        diagnostics=(
            make_entry(line=None),
            make_entry(
                "PV701",
                severity="error",
                message="major follows: F accept[0].lt",
                fix="run `pv bump contracts/x-v1.yaml`",
            ),
        ),
        contracts=(
            entry(
                standing(name, status="DISCHARGED", standing="verified"),
                standing("F-012"),
                hypotheses=(hypothesis((name, "7 logits", "FALSIFIED", True)),),
                milestones=(milestone("M4", "DISCHARGED"), milestone("M5")),
            ),
        ),
        changed=(
            contract(
                version=step(needed="major", suffices=False, suggested="2.0.0"),
                changes=(change(), change(engine=True)),
                transitions=(
                    moved(name, "NEW", "DISCHARGED", verdict="FALSIFIED"),
                    moved("A2", "UNTESTED", "FALSIFIED", "hypothesis"),
                ),
            ),
        ),
        tests=(
            checked(
                name,
                status="DISCHARGED",
                standing="verified",
                outcome="survived",
                verdict="FALSIFIED",
                evidence="sha256:0123456789abcdef",
                new_evidence=True,
                affected=("it has new evidence",),
                trials=1,
                planted_faults=2,
                noticed=2,
                measurements={
                    "amplification": measured(population="7 logits", aggregation="max", arithmetic="float32")
                },
            ),
        ),
        concerns=(concern("unrun", "F-012", "F-013", new=2, policy="new", fails=True),),
        counts=CheckCounts(files=1, contracts=12, checked=1, changed=1, affected_tests=1),
        summary=Summary(declared=13, bound=12, run=1, discharged=11),
        reruns=(rerun(),),
        rerun_summary=RerunSummary(recorded=1, run=1, reproduced=1, same_bits=1),
        exit_code=11,
    )


def test_a_check_of_nothing_says_what_was_looked_at(make_check: Maker) -> None:
    assert render_markdown(make_check()) == EMPTY


def test_every_section(whole: CheckReport) -> None:
    assert render_markdown(whole) == WHOLE


def test_neither_time_nor_place_of_a_run_is_in_the_text(whole: CheckReport) -> None:
    later = replace(
        whole,
        reruns=(rerun(duration_s=77.5, detail="Traceback: /tmp/other", environment=("numpy was 1, is 2",)),),
    )
    assert render_markdown(later) == render_markdown(whole)


def test_a_place_outside_of_the_working_folder_is_shown_from_there(
    make_check: Maker, make_entry: EntryMaker, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    path = str(tmp_path / "contracts" / "x-v1.yaml")
    report = make_check(
        diagnostics=(make_entry(path=path),),
        changed=(contract("renamed", path=path, path_before=str(tmp_path / "a-v1.yaml")),),
        reruns=(rerun(contract=str(tmp_path / "y-v1.yaml")),),
    )
    shown = render_markdown(report)
    assert "| warning PV203 | ../contracts/x-v1.yaml:7:3 | odd |  |\n" in shown
    assert "\n- `C-X` was renamed from `../a-v1.yaml`\n" in shown
    assert "\n- `../y-v1.yaml F-011` reproduced to the bit: 2 metrics\n" in shown
    assert str(tmp_path) not in shown


def test_parts_of_several_contracts_have_the_id_of_theirs(whole: CheckReport) -> None:
    several = replace(whole, changed=(*whole.changed, contract("affected", path="y.yaml", id="C-Y")))
    shown = render_markdown(several)
    for name in ("FALSIFY-FFN-GGUF-011", "A2", "F accept[0].lt", "F-011", "F-012", "M5"):
        assert f"`C-X {name}`" in shown, name


@pytest.mark.parametrize(
    ("base", "command"),
    [
        (None, "`pv check`"),
        ("origin/main", "`pv check --base origin/main`"),
        ("$(x);`y`|z", "pv check --base &#39;"),
        ("a'b", "`pv check --base 'a'\"'\"'b'`"),
    ],
)
def test_the_command_is_one_that_a_shell_reads(make_check: Maker, base: str | None, command: str) -> None:
    made = None if base is None else CheckBase(ref=base, commit="0", fork="0")
    assert f"\nTo run it locally: {command.replace('&#39;', chr(39))}" in render_markdown(
        make_check(base=made)
    )


def make_hostile(make_check: Maker, make_entry: EntryMaker, text: str) -> CheckReport:
    """Make a check in which every text that a contract, a falsifier or a name in git gives is hostile."""
    number = measured("nan", unit=text, population=text, aggregation=text, arithmetic=text)
    away = compared(within=False, value=None, reason=text)
    return make_check(
        base=CheckBase(ref=text, commit="0", fork="0"),
        diagnostics=(make_entry(message=text, fix=text, path=text, code=text),),
        contracts=(
            entry(
                standing(text),
                path=text,
                id=text,
                version=text,
                hypotheses=(
                    hypothesis((text, text, text, False), id=text, statement=text, status=text, derived=text),
                ),
                milestones=(milestone(text.replace("/", "")),),
            ),
        ),
        changed=(
            contract(path=text, id=text, path_before=text),
            contract(
                path="y",
                version=step(text, text, suffices=False, suggested=text),
                changes=(change(text, why=text),),
                transitions=(moved(text, text, text, verdict=text),),
            ),
        ),
        tests=(
            checked(
                text, status=text, rule=text, affected=(text,), misses=(text,), measurements={text: number}
            ),
            checked(evidence=text, trials=1),
        ),
        concerns=(concern("stale", text),),
        reruns=(rerun("differs", id=text, reason=text, unlike=(text,), measurements={text: away}),),
        exit_code=12,
    )


_INERT = ("text", "code_inline", "text_special")
ATTACKS = (
    "@ada closes #7, GH-8, ada/x#9 !1",
    "<!-- x --> <b onclick='x'>&lt;b&gt; &#64;ada",
    "a|b`c|d`e``f|g``h\\|i\\`",
    "[a](https://x.org) ![b](https://x.org/i.png) www.x.org https://x.org ada@x.org <https://x.org>",
    "# x\n\n- y\n\n| a |\n|---|\n| b |\n\n---\n/close",
    "**a** _b_ __c__ ~~d~~ $e$ :+1: [^1]",
    "`a``b` ` ` ``` \n```",
    "- x",
    "1. x",
    "=====",
    "x\\",
)


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_of_a_contract_is_active(
    make_check: Maker, make_entry: EntryMaker, text: str, hostile: str
) -> None:
    calm = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    found, plain, worst = (
        render_markdown(make_hostile(make_check, make_entry, one)) for one in (text, "calm", hostile)
    )
    assert found.splitlines()[0] == "<!-- pv check -->"
    for shown in (found, worst):
        assert shape_of(calm, shown) == shape_of(calm, plain)
        bare = re.sub(r"`[^`]*`", "", shown)
        assert not re.search(r"@|&#64;(?!&#8203;|\W)|&#35;\d|://|www\.|GH-\d|(?m:^/)", bare), bare
        assert not [one for one in "\x00\x1b\r\u202e\ud800\x85" if one in shown]


def shape_of(markdown: MarkdownIt, text: str) -> list[str]:
    """List what a text is made of: blocks, cells, and what is active inside; code and breaks are left out."""
    shape = []
    for token in markdown.parse(text):
        shape.append(token.type)
        inside = [each for each in token.children or () if each.type not in _INERT]
        shape += [f"{child.type} {child.content}" for child in inside]
    return shape


@pytest.mark.parametrize("room", [900, 1500, 4000, 20_000, COMMENT])
def test_it_is_cut_to_its_room_and_says_what_is_left_out(
    whole: CheckReport, make_entry: EntryMaker, room: int
) -> None:
    many = replace(
        whole,
        diagnostics=tuple(make_entry(message=f"größe {number} " * 5) for number in range(400)),
        tests=whole.tests * 400,
        changed=(replace(whole.changed[0], changes=(change(), change(engine=True)) * 400),),
    )
    text, left = fit_markdown(many, room)
    assert len(text.encode()) <= room
    if room == 900:  # the headings and the denominators alone take more
        assert (text, left) == ("", 400)
        return
    assert text.endswith("To run it locally: `pv check --base main`\n")
    assert 0 < left < 400 or room == 1500
    assert text.count("| warning PV203 |") == 400 - left
    for noun, sign, total in (
        ("finding", "| warning PV203 |", 400),
        ("test", "**`FALSIFY-FFN-GGUF-011`**", 400),
        ("change", "| major | weakened |", 400),
    ):
        missing = total - text.count(sign)
        assert f"\n{missing} more {noun}s left out for want of room.\n" in text
    if room == COMMENT:
        assert len(text.encode()) > room - 2000
        assert "- `C-X` changed: " in text  # the small sections are whole


def test_the_counts_of_what_pv_wrote_stay_where_nobody_changed_anything(make_check: Maker) -> None:
    shown = render_markdown(make_check(changed=(contract(changes=(change(engine=True),)),)))
    assert "### Changes\n\n1 change in fields that only pv writes.\n\n###" in shown


def test_the_states_of_contracts(make_check: Maker) -> None:
    changed = tuple(contract(state, path=state) for state in ("added", "changed", "deleted", "affected"))
    report = make_check(
        contracts=(entry(path="added", version="0.1.0"), entry(path="affected", version="draft")),
        changed=(*changed, contract(path=PATH, version=step(None, "1.0"))),
    )
    assert (
        "- `C-X` is new: `v0.1.0`\n"
        "- `C-X` changed\n"
        "- `C-X` was taken away\n"
        "- `C-X` rests on something that changed: `draft`\n"
        "- `C-X` changed: `no version -> v1.0` (minor declared, minor follows: enough)\n"
    ) in render_markdown(report)

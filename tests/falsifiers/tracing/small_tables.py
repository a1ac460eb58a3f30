"""Tables of traces with round figures, and one with figures that are no numbers."""

from __future__ import annotations

import math

from pvfalsifiers.tracing.passes import NextToken, PassFacts, Spread
from pvfalsifiers.tracing.table import ModelFacts, PromptToken, TraceTable, compare, divide_unlike

__all__ = ["make_passes", "make_table"]

LAYERS, TENSORS = (0, 2), ("gate", "down")


def make_passes() -> tuple[PassFacts, PassFacts]:
    """Return a pass of each path over two layers and two tensors."""
    spreads = {
        "A": ((4.0, 1.0), (2.0, 3.0), (1.0, 5.0), (0.5, 0.25)),
        "B": ((4.0, 2.0), (1.0, 3.0), (3.0, 5.0), (0.5, 0.125)),
    }
    keys = [(layer, tensor) for layer in LAYERS for tensor in TENSORS]
    made = []
    for name, following, seconds in (("A", ((7, -0.5), (8, -1.25)), 1.234), ("B", ((8, -0.75),), 2.5)):
        facts = {
            key: Spread(*spread, elements=96 if key[1] == "gate" else 64)
            for key, spread in zip(keys, spreads[name], strict=True)
        }
        tokens = tuple(NextToken(*each) for each in following)
        made.append(PassFacts(name, facts, tokens, seconds))  # type: ignore[arg-type] # A and B
    return made[0], made[1]


def make_table(over: str = "all", paths: str = "AB", *, artefact: bool = False) -> TraceTable:
    """Return the table of these passes."""
    passes = tuple(each for each in make_passes() if each.path in paths)
    return TraceTable(
        model=ModelFacts("tiny", "models/tiny.gguf", "0123456789abcdef" * 4, "llama", 3),
        prompt="a\x7f\u00e9",
        tokens=(PromptToken(1, "<s>"), PromptToken(5, " a"), PromptToken(9, "\x1b")),
        over=over,  # type: ignore[arg-type] # all or last
        passes=passes,
        rows=compare(passes, LAYERS, TENSORS, over),  # type: ignore[arg-type] # as above
        artefact=divide_unlike(*passes, LAYERS, TENSORS) if artefact else None,
        vocabulary={7: "\n", 8: "首"},
    )


def make_broken_table() -> TraceTable:
    """Return a table of a model that overflows."""
    spreads = {(0, "gate"): Spread(math.nan, 0.0, 1), (0, "up"): Spread(math.inf, 1.0, 1)}
    quiet = {(0, "gate"): Spread(0.0, 0.0, 1), (0, "up"): Spread(0.0, 0.0, 1)}
    a = PassFacts("A", spreads, (NextToken(7, math.nan),), 1.0)
    b = PassFacts("B", quiet, (NextToken(7, -math.inf),), 1.0)
    plain = make_table()
    return TraceTable(
        plain.model, plain.prompt, plain.tokens, "all", (a, b),
        compare((a, b), (0,), ("gate", "up"), "all"), None, plain.vocabulary,
    )  # fmt: skip

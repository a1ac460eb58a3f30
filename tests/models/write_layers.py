"""Write what the flagship measured on real weights into docs/explanation/the-cascade.md, from its evidence.

``python tests/models/write_layers.py`` writes the tables between their markers; the test beside it compares
them. No model is needed: every figure is read from the newest record of a test, which `pv verify` checks.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine import open_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
FLAGSHIP = ROOT / "contracts" / "trace-ffn-sub-block-gguf-v1.yaml"
PAGE = ROOT / "docs" / "explanation" / "the-cascade.md"
BEGIN, END = "<!-- measured: real weights -->\n", "<!-- end of measured: real weights -->\n"
MODELS = {"": "SmolLM2-135M-Instruct Q4_1", "-G": "Gemma-3-270M Q4_K_M"}


def read_evidence() -> dict[str, dict[str, float]]:
    """Read what the newest record of each test measured, by the part of its id behind the prefix."""
    view = open_project(FLAGSHIP).view(FLAGSHIP)
    return {
        name.removeprefix("FALSIFY-FFN-GGUF-"): {
            metric: float(each.number) for metric, each in state.record.predicate.measurements.items()
        }
        for name, state in view.assessments.items()
        if state.record is not None
    }


def render(found: Mapping[str, Mapping[str, float]]) -> str:
    """Render all tables, as the page has them."""
    blocks = ["\n".join(_render_facts(found))]
    blocks += ["\n".join(_render_layers(found, suffix, model)) for suffix, model in MODELS.items()]
    return "\n\n".join(blocks) + "\n"


def _render_facts(found: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    yield "| what, and the test | " + " | ".join(MODELS.values()) + " | published, Qwen2.5-Coder-7B |"
    yield "|---|--:|--:|--:|"
    rows = (
        ("std A / std B of inner, layer 3, last token (003)", "003", "std_ratio", "{:.4f}", "1.2452"),
        ("the same over all tokens (003)", "003", "std_ratio_all_tokens", "{:.4f}", ""),
        (
            "artefact: std A over all tokens by std B over the last, layer 3 (003), not comparable",
            "003",
            "artefact_all_tokens_by_last_token",
            "{:.3f}",
            "18.23",
        ),
        ("largest artefact of a layer (004), not comparable", "004", "largest_artefact", "{:.1f}", ""),
        ("std A / std B, least over the layers (004)", "004", "smallest_std_ratio", "{:.4f}", "0.7130"),
        ("std A / std B, largest over the layers (004)", "004", "largest_std_ratio", "{:.4f}", "1.2452"),
        ("drift of the first group of ffn_down, layer 3 (014)", "014", "first_drift", "{:.4%}", "0.4283 %"),
        ("drift of a group, median (014)", "014", "median_drift", "{:.4%}", ""),
        ("drift of a group, 95th percentile (014)", "014", "p95_drift", "{:.3%}", ""),
        ("drift of a group, largest (014)", "014", "largest_drift", "{:.0%}", ""),
        ("groups of 256 weights (014)", "014", "groups", "{:.0f}", "1"),
        ("relative L2 over all groups (014)", "014", "relative_l2", "{:.4%}", ""),
        (
            "drift after the last layer by that after the first, free-running (017)",
            "017",
            "free_growth",
            "{:.3f}",
            "",
        ),
        ("the same, teacher-forced (017)", "017", "forced_growth", "{:.3f}", ""),
        (
            "the same, one dot product a layer, nothing carried (017)",
            "017",
            "rescaled_growth",
            "{:.4f}",
            "1.8103",
        ),
        (
            "last free drift by the root of the sum of squares of the forced (017)",
            "017",
            "free_by_root_sum_of_forced",
            "{:.3f}",
            "",
        ),
        (
            "normwise error of a block by what its crest factor predicts, median (018)",
            "018",
            "median_error_by_predicted",
            "{:.4f}",
            "",
        ),
        ("correlation of crest factor and error, logarithms (018)", "018", "correlation", "{:.3f}", ""),
        (
            "path B moves, embeddings changed by 1e-7, by path drift, all tokens (019)",
            "019",
            "noise_by_path_drift_all_tokens",
            "{:.2f}",
            "",
        ),
        ("path A moves, the same (019)", "019", "noise_a", "{:.1e}", ""),
    )
    for text, test, metric, form, published in rows:
        cells = [form.format(found[f"{test}{suffix}"][metric]).replace("%", " %") for suffix in MODELS]
        yield f"| {text} | {cells[0]} | {cells[1]} | {published} |"


def _render_layers(found: Mapping[str, Mapping[str, float]], suffix: str, model: str) -> Iterator[str]:
    ratios, drifts = found[f"004{suffix}"], found[f"017{suffix}"]
    count = sum(name.removeprefix("std_ratio_").isdigit() for name in ratios)
    yield f"{model}: standard deviation of the inner tensor over the elements of the last token on both"
    yield "paths (004), and relative L2 drift of the residual at the last token, each layer fed by the one"
    yield "before (free) or by path A (forced) (017)."
    yield ""
    yield "| layer | std A | std B | A / B | free drift | forced drift |"
    yield "|--:|--:|--:|--:|--:|--:|"
    for layer in range(count):
        a, b, ratio = (ratios[f"{name}_{layer:02d}"] for name in ("std_a", "std_b", "std_ratio"))
        free, forced = (drifts[f"{name}_drift_{layer:02d}"] for name in ("free", "forced"))
        stds = f"| {layer} | {a:.5f} | {b:.5f} | {ratio:.4f} "
        yield stds + f"| {free:.3%} | {forced:.3%} |".replace("%", " %")


def read_page() -> str:
    """Read what stands between the markers."""
    return PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]


def main() -> None:
    """Write the tables between their markers."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + "\n" + render(read_evidence()) + "\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()

"""The tables of real weights on the page are those of the evidence."""

from __future__ import annotations

import pytest
import write_layers


def test_the_page_has_what_the_evidence_has() -> None:
    assert write_layers.read_page().strip() == write_layers.render(write_layers.read_evidence()).strip()


@pytest.mark.parametrize("suffix", ["", "-G"])
def test_the_ratio_is_of_like_with_like_and_the_artefact_is_not(suffix: str) -> None:
    found = write_layers.read_evidence()
    assert 0.5 <= found[f"003{suffix}"]["std_ratio"] <= 2.0
    quotient = found[f"003{suffix}"]["std_a_all_tokens"] / found[f"003{suffix}"]["std_b_last_token"]
    assert found[f"003{suffix}"]["artefact_all_tokens_by_last_token"] == pytest.approx(quotient)

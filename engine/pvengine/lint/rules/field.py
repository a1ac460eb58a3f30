"""The rules of the contracts that the field has, over one reading of their blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.lint.rules.blocks import Blocks
from pvengine.lint.rules.equations import iter_equation_issues
from pvengine.lint.rules.gates import iter_gate_issues
from pvengine.lint.rules.harnesses import iter_harness_issues
from pvengine.lint.rules.kernels import iter_kernel_issues
from pvengine.lint.rules.keys import iter_key_issues
from pvengine.lint.rules.obligations import iter_obligation_issues
from pvengine.lint.rules.predictions import iter_prediction_issues
from pvengine.lint.rules.shapes import iter_blank_issues, iter_shape_issues
from pvengine.lint.rules.verification import iter_summary_issues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.models.issue import Issue

__all__ = ["iter_field_issues"]


def iter_field_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over what is wrong with the blocks of one contract, in either generation of the format."""
    blocks = Blocks(loaded.data)
    yield from iter_kernel_issues(blocks)
    yield from iter_shape_issues(blocks)
    yield from iter_key_issues(blocks)
    yield from iter_equation_issues(blocks)
    yield from iter_obligation_issues(blocks)
    yield from iter_harness_issues(blocks)
    yield from iter_prediction_issues(blocks)
    yield from iter_gate_issues(blocks, loaded.document)
    yield from iter_summary_issues(blocks)
    yield from iter_blank_issues(blocks)

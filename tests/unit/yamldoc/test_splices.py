from __future__ import annotations

import pytest

from pvengine.yamldoc.splices import Splice, splice_text


def test_splices_at_one_offset_keep_their_order() -> None:
    splices = [Splice(3, 3, "x"), Splice(0, 1, "A"), Splice(3, 3, "y")]
    assert splice_text("abc", splices) == "Abcxy"


def test_overlapping_splices_are_refused() -> None:
    with pytest.raises(ValueError, match="two changes overlap at offset 1"):
        splice_text("abc", [Splice(0, 2, ""), Splice(1, 3, "")])

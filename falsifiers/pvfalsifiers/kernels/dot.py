"""The dot products, under one roof.

Each stands in a module of its own, so that the source digest of a falsifier holds only what it uses:
`left_fold` in `pvfalsifiers.kernels.fold`, `fma_lanes` in `pvfalsifiers.kernels.lanes`, `q4_k_q8_k` in
`pvfalsifiers.kernels.fused`.
"""

from pvfalsifiers.kernels.fold import left_fold
from pvfalsifiers.kernels.fused import q4_k_q8_k
from pvfalsifiers.kernels.lanes import fma_lanes

__all__ = ["fma_lanes", "left_fold", "q4_k_q8_k"]

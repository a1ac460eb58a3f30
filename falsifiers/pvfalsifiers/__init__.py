"""Falsifiers of the flagship contract and the NumPy kernels that they share."""

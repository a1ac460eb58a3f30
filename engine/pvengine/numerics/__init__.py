"""Exact facts about floating-point numbers and intervals; no NumPy, so that linting starts fast."""

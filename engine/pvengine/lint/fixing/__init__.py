"""Findings that are mended: what may be changed, what comes out of it, and what is refused."""

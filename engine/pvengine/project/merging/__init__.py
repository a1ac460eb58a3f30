"""Merge two versions of a contract by their meaning: what ``pv merge-driver`` does for git."""

"""Findings that are set aside: by a comment, by the configuration, by the baseline."""

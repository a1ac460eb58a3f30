"""Falsifiers that a search drives: each measures at any point of a domain, and says what is proved there."""

"""Planted faults that several falsifiers share: code that is broken on purpose."""

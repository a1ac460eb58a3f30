"""Export formats, one module each: what a format can carry, and what it cannot."""

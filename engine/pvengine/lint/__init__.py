"""Rules that make a contract good, beyond those that make it usable; suppressions, severities, baseline."""

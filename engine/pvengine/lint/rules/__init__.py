"""The rules that look at one contract: each a generator of issues that raises nothing."""

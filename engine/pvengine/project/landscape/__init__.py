"""The landscape of a contract: its hypotheses in every scope, and what its attributions come to."""

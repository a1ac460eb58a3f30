"""Compare two versions of a contract by their meaning: what changed, how much, and which bump follows."""

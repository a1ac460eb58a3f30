"""Look for the worst point of a domain: the engine searches, the falsifier only measures."""

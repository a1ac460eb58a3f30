"""What falsifiers there are, found by reading their source: no plug-in module is ever imported here."""

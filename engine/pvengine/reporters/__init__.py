"""Reports for people and programs: text, JSON, graph drawings, progress."""

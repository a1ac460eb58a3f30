"""The bank is data: its modules are falsifiers, which pytest does not import."""

collect_ignore = ["bank"]

from __future__ import annotations

collect_ignore_glob = ["*.py"]  # no tests: tests/acceptance and tests/docs import them

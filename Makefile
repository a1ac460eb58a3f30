# The two commands of the README: `make demo` and `make test`. Each makes .venv where it is not there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test models test-models bench reliability lint format schemas docs clean

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "pvengine needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(BIN)/python -m compileall -q engine falsifiers  # where the environment forbids it, no run would do it
	@touch $@

demo: $(STAMP)
	$(BIN)/python docs/tutorial/demo.py

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term --cov-fail-under=90

# Weights and the C libraries that the tests on real models compare with: some 400 MB, checksums pinned.
models: $(STAMP)
	$(BIN)/python tests/models/fetch.py

# What `make models` could not fetch is skipped, with the reason. One BLAS thread: on a busy machine, two wait for
# each other at every small product, and take ten times as long.
test-models: $(STAMP)
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest tests/oracles
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m models tests/models tests/falsifiers

# Ratios against references of the same run; give PV_CORPUS for real contracts, and leave the machine alone meanwhile.
bench: $(STAMP)
	$(BIN)/python tests/benchmarks/validate.py
	$(BIN)/python tests/benchmarks/store.py
	$(BIN)/python tests/benchmarks/check.py
	$(BIN)/python tests/benchmarks/matvec.py
	$(BIN)/python tests/benchmarks/suprema.py

# The fault matrix alone: its figures go into docs/explanation/reliability.md.
reliability: $(STAMP)
	$(BIN)/python tests/acceptance/write_reliability.py

format: $(STAMP)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(STAMP)
	$(BIN)/python docs/generate.py

schemas: $(STAMP)
	$(BIN)/python -m pvengine.models.schemas schemas

clean:
	rm -rf $(VENV) .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

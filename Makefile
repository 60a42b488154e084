# Needs git, make and Python 3.11 or newer; everything else is installed into .venv by the targets themselves.
# Another interpreter: make test PYTHON=/path/to/python3.12

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
# Each candidate is run, not only looked up: a version manager leaves names behind that start nothing.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$name; break; fi; done)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PYTEST_ARGS ?=
MINUTES ?= 10
LINKS := $(addprefix src/duban/,actions engine persistence workflows)

ONLY ?=
SIZE ?=
BENCH_ARGS ?=

.PHONY: help demo test soak fuzz bench audit lint format typecheck check clean links
.NOTPARALLEL:

help: ## show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/run.stamp ## run the demonstration (FILE=requests.csv plays yours, DEMO_LANG=zh speaks Chinese)
	@$(BIN)/duban demo $(if $(FILE),--requests "$(FILE)") $(if $(DEMO_LANG),--lang "$(DEMO_LANG)")

test: $(VENV)/dev.stamp ## run every test (PYTEST_ARGS="-k words" chooses)
	@$(BIN)/pytest -q -n auto --dist loadfile --durations=10 $(PYTEST_ARGS)

soak: $(VENV)/dev.stamp ## kill and overload ten times as often as the tests do, for up to an hour
	@DUBAN_SOAK=1 $(BIN)/pytest -q -n auto --dist load --durations=10 tests/faults tests/security tests/hostile tests/offices $(PYTEST_ARGS)

bench: $(VENV)/bench.stamp ## measure against floors and peers, ten minutes (ONLY=A,D chooses, SIZE=1000000 is the long form)
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) $(if $(SIZE),--size $(SIZE)) $(BENCH_ARGS)

fuzz: $(VENV)/fuzz.stamp ## throw bytes at the loader and histories at the engine (MINUTES=10 of each)
	@mkdir -p build/fuzz
	@$(BIN)/python -m tests.fuzz.coverage -max_total_time=$$(( $(MINUTES) * 60 )) -artifact_prefix=build/fuzz/
	@$(BIN)/python -m tests.fuzz.histories $(MINUTES)

audit: $(VENV)/dev.stamp ## look for packages with known vulnerabilities (ONLINE=1 asks the database of advisories, too)
	@$(BIN)/python tests/house/audit.py $(if $(ONLINE),--online)

lint: $(VENV)/dev.stamp audit ## check style, format, types, floors and packages
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "Some files are not formatted. Run: make format" >&2; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

typecheck: $(VENV)/dev.stamp ## check types
	@$(BIN)/mypy

format: $(VENV)/dev.stamp ## format the code and mend what ruff can mend
	@$(BIN)/ruff check --quiet --fix --exit-zero .
	@$(BIN)/ruff format --quiet .

check: lint test ## lint, then test

clean: ## remove .venv, caches and what was built
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment -------------------------------------------------------------------------------------------------
# A stamp stands for one finished installation and is made again when pyproject.toml changes.

$(VENV)/run.stamp: pyproject.toml | links $(BIN)/python
	@echo "Installing duban into $(VENV)" >&2
	@$(PIP) install -e '.[documents]'
	@touch $@

$(VENV)/dev.stamp: pyproject.toml | links $(BIN)/python
	@echo "Installing duban and the tools for development into $(VENV)" >&2
	@$(PIP) install -e '.[dev]'
	@touch $(VENV)/run.stamp $@

$(VENV)/bench.stamp: $(VENV)/dev.stamp
	@echo "Installing what the benchmark compares with into $(VENV)" >&2
	@$(PIP) install -e '.[dev,bench]'
	@touch $@

$(VENV)/fuzz.stamp: $(VENV)/dev.stamp
	@echo "Installing the fuzzer into $(VENV)" >&2
	@$(PIP) install -e '.[fuzz]'
	@touch $@

links:
	@test -d src/duban/engine || { printf '%s\n' \
		"src/duban/engine is not a folder: this checkout was made without symbolic links." \
		"Allow them and restore the four links:" \
		"    git config core.symlinks true" \
		"    rm $(LINKS)" \
		"    git checkout -- $(LINKS)" >&2; exit 1; }

# Where Python comes without ensurepip, the pip of the system, if there is one, serves the new environment.
$(BIN)/python:
	@test -n "$(PYTHON)" || { printf '%s\n' \
		"No Python 3.11 or newer was found under the names python3.13, python3.12, python3.11, python3 and python." \
		"Install one, or name it: make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { printf '%s\n' \
		"$(PYTHON) cannot be started or is older than 3.11, and duban needs 3.11 or newer." \
		"Name another: make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python3.12" >&2; exit 1; }
	@if "$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null; then \
		"$(PYTHON)" -m venv $(VENV); \
	elif "$(PYTHON)" -c 'import pip, venv' 2>/dev/null; then \
		"$(PYTHON)" -m venv --without-pip $(VENV) && "$(PYTHON)" -m pip --quiet --python $(BIN)/python install pip; \
	else printf '%s\n' \
		"$(PYTHON) cannot make a virtual environment: its modules venv and ensurepip are missing." \
		"Install them (on Debian and Ubuntu the package is python3-venv), or name a complete Python:" \
		"    make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python3.12" >&2; exit 1; fi

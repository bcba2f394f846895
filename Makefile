# Everything needs only make and a Python >= 3.11 that has venv (Debian, Ubuntu: apt install make python3-venv).
# All targets share one .venv in this folder, made from uv.lock; a second call finds it ready and costs nothing.
#   make demo ARGS="--size m --no-serve --out out"     make test ARGS="tests/gis -k closure"

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup demo test check format bench clean

ARGS ?=
JOBS ?= 2
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready-to-run
READY_DEV := $(VENV)/ready-to-develop
READY_BENCH := $(VENV)/ready-to-compare
INPUTS := pyproject.toml uv.lock
SYNC := UV_PROJECT_ENVIRONMENT=$(VENV) UV_PYTHON=$(BIN)/python UV_PYTHON_DOWNLOADS=never $(BIN)/uv sync --frozen --inexact

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-12s %s\n", $$1, $$2}'

setup: $(READY_DEV)  ## make .venv with everything for work on the code

demo: $(READY)  ## plan and drive one day in a made-up prefecture, then serve it (ARGS="--no-serve --out out")
	@$(BIN)/paiche demo $(ARGS)

test: $(READY_DEV)  ## run every test (ARGS="tests/gis" for some)
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: $(READY_DEV)  ## lint, formatting, types, room borders, lock hosts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_project.py

format: $(READY_DEV)  ## put the code into its one format and fix what can be fixed
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: $(READY_BENCH)  ## measure roads, names and whole days; against peers with ARGS="compare all"
	@$(if $(ARGS),$(BIN)/python -m benchmarks $(ARGS),$(BIN)/python -m benchmarks roads && $(BIN)/python -m benchmarks gazetteer && $(BIN)/python -m benchmarks days)

clean:  ## remove .venv and every cache of the tools
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The first Python that runs, has venv and is one that every library is built for: python3 itself may be too old
# (Ubuntu 22.04) while python3.11 is there, or too new.
$(BIN)/uv:
	@found=; for python in python3.13 python3.12 python3.11 python3 python3.14; do \
	    if $$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' >/dev/null 2>&1; then \
	        found=$$python; break; \
	    fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "Paiche needs Python 3.11 to 3.14 with venv, found none." \
	         "Debian >= 12, Ubuntu >= 24.04: apt install python3-venv; Ubuntu 22.04: apt install python3.11-venv" >&2; \
	    exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$found --version) ..."; \
	rm -rf $(VENV) && $$found -m venv $(VENV) && $(BIN)/python -m pip install -q --disable-pip-version-check "uv==$(UV_VERSION)"

$(READY): $(INPUTS) | $(BIN)/uv
	@$(SYNC) --no-default-groups
	@touch $@

$(READY_DEV): $(READY)
	@$(SYNC)
	@touch $@

$(READY_BENCH): $(READY_DEV)
	@$(SYNC) --group bench
	@touch $@

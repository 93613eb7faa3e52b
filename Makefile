# `make run` and `make test` need Python 3.11 or later with pip, and nothing else that is not here:
# uv comes into .tools, what uv.lock pins into .venv. Nothing is installed outside this folder.
# Another Python: make run PYTHON=python3.13

PYTHON ?= python3
UV_VERSION := 0.13.8
UV := .tools/bin/uv
UV_INSTALLED := .tools/uv-$(UV_VERSION).dist-info/RECORD
SYNC = $(UV) sync --frozen --no-python-downloads --python "$(PYTHON)" --inexact --extra service
BIN := .venv/bin
# Written when .venv has what it needs; newer than the files that say what that is.
FOR_RUN := .venv/.installed
FOR_WORK := .venv/.installed-dev
# How many tests run at once; `auto` is what tests/conftest.py says: many of them wait.
PYTEST_WORKERS ?= auto

unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH
# Ours is compiled once too: the tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE
export UV_PROJECT_ENVIRONMENT := .venv
# The certificates that pip trusts too, which are more than uv brings where a company has its own.
export UV_SYSTEM_CERTS ?= 1
# Compiled once, here: each process would do it again where Python may write nothing.
export UV_COMPILE_BYTECODE ?= 1
.DEFAULT_GOAL := help
.PHONY: help run install install-dev test lint check screens bench bench-catalog bench-reports docs soak format clean

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(FOR_RUN) ## start a Data Bank here, until Ctrl-C; ARGS="--data FOLDER" are its options
	@exec $(BIN)/databank up $(ARGS)

install: $(FOR_RUN) ## install the service and the client into .venv
	@echo "Data Bank is installed: $(BIN)/databank"

install-dev: $(FOR_WORK) ## install them with what the tests and checks need
	@echo "Data Bank is installed with its tools: $(BIN)"

test: $(FOR_WORK) ## run every test; all of src must be covered
	@echo "Testing ..."
	@$(BIN)/python -m pytest -q -n $(PYTEST_WORKERS) --maxprocesses 8 --dist worksteal --cov --cov-report term-missing

lint: $(FOR_WORK) ## run the guard, the linter and the type checker
	@echo "Looking at the code ..."
	@$(BIN)/python -m scripts.guard
	@$(BIN)/ruff check --quiet && echo "ruff: nothing found"
	@$(BIN)/ruff format --quiet --diff && echo "format: nothing found"
	@$(BIN)/mypy

check: lint test ## lint and test: what a change must pass

screens: $(FOR_WORK) ## take pictures of the pages for the docs; needs Chromium
	@mkdir -p docs/screens
	@SCREENS=docs/screens $(BIN)/python -m pytest -q -n 0 tests/browser/test_screens.py

bench: $(FOR_RUN) ## measure beside nginx, docker-registry and rclone; ARGS="get-4k --rounds 5"
	@exec $(BIN)/python -m benchmarks $(ARGS)

bench-catalog: $(FOR_WORK) ## measure a catalog of a million datasets; ARGS="--documents 50000"
	@exec $(BIN)/python -m benchmarks.catalog $(ARGS)

bench-reports: $(FOR_WORK) ## measure reports of a gigabyte beside SQL by hand; ARGS="--size 13000000"
	@exec $(BIN)/python -m benchmarks.reports $(ARGS)

docs: $(FOR_WORK) ## make docs/reference.md from the code
	@$(BIN)/python -m scripts.reference

soak: $(FOR_WORK) ## attack, kill and load the bank for minutes; ARGS="crowd kill=200"
	@$(BIN)/python -m benchmarks.soak $(ARGS)

format: $(FOR_WORK) ## format the code and sort its imports
	@$(BIN)/ruff check --quiet --fix-only
	@$(BIN)/ruff format

clean: ## remove what was installed and measured; data in .databank stays
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* dist
	find src tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(FOR_RUN): pyproject.toml uv.lock | $(UV_INSTALLED)
	@echo "Installing Data Bank into .venv ..."
	@$(SYNC) --no-dev
	@touch $@

$(FOR_WORK): pyproject.toml uv.lock | $(UV_INSTALLED)
	@echo "Installing Data Bank and what its tests need into .venv ..."
	@$(SYNC)
	@touch $(FOR_RUN) $@

$(UV_INSTALLED):
	@command -v "$(PYTHON)" > /dev/null || { \
	  echo "Data Bank needs Python 3.11 or later, and there is no '$(PYTHON)' here." \
	    "Name yours: make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Data Bank needs Python 3.11 or later; '$(PYTHON)' is $$("$(PYTHON)" --version 2>&1)." \
	    "Name another: make PYTHON=python3.13" >&2; exit 1; }
	@"$(PYTHON)" -m pip --version > /dev/null 2>&1 || { \
	  echo "Data Bank needs pip, and '$(PYTHON)' has none (on Debian: apt install python3-pip)." >&2; exit 1; }
	@echo "Installing uv $(UV_VERSION) into .tools ..."
	@rm -rf .tools
	@PIP_USER=0 "$(PYTHON)" -m pip install --quiet --disable-pip-version-check \
	  --root-user-action ignore --target .tools uv==$(UV_VERSION)

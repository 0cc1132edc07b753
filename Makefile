.DEFAULT_GOAL := help
PYTHON ?= python3
V := .venv/bin
.PHONY: help setup demo test check fmt bench chaos

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.venv/.base: requirements/base.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Leadline needs Python 3.11 or newer; set PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	@test -x $(V)/python || $(PYTHON) -m venv .venv
	@echo "installing what Leadline needs into .venv"
	@$(V)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@$(V)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.base requirements/dev.txt
	@echo "installing what the tests need into .venv"
	@$(V)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

setup: .venv/.base ## make .venv, so that .venv/bin/leadline runs

demo: .venv/.base ## the main job: 500 registrations at once, every one accounted for
	@$(V)/leadline demo

test: .venv/.dev ## all tests
	@$(V)/python -m pytest -n 2 --dist loadfile

check: .venv/.dev ## lint, import contracts and types
	@$(V)/ruff check .
	@$(V)/ruff format --check .
	@$(V)/lint-imports --no-logo
	@$(V)/basedpyright

fmt: .venv/.dev ## format the code
	@$(V)/ruff check --fix --quiet . || true
	@$(V)/ruff format .

bench: .venv/.dev ## the short form of every benchmark
	@for b in benchmarks/*.py; do echo "== $$b"; $(V)/python $$b --quick || exit 1; done

MINUTES ?= 20
chaos: .venv/.dev ## faults of every kind for MINUTES=20, then every row compared
	@$(V)/python -m tests.chaos --minutes $(MINUTES)

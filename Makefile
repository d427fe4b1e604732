# `make` lists the targets. Needs Python 3.11 or newer, make and git; everything else goes into .venv.
.DEFAULT_GOAL := help
.PHONY: help setup run manage doctor test contract e2e bench lint imports types check secrets user lock clean

# The newest Python that really runs and can make an environment; `make run PYTHON=/path/to/python` overrides it.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v "$$p"; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
WORKERS ?= 2

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- environment: a stamp file remembers what was installed, so that a second start does nothing here. What is said
# goes to standard error, as `make secrets >> .env` and `make bench > figures` keep the other.
$(BIN)/python:
	@python="$(PYTHON)"; test -n "$$python" || { echo "Dexter needs Python 3.11 or newer with its venv module (Debian: apt install python3-venv). Name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }; \
	echo "Making .venv with $$python ..." >&2; "$$python" -m venv --clear .venv

.venv/run.stamp: requirements.txt | $(BIN)/python
	@echo "Installing what Dexter runs on (half a minute) ..." >&2
	@$(PIP) -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing the tools of the tests and checks (a minute) ..." >&2
	@$(PIP) -r requirements-dev.txt
	@touch .venv/run.stamp $@

setup: .venv/run.stamp ## make .venv and install what Dexter runs on

run: .venv/run.stamp ## start everything: web, worker, scheduler and, without a Sentry in .env, the sandbox
	@exec $(BIN)/python -m dexter.run --with-parent

manage: .venv/run.stamp ## run a command on what `make run` started (ARGS="sync_sentry --full")
	@$(BIN)/python -m dexter.run manage $(ARGS)

doctor: .venv/run.stamp ## say what is wrong with the installation and how to mend it
	@$(BIN)/python -m dexter.run manage doctor

user: .venv/run.stamp ## create an administrator
	@$(BIN)/python -m dexter.run manage createsuperuser

secrets: .venv/run.stamp ## print fresh SECRET_KEY and TOKEN_KEYS for .env
	@$(BIN)/python -m dexter.secrets

# --- tests
test: .venv/dev.stamp ## run the whole suite (ARGS="-k name" narrows it)
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

contract: .venv/dev.stamp ## hold client and sandbox against Sentry's OpenAPI document (DEXTER_SHARED or ../shared)
	@$(BIN)/python -m pytest -m contract $(ARGS)

e2e: .venv/dev.stamp ## drive a headless Chromium through the pages
	@$(BIN)/python -m pytest -m e2e $(ARGS)

bench: .venv/dev.stamp ## print figures as JSON lines, on SQLite and PostgreSQL (NAMES="pages sync" chooses)
	@$(BIN)/python -m dexter.run bench $(NAMES)

# --- checks
types: .venv/dev.stamp ## mypy
	@$(BIN)/mypy

imports: .venv/dev.stamp ## the import contracts of docs/architecture.md
	@$(BIN)/lint-imports

lint: .venv/dev.stamp types imports ## ruff, mypy, import contracts, migrations, templates
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@DJANGO_SETTINGS_MODULE=dexter.settings_test $(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/djlint --lint --quiet templates

check: ## everything that CI runs, from nothing
	@bash .ci/run

# --- upkeep
lock: .venv/dev.stamp ## resolve requirements*.in into requirements*.txt again
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url requirements.in -o requirements.txt
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url requirements-dev.in -o requirements-dev.txt

clean: ## remove .venv, caches and collected files; var/ (the data) stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev assets demo test check lint format lock clean

RUN := .venv/bin/python -m

help:       ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

setup:      ## Prepare .venv, assets and translations
	@sh tools/setup.sh

setup-dev:
	@sh tools/setup.sh --dev

assets:     ## Build styles and scripts again if their sources changed
	@.venv/bin/python tools/build_assets.py

demo: setup ## Run the demonstration and print its address and sign-ins
	@exec .venv/bin/python -m network.cli demo

test: setup-dev ## Run every test; ARGS="tests/stack -x" chooses
	@$(RUN) pytest -n auto --dist loadfile $(ARGS)

check: lint test ## Everything: style, types, import contracts and tests

lint: setup-dev ## Look at style, types and who imports whom
	@$(RUN) ruff check network tests migrations tools
	@$(RUN) ruff format --check --quiet network tests migrations tools
	@$(RUN) mypy
	@.venv/bin/lint-imports --no-logo

format: setup-dev ## Put the code into the house style
	@$(RUN) ruff check --fix --quiet network tests migrations tools
	@$(RUN) ruff format --quiet network tests migrations tools

lock: setup ## Choose the versions of all packages anew, with their hashes
	@$(RUN) pip install --quiet --disable-pip-version-check "uv>=0.9"
	@$(RUN) uv pip compile $(LOCKING) pyproject.toml --output-file requirements.lock
	@$(RUN) uv pip compile $(LOCKING) --group dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

LOCKING := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

clean:      ## Remove what setup made; the data folder stays
	rm -rf .venv node_modules network/static/vendor build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find network migrations -name __pycache__ -prune -exec rm -rf {} +

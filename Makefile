# The commands of Vedette. `make up` and `make test` need nothing but Python 3.11 and a network to the package registries.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
STAMP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
# Two processes, a file of tests in one of them: those of one wait for servers while the other computes. JOBS=0: in this one.
JOBS ?= 2
# In the order of the folders: by the number of tests, the one file of the page's, which takes longest, would come last.
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
PAGE := src/vedette/web/page
MODULES := ui/node_modules/.package-lock.json
# What the tests start as it is: OCR, real databases, a browser.
SYSTEM_PACKAGES := tesseract-ocr tesseract-ocr-spa postgresql mariadb-server redis-server dovecot-imapd chromium default-jdk-headless maven
SYSTEM_MISSING = $(shell PATH=$$PATH:/usr/sbin; for program in tesseract psql mariadbd redis-server dovecot chromium javac mvn; \
  do command -v $$program >/dev/null || echo $$program; done)

.PHONY: help setup page up test test-fast test-diffusion reliability lint check docs bench lock clean

help:  ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP)  ## Make the environment (.venv) from hash-locked requirements

$(STAMP): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Vedette needs Python 3.11 or newer; this is $$($(PYTHON) --version). Set PYTHON=/path/to/python3.11."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing; install it (on Debian: apt-get install python3-venv)."; exit 1; }
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m vedette.spread.kernels
	@touch $(STAMP)

$(DEV): $(STAMP) requirements-dev.txt tests/servers/java/jars.sha256
	$(PIP) --require-hashes -r requirements-dev.txt
	@test -z "$(SYSTEM_MISSING)" || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	  apt-get update -qq && apt-get install -qq -y --no-install-recommends $(SYSTEM_PACKAGES) >/dev/null; } || \
	  echo "Some tests will be skipped; on Debian: apt-get install $(SYSTEM_PACKAGES)"
	@tests/servers/java/install.sh $(VENV)/mongodb || echo "The tests of MongoDB will be skipped: their server cannot be had."
	@touch $(DEV)

page: $(PAGE)/index.html  ## Build the page (Node.js 20.19 or newer)

NODE_FITS = command -v npm >/dev/null && node -e 'const [major, minor] = process.versions.node.split(".").map(Number); \
  process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'

$(PAGE)/index.html: $(MODULES) ui/index.html ui/vite.config.ts $(shell find ui/src ui/public ui/scripts -type f)
	@$(NODE_FITS) || { echo "The page needs Node.js 20.19 or newer, with npm, to be built; without it Vedette serves its API and a plain page."; exit 0; }; \
	  cd ui && npm run --silent build

$(MODULES): ui/package-lock.json
	@$(NODE_FITS) || exit 0; cd ui && npm ci --ignore-scripts --no-audit --no-fund --silent

up: setup page  ## Read the sample library, start the server, show a first answer
	$(BIN)/vedette up

test: $(DEV)  ## Every test
	$(PYTEST)

test-fast: $(DEV)  ## The tests of every day: no servers, no browser
	$(PYTEST) -m "not slow" -q

test-diffusion: $(DEV)  ## The tests that need torch, in an environment of their own (5 GB)
	$(BIN)/python -m benchmarks.peers torch
	PYTHONPATH=src .bench/torch/bin/python -m pytest --noconftest -q -k "diffusion or denoising" tests/contracts/test_curve_models.py \
	  tests/unit/engines/test_diffusion.py tests/unit/engines/test_diffusion_hosts.py tests/unit/engines/test_denoising.py

reliability: $(DEV)  ## Run the tests of faults; writes docs/reliability.md
	$(BIN)/python -m pytest -n0 tests/journeys/faults --reliability docs/reliability.md

lint: $(DEV)  ## Style, types, who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## What CI runs: lint, then every test

docs: $(DEV)  ## Write docs/reference from the program
	$(BIN)/python scripts/write_reference.py

bench: $(DEV)  ## Measure ourselves beside the peers; writes benchmarks/results.json and RESULTS.md
	$(BIN)/python -m benchmarks.peers
	$(BIN)/python -m benchmarks

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

lock: $(DEV)  ## Lock the requirements anew, with hashes and without addresses
	$(BIN)/$(LOCK) --extra build pyproject.toml -o requirements.txt
	$(BIN)/$(LOCK) --extra build --extra qdrant --extra s3 --extra postgresql --extra mysql --extra redis --extra mongodb --extra sms --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:  ## Remove the environment and what tests leave behind; the data folder stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

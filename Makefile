# `make check` runs what .ci/run runs, in the Python that is active.
PYTHON ?= python

.PHONY: help check check-static lint types spelling docstrings docs test format clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

check: check-static test ## everything that CI runs

check-static: lint types spelling docstrings docs ## everything but the tests

lint: ## rules and layout of the code
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types: ## mypy
	$(PYTHON) -m mypy mmacl tools

spelling: ## misspelt words
	$(PYTHON) -m codespell_lib

docstrings: ## share of documented names
	$(PYTHON) -m interrogate mmacl tools

docs: ## HTML pages in docs/en/_build/html; any warning fails
	$(PYTHON) -m sphinx -W --keep-going -q -b html docs/en docs/en/_build/html

test: ## the tests
	$(PYTHON) -m pytest

format: ## mend what can be mended mechanically
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

clean: ## remove what the checks leave behind
	rm -rf build docs/en/_build .mypy_cache .pytest_cache .ruff_cache .coverage .hypothesis

# `make check` runs what .ci/run runs, in the Python that is active.
PYTHON ?= python
export PYTHON

.PHONY: help check check-static lint types spelling docstrings figures docs test format clean

help: ## show this list
	@grep -E '^[a-z -]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 40

check: check-static test ## everything that continuous integration runs

check-static: ## everything but the tests
	.ci/static

lint types spelling docstrings figures docs: ## one check alone
	.ci/static $@

test: ## the tests
	$(PYTHON) -m pytest

format: ## mend what can be mended mechanically
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

clean: ## remove what the checks leave behind
	rm -rf build docs/en/_build .mypy_cache .pytest_cache .ruff_cache .coverage .hypothesis

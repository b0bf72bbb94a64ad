PYTHON ?= python3
INSTALL = $(PYTHON) -B local/install.py

.DEFAULT_GOAL := help
.PHONY: help run test check screenshot clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\): .*## /  make \1	/p' $(firstword $(MAKEFILE_LIST))

run: ## Serve the API with a local AWS at http://127.0.0.1:5000 (PORT=5001 moves it)
	@$(INSTALL) .venv requirements.txt
	@$(INSTALL) .venv-local local/requirements.txt
	@.venv/bin/python -B -m local

test: ## Run the whole test suite
	@$(INSTALL) .venv requirements-dev.txt
	@$(INSTALL) .venv-local local/requirements.txt
	@.venv/bin/pytest

check: ## Lint, check the format and the types
	@$(INSTALL) .venv requirements-dev.txt
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@test ! -e template.yaml || .venv/bin/cfn-lint template.yaml

screenshot: ## Take docs/apidocs.png again
	@$(INSTALL) .venv requirements-dev.txt
	@$(INSTALL) .venv-local local/requirements.txt
	@PYTHONPATH=. .venv/bin/python -B tests/screenshot.py

clean: ## Remove the environments and the caches
	@rm -rf .venv .venv-local .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

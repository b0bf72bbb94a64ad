PYTHON ?= python3
INSTALL = $(PYTHON) -B tools/install.py
ARCHITECTURE ?= x86_64
RUNTIME ?= python3.11
LOCK = .venv/bin/uv pip compile --quiet --upgrade --generate-hashes --python-platform linux \
  --python-version 3.11 --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help run doctor walk fidelity replay test check bench package lock deploy-local screenshot findings clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\): .*## /  make \1	/p' $(firstword $(MAKEFILE_LIST))

run: ## Serve the API on a local Cognito at http://127.0.0.1:5000 (PORT=5001 for another port)
	@$(INSTALL) .venv requirements.txt
	@$(INSTALL) .venv-cognito local/requirements-cognito.txt
	@.venv/bin/python -B -m local

doctor: ## Say which setting of the API or of its pool is wrong, from the API's environment
	@$(INSTALL) .venv requirements.txt
	@.venv/bin/python -B -m doctor

test: ## Run the whole test suite
	@$(INSTALL) .venv requirements-dev.txt
	@$(INSTALL) .venv-cognito local/requirements-cognito.txt
	@$(INSTALL) .venv-ministack local/requirements-ministack.txt
	@-.venv/bin/python -B -m tests.support.lambda_runtime
	@.venv/bin/pytest -n auto --dist loadfile

check: ## Lint, check the format and the types
	@$(INSTALL) .venv requirements-dev.txt
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@.venv/bin/cfn-lint template.yaml

bench: ## Measure what the API costs beyond Flask and boto3 alone, in about five minutes
	@$(INSTALL) .venv-bench benchmarks/requirements.txt
	@-.venv-bench/bin/python -B -m tests.support.lambda_runtime
	@.venv-bench/bin/python -B -m benchmarks

package: ## Write lambda_package.zip and print its size (ARCHITECTURE=arm64, RUNTIME=python3.13)
	@$(INSTALL) .venv requirements.txt
	@.venv/bin/python -B deploy/package.py --architecture $(ARCHITECTURE) --runtime $(RUNTIME)

lock: ## Renew requirements.lock: the exact versions and hashes of all that ships
	@$(INSTALL) .venv requirements-dev.txt
	@$(LOCK) requirements.txt --output-file requirements.lock
	@$(LOCK) deploy/build.txt --output-file deploy/build.lock

deploy-local: ## Deploy template.yaml to a local AWS, at http://127.0.0.1:5000
	@$(INSTALL) .venv requirements.txt
	@$(INSTALL) .venv-cognito local/requirements-cognito.txt
	@$(INSTALL) .venv-ministack local/requirements-ministack.txt
	@.venv/bin/python -B -m local.deploy

walk: ## Take every operation of a running API (ONLY=passkeys; BASE_URL=... EMAIL=... for a deployed one)
	@$(INSTALL) .venv requirements.txt
	@.venv/bin/python -B -m walk \
	  $(if $(BASE_URL),--base-url "$$BASE_URL") $(if $(EMAIL),--email "$$EMAIL") \
	  $(if $(PHONE),--phone "$$PHONE") $(if $(ONLY),--only "$$ONLY")

fidelity: ## Say what a deployed API answers otherwise than a local one (BASE_URL=... EMAIL=...)
	@$(INSTALL) .venv requirements.txt
	@$(INSTALL) .venv-cognito local/requirements-cognito.txt
	@.venv/bin/python -B -m walk.fidelity \
	  $(if $(BASE_URL),--base-url "$$BASE_URL") $(if $(EMAIL),--email "$$EMAIL") \
	  $(if $(PHONE),--phone "$$PHONE") $(if $(ONLY),--only "$$ONLY") \
	  $(if $(JSON),--json) $(if $(RECORD),--record "$$RECORD")

replay: ## Compare local stand-ins with recorded answers of Cognito (ENDPOINTS="local aws" asks AWS)
	@$(INSTALL) .venv requirements.txt
	@$(INSTALL) .venv-cognito local/requirements-cognito.txt
	@$(INSTALL) .venv-ministack local/requirements-ministack.txt
	@.venv/bin/python -B -m walk.recorded $(ENDPOINTS)

screenshot: ## Take docs/page.png and docs/apidocs.png again
	@$(INSTALL) .venv requirements-dev.txt
	@$(INSTALL) .venv-cognito local/requirements-cognito.txt
	@.venv/bin/python -B -m tools.screenshot

findings: ## Write the table of what the doctor finds into docs/troubleshooting.md
	@$(INSTALL) .venv requirements.txt
	@.venv/bin/python -B -m tools.findings

clean: ## Remove the environments, the caches and what was built
	@rm -rf .local .venv .venv-cognito .venv-ministack .venv-lambda .venv-bench .aws-sam lambda_package.zip
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

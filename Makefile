# The common tasks. Each installs what it needs into .venv first, from the locks: nothing but Python 3.11 or newer,
# make and bash must be there, git for the tests (on a Debian without it, or without venv, root, so that apt can help), and
# OpenSSH's server for those of SSH, which are left out else.
#
# PYTHON=python3.13   the Python to use        VENV=folder   instead of .venv
# ARGS="..."          passed on to syndicator, pytest or the benchmark

VENV := .venv
ARGS :=
UPGRADE :=
export VENV UPGRADE
# A PYTHONPATH or PYTHONHOME of the machine would mix other packages with the locked ones.
unexport PYTHONPATH PYTHONHOME
# Without bytecode each of the hundreds of commands and services that the tests start would compile all anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test test-readers soak lint format bench image-test lock clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name does; do printf '%-18s%s\n' "$$name" "$$does"; done

run: ## start the service on config/syndicator.toml, the demo at first; Ctrl-C stops it
	@bash .ci/setup run
	@exec $(VENV)/bin/syndicator run $(ARGS)

test: ## run every test
	@bash .ci/setup dev
	$(VENV)/bin/pytest -n auto --dist=worksteal $(ARGS)

test-readers: ## let every reader read the feeds, newsboat, rss2email and npm's too, and say who sees what
	@bash .ci/setup dev
	@bash .ci/test-readers $(ARGS)

soak: ## ten minutes of random edits, faults and kills, and whether all is well in the end
	@bash .ci/setup dev
	$(VENV)/bin/python -m tests.soak $(ARGS)

lint: ## check style, types, scripts, the Dockerfile and the locks
	@bash .ci/setup dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	@[ -x $(VENV)/bin/shellcheck ] || echo "shellcheck is not to be had for this platform: the scripts go unchecked"
	[ ! -x $(VENV)/bin/shellcheck ] || $(VENV)/bin/shellcheck .ci/run .ci/setup .ci/lock .ci/image-test .ci/test-readers
	$(VENV)/bin/hadolint Dockerfile
	$(VENV)/bin/python -m pip check

format: ## put the code into shape
	@bash .ci/setup dev
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: ## measure speed and memory
	@bash .ci/setup dev
	$(VENV)/bin/python -m tests.bench $(ARGS)

image-test: ## build the container image and try it for real, without a container engine's daemon
	@bash .ci/setup run
	@bash .ci/image-test

lock: ## write the locks anew after a change of pyproject.toml; UPGRADE=1 takes newer versions
	@bash .ci/setup dev
	@bash .ci/lock

clean: ## remove .venv and the caches; feeds and state stay
	@if [ -e $(VENV)/.syndicator ]; then rm -rf $(VENV); fi
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .cache
	find . -name __pycache__ -prune -exec rm -rf {} +

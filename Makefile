# Two commands: `make run` and `make test`. What they do once the environment stands is in ops/.

VENV := .venv
OURS := $(VENV)/bin/chengshao
# Stamps lie in the environment, so that they go with it.
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --no-input
# The first Python of this machine that is new enough; PYTHON=… names another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	&& echo $$p && break; done)
# On a terminal pip shows what it fetches; in a log only what goes wrong.
QUIET = $$(test -t 1 || echo -q)

.PHONY: help run test lint bench hostile shots
.DELETE_ON_ERROR:

help:
	@echo 'make run    启动城哨（首次会自动安装）    start Chengshao (installs itself first)'
	@echo 'make test   全部检查与测试                all checks and tests'
	@echo 'make lint   只检查不测试                  checks without the tests'
	@echo 'make bench  在一次性的数据库上测量            measures on a throwaway database'
	@echo 'make hostile 用十万个敌意输入试遍各入口    a hundred thousand hostile inputs (EXAMPLES=…)'
	@echo 'make shots  给运行中的实例每页截图        pictures of every page of a running instance'

run: $(RUNTIME)
	@exec $(OURS) run

test: $(DEV)
	@exec $(OURS) test $(ARGS)

lint: $(DEV)
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && \
	$(VENV)/bin/mypy . && $(VENV)/bin/lint-imports --no-logo

bench: $(RUNTIME)
	@exec $(OURS) bench $(ARGS)

hostile: $(DEV)
	@EXAMPLES=$${EXAMPLES:-100000} exec $(OURS) test tests/hostile -q -n 2 --dist load $(ARGS)

shots: $(DEV)
	@BASE_URL=$${BASE_URL:-http://127.0.0.1:$${PORT:-8000}} $(VENV)/bin/python -m tests.browser.shots

$(VENV)/bin/python:
	@test -n '$(PYTHON)' || { \
	echo '✗ 需要 Python 3.11 或更高版本。Debian/Ubuntu：apt install python3 python3-venv' >&2; \
	echo '  Python 3.11 or later is needed (Debian: apt install python3 python3-venv).' >&2; \
	exit 1; }
	@command -v git >/dev/null 2>&1 || { \
	echo '✗ 需要 git。Debian/Ubuntu：apt install git' >&2; \
	echo '  git is needed (Debian: apt install git).' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	echo '✗ 这个 Python 没有 venv。Debian/Ubuntu：apt install python3-venv' >&2; \
	echo '  This Python lacks venv (Debian: apt install python3-venv).' >&2; exit 1; }
	@echo '  … 建立 Python 环境 · Python environment ($(VENV))'
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock pyproject.toml $(VENV)/bin/python
	@echo '  … 安装运行所需的包，首次约一分钟 · packages to run, about a minute the first time'
	@$(PIP) install $(QUIET) --require-hashes -r requirements.lock
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@echo '  … 安装测试所需的包 · packages to test'
	@$(PIP) install $(QUIET) --require-hashes -r requirements-dev.lock
	@touch $@

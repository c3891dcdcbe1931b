# 联调 liantiao: everything a person types. Needs GNU make and Python 3.11 or newer; the rest goes into .venv.

CASES ?= 830000
SEED  ?= 2024
OUT   ?= out/run
# Parts of the main job to do, of acceptance load simulation; empty: all of them.
ONLY  ?=

VENV   := .venv
PY     := $(VENV)/bin/python
STAMPS := $(VENV)/stamps
PIP    := $(PY) -m pip install -qq

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export PIP_NO_CACHE_DIR := 1
endif

# An environment that was moved, or whose Python is gone, is built again.
FRESH := $(shell test "$$(cat $(STAMPS)/root 2>/dev/null)" = "$(CURDIR)" && $(PY) -c '' 2>/dev/null && echo yes)

.DELETE_ON_ERROR:
.PHONY: help run test lint bench clean rebuild

help:
	@echo "make run    验收、加压、仿真 $(CASES) 件，出一页总览   accept, load, simulate, one index (CASES=$(CASES) SEED=$(SEED) OUT=$(OUT) ONLY=$(ONLY))"
	@echo "make test   检查与测试             lint, types and tests"
	@echo "make lint   只做静态检查           lint and types only"
	@echo "make bench  性能对比               run benchmarks/*.py"
	@echo "make clean  删除环境、缓存和输出   remove .venv, caches and out/"

# The run before stays until the new one is complete.
run: $(STAMPS)/run
	@$(VENV)/bin/liantiao run --cases $(CASES) --seed $(SEED) --out "$(OUT)" $(ONLY:%=--only %) --replace

test: lint
	@$(PY) -m pytest -n 2 --dist worksteal

lint: $(STAMPS)/dev
	@$(PY) -m ruff check --quiet --output-format concise .
	@$(PY) -m ruff format --check --quiet . || { echo "格式不符，请运行 to fix, run: $(PY) -m ruff format ."; exit 1; }
	@$(PY) -m mypy

bench: $(STAMPS)/bench
	@for script in $(sort $(wildcard benchmarks/*.py)); do echo "== $$script"; $(PY) $$script || exit 1; done

clean:
	@rm -rf $(VENV) out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment: one stamp for each set of packages --------------------------------------------------------------

$(STAMPS)/run: requirements.txt pyproject.toml $(STAMPS)/python
	@echo "安装运行环境 installing what liantiao runs on …"
	@$(PIP) --require-hashes --only-binary :all: -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/dev: requirements-dev.txt $(STAMPS)/run
	@echo "安装测试工具 installing what the tests need …"
	@$(PIP) --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@

$(STAMPS)/bench: requirements-bench.txt $(STAMPS)/dev
	@echo "安装对比用的仿真库 installing the simulators to compare with …"
	@$(PIP) --require-hashes --only-binary :all: -r requirements-bench.txt
	@touch $@

# Prints the first Python of 3.11 or newer that really starts.
define FIND_PYTHON
for python in $(PYTHON) python3.11 python3 python3.12 python3.13; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then break; fi; python=; \
done
endef

$(STAMPS)/python: $(if $(FRESH),,rebuild)
	@$(FIND_PYTHON); \
	if [ -z "$$python" ]; then \
		echo "需要 Python 3.11 或更新版本：请先安装 python3。 Python 3.11 or newer is needed: install python3 first." >&2; exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		versioned=python$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "安装 installing $$versioned …"; \
			export DEBIAN_FRONTEND=noninteractive; { apt-get update && { apt-get install -y $$versioned || apt-get install -y python3-venv; }; } >/dev/null 2>&1 || true; \
		fi; \
		if ! $$python -c 'import ensurepip, venv' >/dev/null 2>&1; then \
			echo "缺少 venv：请用管理员安装 $$versioned 后重试。 venv is missing: install $$versioned as root, then try again." >&2; exit 1; \
		fi; \
	fi; \
	rm -rf $(VENV) && $$python -m venv $(VENV) && mkdir -p $(STAMPS) && echo "$(CURDIR)" > $(STAMPS)/root && touch $@

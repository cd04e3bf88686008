# `make` lists the targets. Every recipe is one command that also works where there is no make
# (docs/yearly_update.md). A path carries the value of each variable that it depends on.

YEAR        ?= 107
REPORT_LANG ?= both
KPI         ?= effective_closure_rate
CASES       ?= auto
FRACTION    ?= 1
JOBS        ?= 2
SECONDS     ?= 600
PARAMS      ?=
PYTHON      ?= python3

MAKEFLAGS += --no-builtin-rules --jobs=$(JOBS)
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help
export REPORT_LANG
.PHONY: help report study verify test pythons edges definitions fuzz crash check format lab site bench clean lock environment cases 01_cases 02_kpi 03_combination 04_thresholds 06_audit audit 07_report

BIN    := $(if $(filter Windows_NT,$(OS)),.venv/Scripts,.venv/bin)
READY  := .venv/ready
RUN    := $(BIN)/python -m closurerate.cli

# What is built of what stands in src/closurerate/making/recipes.py, once for make and `closurerate build`.
# Python looks at what was typed, and gives the rules as make reads them, `;;` between two.
CHECKED_FIRST := YEAR REPORT_LANG KPI CASES FRACTION JOBS PARAMS
TYPED := $(foreach name,$(.VARIABLES),$(if $(findstring command,$(origin $(name))),$(name)))
GIVEN := $(shell $(PYTHON) -I -S src/closurerate/making/for_make.py $(foreach name,$(CHECKED_FIRST),"$(name)=$($(name))") -- $(TYPED) -- $(MAKECMDGOALS))
ifneq ($(firstword $(GIVEN)),OK)
$(error $(or $(wordlist 2,99,$(GIVEN)),PYTHON=$(PYTHON) does not run: name a Python 3.11 to 3.13))
endif
define LINE_END


endef
$(eval $(subst ;;,$(LINE_END),$(GIVEN)))

help: ## list the targets and variables
	@$(PYTHON) -c "import re; [print(f'{m[1]:15} {m[2]}') for m in re.finditer(r'(?m)^(\w+):.*?## (.+)', open('Makefile', encoding='utf-8').read())]"
	@$(PYTHON) -c "print('variables       YEAR=$(YEAR) REPORT_LANG=$(REPORT_LANG) (both, zh-Hant, en) KPI=$(KPI) CASES=$(CASES) (auto, extract, synthetic) FRACTION=$(FRACTION) PARAMS=$(PARAMS)')"
	@$(PYTHON) -c "print('your notebooks  make NAME for each notebooks/NAME.ipynb of yours: $(or $(OWN),none yet; copy notebooks/template.ipynb)')"

report: ## the yearly report and its notebooks as HTML and PDF, under reports/YEAR/
study: ## the study of how the KPI combines and of its thresholds, as HTML and PDF
01_cases: ## only what came in: counts, structure, flow
02_kpi: ## only the KPI: national, branches, both series
03_combination: ## only how its parts combine: incentives, change, ranks
04_thresholds: ## only what its thresholds do
audit: ## the audit: printed figures judged, a second count, stocks, patterns, as HTML and PDF
06_audit: ## the same
07_report: ## only the yearly report
.PHONY: $(OWN)
cases: ## only the case data: the extract taken in, or a synthetic one
verify: $(READY) ## make the year's reports again in a fresh folder, and compare every file
	$(RUN) verify $(REPORTS) --rebuild

# Environment --------------------------------------------------------------------------------
environment: $(READY) ## make .venv from requirements.lock
$(READY): requirements-uv.lock requirements.lock requirements-axe.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else 'closurerate needs Python 3.11 to 3.13; name one with make PYTHON=python3.11')"
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-uv.lock
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock requirements-axe.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -c "import pathlib; pathlib.Path('$@').touch()"

UNHASHED := --quiet --universal --python-version 3.11 --no-emit-index-url --custom-compile-command "make lock"
COMPILE := $(UNHASHED) --generate-hashes
lock: $(READY) ## regenerate the six requirements locks from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml $(COMPILE) --group test --group environment --upgrade --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml $(COMPILE) --group environment --group lab --no-emit-package rfc3987-syntax --constraint requirements.lock --upgrade --output-file requirements-lab.lock
	$(BIN)/uv pip compile pyproject.toml $(UNHASHED) --no-annotate --group lab --constraint requirements.lock --constraint requirements-lab.lock --upgrade --output-file requirements-conda.lock
	$(BIN)/uv pip compile $(COMPILE) --group pyproject.toml:docs --constraint requirements.lock --constraint requirements-lab.lock --upgrade --output-file requirements-docs.lock
	$(BIN)/uv pip compile $(COMPILE) --group pyproject.toml:uv --constraint requirements.lock --upgrade --output-file requirements-uv.lock
	$(BIN)/uv pip compile $(COMPILE) --group pyproject.toml:axe --no-deps --constraint requirements.lock --upgrade --output-file requirements-axe.lock

.venv/lab: $(READY) requirements-lab.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --require-hashes --requirement requirements-lab.lock
	$(BIN)/python -c "import pathlib; pathlib.Path('$@').touch()"

# What git is to know of a notebook that was run: its cells alone (.gitattributes).
KERNEL_TOLD := codemirror_mode file_extension mimetype nbconvert_exporter pygments_lexer version
CLEANED     := $(BIN)/python -m nbstripout --keep-id --extra-keys \"$(KERNEL_TOLD:%=metadata.language_info.%)\"
lab: .venv/lab ## open JupyterLab on the cases that are there, or on a hundredth of a synthetic year
	-git config filter.notebooks.clean "$(CLEANED)"
	$(if $(HAS_CASES),,$(MAKE) --no-print-directory measured CASES=synthetic FRACTION=0.01)
	$(BIN)/python -m jupyterlab --allow-root --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks --FileContentsManager.post_save_hook=closurerate.cli.lab.tell_git

.venv/docs: $(READY) requirements-docs.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --require-hashes --requirement requirements-docs.lock
	$(BIN)/python -c "import pathlib; pathlib.Path('$@').touch()"

site: .venv/docs ## the documentation as a site, under reports/site/; its code is run on synthetic cases
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going --jobs $(JOBS) --conf-dir docs --fresh-env --doctree-dir reports/.site . reports/site

# Quality ------------------------------------------------------------------------------------
test: $(READY) ## run the whole test suite
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal

pythons: $(READY) ## a quick part of the suite on each other supported Python of this machine
	$(BIN)/python tests/other_pythons.py

edges: $(READY) ## every degenerate year, each command on a full disk, a year made again, for minutes
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal -m exhaustive tests/test_degenerate_years.py tests/records/test_writing.py tests/audit/test_manifest.py

definitions: $(READY) ## try every notebook on definitions of every kind, in both languages
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal -m exhaustive tests/test_foreign_definitions.py

fuzz: $(READY) ## try the intake on damaged files and killed runs, and formulas, for SECONDS (600) each
	$(BIN)/python tests/intake/fuzz_intake.py --seconds $(SECONDS)
	$(BIN)/python tests/kpi/fuzz_formulas.py --seconds $(SECONDS)

crash: $(READY) ## kill each command before each of its file operations, and run it again
	$(BIN)/python tests/crash_points.py

check: $(READY) ## formatting, lint and types, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY) ## format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/lab measured ## measure the intake, the count, the scenarios, the report, the worlds and the panel
	$(BIN)/python -m benchmarks --out reports/benchmark
	$(BIN)/python -m benchmarks.panel --year $(YEAR)

clean: ## remove what was built: reports, cases and caches; .venv stays
	$(PYTHON) -c "import shutil; [shutil.rmtree(p, ignore_errors=True) for p in ('data/cases', '.pytest_cache', '.ruff_cache', '.mypy_cache', '.hypothesis')]"
	$(PYTHON) -c "import pathlib, shutil; [shutil.rmtree(p) if p.is_dir() else p.unlink() for p in pathlib.Path('reports').iterdir() if p.name != 'README.md']"

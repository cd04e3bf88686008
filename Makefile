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
.PHONY: help report study test edges definitions fuzz crash check format lab site bench clean lock environment cases 01_cases 02_kpi 03_combination 04_thresholds 07_report linked newer

BIN    := $(if $(filter Windows_NT,$(OS)),.venv/Scripts,.venv/bin)
READY  := .venv/ready
RUN    := $(BIN)/python -m closurerate.cli

# Python looks at what was typed before anything is made; it says the year before too.
CHECKED_FIRST := YEAR REPORT_LANG KPI CASES FRACTION JOBS
TYPED := $(foreach name,$(.VARIABLES),$(if $(findstring command,$(origin $(name))),$(name)))
GIVEN := $(shell $(PYTHON) -I src/closurerate/cli/make_variables.py $(foreach name,$(CHECKED_FIRST),"$(name)=$($(name))") -- $(TYPED))
ifneq ($(firstword $(GIVEN)),ok)
$(error $(or $(wordlist 2,99,$(GIVEN)),PYTHON=$(PYTHON) does not run: name a Python 3.11 to 3.13))
endif
BEFORE := $(word 2,$(GIVEN))
ifneq ($(filter report 07_report,$(MAKECMDGOALS)),)
ifeq ($(wildcard data/years/$(YEAR).yml),)
$(error YEAR=$(YEAR): data/years/$(YEAR).yml is missing, which the author of the report supplies: `closurerate new-year $(YEAR)` writes one to fill in, for a year from 106 on)
endif
endif
KPI_FILE := $(firstword $(wildcard data/kpi/$(KPI).yml data/kpi/proposals/$(KPI).yml))

# Python looks for an extract, as make cannot follow each name that a file may have.
LOOK   := $(PYTHON) -I src/closurerate/intake/came/raw_folder.py
RAW    := $(shell $(LOOK) data/raw/$(YEAR) data/cases/$(YEAR)/extract/cases.parquet)
KIND   := $(if $(filter auto,$(CASES)),$(if $(RAW),extract,synthetic),$(CASES))
SOURCE := $(if $(filter synthetic,$(KIND)),$(if $(filter 1,$(FRACTION)),synthetic,synthetic-$(FRACTION)),extract)

# The year before, whose cases the study compares with where there are any.
RAW_BEFORE  := $(shell $(LOOK) data/raw/$(BEFORE) data/cases/$(BEFORE)/extract/cases.parquet)
HAS_BEFORE  := $(if $(filter extract,$(KIND)),$(RAW_BEFORE),$(wildcard data/published/$(BEFORE).yml))
CASE_BEFORE := $(if $(HAS_BEFORE),data/cases/$(BEFORE)/$(SOURCE)/cases.parquet)

IN      := data/cases/$(YEAR)/$(SOURCE)
CASE    := $(IN)/cases.parquet
PROFILE := $(IN)/profile.json
CHECKED := data/cases/$(YEAR)/definitions.$(KPI)
COUNTS  := $(IN)/counts.$(KPI).parquet
REPAID  := $(IN)/repayments.$(KPI).parquet
WORLDS  := $(if $(filter synthetic,$(KIND)),$(IN)/worlds.$(KPI).json)
OUT     := reports/$(YEAR)/$(SOURCE)
# A notebook is run once, and printed in each language.
RUNS    := $(OUT)/notebooks
RUNSKPI := $(RUNS)/$(KPI)
CLOSED  := $(OUT)/restricted/$(KPI)
LANGS   := $(if $(filter both,$(REPORT_LANG)),zh-Hant en,$(REPORT_LANG))
in_each  = $(foreach lang,$(LANGS),$(foreach file,$(1),$(OUT)/$(lang)/$(file)))
both     = $(call in_each,$(KPI)/$(1).html $(KPI)/$(1).pdf)
STUDY   := $(call both,03_combination) $(call both,04_thresholds) $(CLOSED)/breakpoints.csv
# The longest first: the others are made beside it.
REPORT  := $(call both,07_report) $(call in_each,01_cases.html $(KPI)/02_kpi.html)
MADE_report         := $(REPORT)
MADE_study          := $(STUDY)
MADE_01_cases       := $(call in_each,01_cases.html)
MADE_02_kpi         := $(call in_each,$(KPI)/02_kpi.html)
MADE_03_combination := $(call both,03_combination)
MADE_04_thresholds  := $(call both,04_thresholds)
MADE_07_report      := $(call both,07_report)
# Notebooks of one's own; PARAMS is what they are run with: NAME=VALUE, several apart by a space.
SHIPPED  := 01_cases 02_kpi 03_combination 04_thresholds 07_report template
OWN      := $(filter-out $(SHIPPED),$(basename $(notdir $(wildcard notebooks/*.ipynb))))
SPACE    := $(subst ,, )
GIVEN_BY := $(if $(PARAMS),/$(subst =,-,$(subst $(SPACE),_,$(strip $(PARAMS)))))
$(foreach name,$(OWN),$(eval MADE_$(name) := $(call in_each,$(KPI)$(GIVEN_BY)/$(name).html $(KPI)$(GIVEN_BY)/$(name).pdf)))

CODE        := src/closurerate
RECORD_CODE := $(wildcard $(CODE)/*.py $(CODE)/records/*.py $(CODE)/records/*.yml)
CASES_CODE  := $(RECORD_CODE) $(wildcard $(CODE)/cases/*.py)
SYNTH_CODE  := $(CASES_CODE) $(wildcard $(CODE)/synthetic/*.py)
KPI_CODE    := $(RECORD_CODE) $(wildcard $(CODE)/kpi/*.py)
# Pages and drawings only show: nothing that is computed depends on them.
computing    = $(foreach file,$(wildcard $(1)),$(if $(or $(findstring page,$(notdir $(file))),$(findstring drawing,$(notdir $(file)))),,$(file)))
INTAKE_CODE := $(CASES_CODE) $(filter-out $(CODE)/intake/validation/%,$(call computing,$(CODE)/intake/*.py $(CODE)/intake/*/*.py))
MEASURE_CODE := $(CASES_CODE) $(CODE)/study/thresholds/repayments.py
STUDY_CODE  := $(call computing,$(CODE)/study/*.py $(CODE)/study/*/*.py)
REPORT_CODE := $(RECORD_CODE) $(wildcard $(CODE)/press/*.py $(CODE)/press/*/*.py $(CODE)/press/vocabulary/*.yml $(CODE)/year/*.py $(CODE)/intake/*page*.py $(CODE)/study/*page*.py $(CODE)/study/*/*page*.py $(CODE)/study/*/*drawing*.py)
EXPORT_CODE := $(REPORT_CODE) $(wildcard $(CODE)/press/export/templates/* $(CODE)/press/export/templates/*/*)
PUBLISHED   := $(wildcard data/published/*.yml)
KPI_FILES   := $(wildcard data/kpi/*.yml data/kpi/proposals/*.yml)
# The definitions that the study names, as the last check of all of them found.
STUDIED     :=
-include $(CHECKED).d
COMPARED    := data/study.yml $(wildcard $(STUDIED))
DECIDED     := data/vocabulary.yml $(wildcard data/columns/*.yml data/corrections/$(YEAR).yml)
AUTHORED    := $(wildcard data/years/$(YEAR).yml)

help: ## list the targets and variables
	@$(PYTHON) -c "import re; [print(f'{m[1]:15} {m[2]}') for m in re.finditer(r'(?m)^(\w+):.*?## (.+)', open('Makefile', encoding='utf-8').read())]"
	@$(PYTHON) -c "print('variables       YEAR=$(YEAR) REPORT_LANG=$(REPORT_LANG) (both, zh-Hant, en) KPI=$(KPI) CASES=$(CASES) (auto, extract, synthetic) FRACTION=$(FRACTION) PARAMS=$(PARAMS)')"
	@$(PYTHON) -c "print('your notebooks  make NAME for each notebooks/NAME.ipynb of yours: $(or $(OWN),none yet; copy notebooks/template.ipynb)')"

report: $(MADE_report) linked ## the yearly report and its notebooks as HTML and PDF, under reports/YEAR/
study: $(MADE_study) linked ## the study of how the KPI combines and of its thresholds, as HTML and PDF
01_cases: $(MADE_01_cases) linked ## only what came in: counts, structure, flow
02_kpi: $(MADE_02_kpi) linked ## only the KPI: national, branches, both series
03_combination: $(MADE_03_combination) linked ## only how its parts combine: incentives, change, ranks
04_thresholds: $(MADE_04_thresholds) linked ## only what its thresholds do
07_report: $(MADE_07_report) linked ## only the yearly report
.PHONY: $(OWN)
$(foreach name,$(OWN),$(eval $(name): $(MADE_$(name)) linked))
cases: $(CASE) ## only the case data: the extract taken in, or a synthetic one

# Environment --------------------------------------------------------------------------------
environment: $(READY) ## make .venv from requirements.lock
$(READY): requirements-uv.lock requirements.lock requirements-axe.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else 'closurerate needs Python 3.11 to 3.13; name one with make PYTHON=python3.11')"
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-uv.lock
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock requirements-axe.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -c "import pathlib; pathlib.Path('$@').touch()"

COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
lock: $(READY) ## regenerate the five requirements locks from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml $(COMPILE) --group test --group environment --upgrade --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml $(COMPILE) --group environment --group lab --no-emit-package rfc3987-syntax --constraint requirements.lock --upgrade --output-file requirements-lab.lock
	$(BIN)/uv pip compile $(COMPILE) --group pyproject.toml:docs --constraint requirements.lock --constraint requirements-lab.lock --upgrade --output-file requirements-docs.lock
	$(BIN)/uv pip compile $(COMPILE) --group pyproject.toml:uv --constraint requirements.lock --upgrade --output-file requirements-uv.lock
	$(BIN)/uv pip compile $(COMPILE) --group pyproject.toml:axe --no-deps --constraint requirements.lock --upgrade --output-file requirements-axe.lock

.venv/lab: $(READY) requirements-lab.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --require-hashes --requirement requirements-lab.lock
	$(BIN)/python -c "import pathlib; pathlib.Path('$@').touch()"

# What git is to know of a notebook that was run: its cells alone (.gitattributes).
KERNEL_TOLD := codemirror_mode file_extension mimetype nbconvert_exporter pygments_lexer version
CLEANED     := $(BIN)/python -m nbstripout --keep-id --extra-keys \"$(KERNEL_TOLD:%=metadata.language_info.%)\"
HAS_CASES   := $(RAW)$(wildcard data/cases/$(YEAR)/*/counts.$(KPI).parquet)
lab: .venv/lab ## open JupyterLab on the cases that are there, or on a hundredth of a synthetic year
	-git config filter.notebooks.clean "$(CLEANED)"
	$(if $(HAS_CASES),,$(MAKE) --no-print-directory measured CASES=synthetic FRACTION=0.01)
	$(BIN)/python -m jupyterlab --allow-root --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks --FileContentsManager.post_save_hook=closurerate.cli.lab.tell_git

.venv/docs: $(READY) requirements-docs.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --require-hashes --requirement requirements-docs.lock
	$(BIN)/python -c "import pathlib; pathlib.Path('$@').touch()"

site: .venv/docs ## the documentation as a site, under reports/site/; its code is run on synthetic cases
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going --jobs $(JOBS) --conf-dir docs --fresh-env --doctree-dir reports/.site . reports/site

.PHONY: measured
measured: $(PROFILE) $(COUNTS) $(REPAID)

# Case data ----------------------------------------------------------------------------------
$(CHECKED): $(KPI_FILES) data/study.yml $(KPI_CODE) | $(READY)
	$(RUN) definitions --year $(YEAR) --kpi $(KPI) --out $@

data/cases/$(YEAR)/extract/cases.parquet: $(if $(filter newer,$(RAW)),newer) $(DECIDED) $(INTAKE_CODE) $(if $(RAW_BEFORE),data/cases/$(BEFORE)/extract/cases.parquet) | $(READY) $(CHECKED)
	$(RUN) cases --year $(YEAR) --kind extract --out $@

ifneq ($(SOURCE),extract)
$(CASE): data/synthetic.yml data/kpi/readings.yml $(PUBLISHED) $(SYNTH_CODE) | $(READY) $(CHECKED)
	$(RUN) cases --year $(YEAR) --kind synthetic --fraction $(FRACTION) --out $@
endif

# One process counts the cases, collects the part-paid ones and, where that is not done yet, describes
# them: a pattern with several targets is made at once. What is described is of no KPI.
DESCRIBED := $(wildcard $(PROFILE))
MEASURED  := $(notdir $(COUNTS) $(REPAID) $(if $(DESCRIBED),,$(PROFILE)))
-include $(COUNTS).d $(REPAID).d
$(addprefix data/cases/$(YEAR)/%/,$(MEASURED)): $(CASE) $(KPI_FILE) $(KPI_CODE) $(MEASURE_CODE) | $(READY) $(CHECKED)
	$(RUN) count --year $(YEAR) --cases $(CASE) --kpi $(KPI) --repayments $(REPAID) $(if $(DESCRIBED),,--profile $(PROFILE)) --out $(COUNTS)

ifneq ($(DESCRIBED),)
$(PROFILE): $(CASE) $(CASES_CODE) | $(READY)
	$(RUN) profile --year $(YEAR) --cases $(CASE) --out $@
endif

ifneq ($(RAW_BEFORE),)
data/cases/$(BEFORE)/extract/cases.parquet: $(if $(filter newer,$(RAW_BEFORE)),newer) data/vocabulary.yml $(wildcard data/columns/*.yml data/corrections/$(BEFORE).yml) $(INTAKE_CODE) | $(READY) $(CHECKED)
	$(RUN) cases --year $(BEFORE) --kind extract --out $@
endif

ifneq ($(SOURCE),extract)
ifneq ($(CASE_BEFORE),)
$(CASE_BEFORE): data/synthetic.yml data/kpi/readings.yml $(PUBLISHED) $(SYNTH_CODE) | $(READY) $(CHECKED)
	$(RUN) cases --year $(BEFORE) --kind synthetic --fraction $(FRACTION) --out $@
endif
endif

ifneq ($(WORLDS),)
$(WORLDS): data/synthetic.yml data/worlds.yml data/kpi/readings.yml $(COMPARED) $(PUBLISHED) $(SYNTH_CODE) $(KPI_CODE) $(STUDY_CODE) | $(READY) $(CHECKED)
	$(RUN) worlds --year $(YEAR) --kpi $(KPI) --fraction $(FRACTION) --out $@
endif

# Notebooks and report -----------------------------------------------------------------------
$(RUNS)/01_cases.ipynb: notebooks/01_cases.ipynb $(PROFILE) $(PUBLISHED) $(AUTHORED) $(REPORT_CODE) | $(READY)
	$(RUN) notebook $< --year $(YEAR) --cases $(SOURCE) --line 0 --out $@

$(RUNSKPI)/%.ipynb: notebooks/%.ipynb $(PROFILE) $(COUNTS) $(PUBLISHED) $(AUTHORED) data/kpi/readings.yml $(REPORT_CODE) | $(READY) $(CHECKED)
	$(RUN) notebook $< --year $(YEAR) --cases $(SOURCE) --kpi $(KPI) --line $(or $(LINE_$(firstword $(subst _, ,$*))),0) --out $@
LINE_02 := 1
LINE_04 := 1
LINE_07 := 2

$(RUNSKPI)/03_combination.ipynb: $(REPAID) $(CASE_BEFORE) $(COMPARED) $(STUDY_CODE)
$(RUNSKPI)/04_thresholds.ipynb: $(REPAID) $(CASE_BEFORE) $(WORLDS) $(COMPARED) $(STUDY_CODE) data/worlds.yml
$(RUNSKPI)/07_report.ipynb: $(REPAID) $(WORLDS) $(STUDY_CODE) data/study.yml data/worlds.yml

ifneq ($(PARAMS),)
$(RUNSKPI)$(GIVEN_BY)/%.ipynb: notebooks/%.ipynb $(PROFILE) $(COUNTS) $(PUBLISHED) $(AUTHORED) data/kpi/readings.yml $(REPORT_CODE) | $(READY) $(CHECKED)
	$(RUN) notebook $< --year $(YEAR) --cases $(SOURCE) --kpi $(KPI) $(foreach item,$(PARAMS),--parameter "$(item)") --out $@
endif

$(CLOSED)/breakpoints.csv: $(REPAID) $(COUNTS) data/study.yml $(STUDY_CODE) | $(READY)
	$(RUN) breakpoints --year $(YEAR) --cases $(SOURCE) --kpi $(KPI) --out $@

# One process prints both languages: a pattern with several targets is made at once.
$(foreach lang,$(LANGS),$(OUT)/$(lang)/%.html): $(RUNS)/%.ipynb $(EXPORT_CODE) | $(READY)
	$(RUN) html $< $(LANGS:%=--language %) --out "$(OUT)/{language}/$*.html"

$(foreach lang,$(LANGS),$(OUT)/$(lang)/%.pdf): $(RUNS)/%.ipynb $(EXPORT_CODE) | $(READY)
	$(RUN) pdf $< $(LANGS:%=--language %) --out "$(OUT)/{language}/$*.pdf"

# Pages are linked to those that are there, once all that was asked for is.
linked: $(OUT)/pages.txt
$(OUT)/pages.txt: $(sort $(foreach goal,$(MAKECMDGOALS),$(MADE_$(goal)))) | $(READY)
	$(RUN) links $(OUT) --out $@

.SECONDARY:

# Quality ------------------------------------------------------------------------------------
test: $(READY) ## run the whole test suite
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal

edges: $(READY) ## every notebook on every degenerate year, each command on a full disk, for minutes
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal -m exhaustive tests/test_degenerate_years.py tests/records/test_writing.py

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

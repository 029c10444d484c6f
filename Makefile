# The two commands that matter: `make run` shows the invented town, `make test` proves everything.
# Both set up what they need themselves.

PYTHON := .venv/bin/python
GISAPP_DATABASE_URL ?= sqlite:///$(CURDIR)/var/town.sqlite
WORDS := gisapp/translations/zh_Hans_CN/LC_MESSAGES/messages
RUN_READY := $(if $(wildcard .venv/ready-dev),.venv/ready-dev,.venv/ready-run)

# Python keeps what it compiles: else each of the many processes of a test compiles all again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run setup test lint bench fuzz real pictures lock words

run: $(RUN_READY) $(WORDS).mo
	GISAPP_DATABASE_URL='$(GISAPP_DATABASE_URL)' $(PYTHON) -m gisapp demo $(ARGS)

setup: .venv/ready-dev $(WORDS).mo

test: setup
	$(PYTHON) -m pytest -n 3 --dist worksteal $(ARGS)

lint: setup
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

bench: setup
	$(PYTHON) -m tests.bench $(ARGS)

# Files built to break the gate, then 20,000 mutated ones.
fuzz: setup
	$(PYTHON) -m tests.fuzz $(ARGS)

real: setup
	$(PYTHON) -m tests.real $(ARGS)

pictures: setup
	$(PYTHON) -m tests.pictures $(ARGS)

# After a change in pyproject.toml; needs uv. Hashes only, no addresses.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra build --extra postgis
lock:
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

# Collect every marked sentence; new ones wait in the catalogue for their Chinese.
words: setup
	$(PYTHON) -m babel.messages.frontend extract --mapping-file gisapp/translations/babel.cfg \
		--keywords N_ --no-location --sort-output --project gisapp --output-file .venv/messages.pot .
	$(PYTHON) -m babel.messages.frontend update --no-fuzzy-matching --ignore-obsolete --no-wrap \
		--input-file .venv/messages.pot --output-file $(WORDS).po --locale zh_Hans_CN

.venv/ready-run: setup.sh requirements.lock pyproject.toml
	./setup.sh run

.venv/ready-dev: setup.sh requirements-dev.lock pyproject.toml
	./setup.sh dev

# Left to right: whoever needs the catalogue has set up its Python before.
.NOTPARALLEL:
$(WORDS).mo: $(WORDS).po
	$(PYTHON) -m babel.messages.frontend compile --statistics --input-file $(WORDS).po --output-file $@

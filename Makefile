# make up: install and start with the demo region; make test, make check, make bench; make lock after changing dependencies
# make mutation: small mistakes put into kedja/access, and whether a test notices
# make conformance: the public suites, into docs/conformance.md; make differential: 10,000 searches against an oracle
PY := .venv/bin/python
COMPILE := .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

.PHONY: up install test check format bench conformance differential mutation lock clean

up: .venv/.run
	@exec .venv/bin/kedja up --demo

install: .venv/.dev

.venv/.run: requirements.lock pyproject.toml
	@echo "Installing into .venv"
	@tools/install.sh run && touch $@

.venv/.dev: requirements-dev.lock pyproject.toml
	@echo "Installing into .venv"
	@tools/install.sh dev && touch $@ .venv/.run

test: .venv/.dev
	@tools/chromium.sh
	@$(PY) -m pytest -n logical --dist loadfile

check: .venv/.dev
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/pyright
	.venv/bin/lint-imports

format: .venv/.dev
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

bench: .venv/.dev
	@$(PY) -m bench

conformance: .venv/.dev
	@$(PY) -m tests.conformance

differential: .venv/.dev
	@KEDJA_DIFFERENTIAL_QUERIES=$${KEDJA_DIFFERENTIAL_QUERIES:-10000} $(PY) -m pytest -q tests/differential

mutation: .venv/.dev
	@$(PY) tools/mutate.py --notes .mutation.ndjson

lock: .venv/.dev
	$(COMPILE) --upgrade pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache

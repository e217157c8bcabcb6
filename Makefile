# Two commands are all a newcomer needs: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.stamp

.PHONY: demo sandbox test browser long lint format types floors ci benchmarks messages lock clean

# Another port: make demo PORT=8001. With a mail server on this machine: make demo MAIL_PORT=1025
demo: $(STAMP)
	$(BIN)/python manage.py demo --port $(or $(PORT),8000) $(if $(MAIL_PORT),--mail-port $(MAIL_PORT))

# A club to try the API on: make sandbox PORT=8001
sandbox: $(STAMP)
	$(BIN)/python manage.py sandbox --port $(or $(PORT),8000)

test: $(STAMP)
	$(BIN)/pytest --numprocesses auto --dist loadfile -m "not browser and not services"

browser: $(STAMP)
	$(BIN)/pytest -m browser

# An hour rather than minutes, on the database of DATABASE_URL: a shop's day in a thousand orders, and 20,000 calls.
long: $(STAMP)
	CALLS=20000 $(BIN)/pytest -rP tests/loyalty/api/test_stateful.py
	SHUFFLES=1000 $(BIN)/pytest tests/loyalty/test_shuffled_deliveries.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint --check templates

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --quiet --reformat templates

types: $(STAMP)
	$(BIN)/mypy

floors: $(STAMP)
	$(BIN)/lint-imports

ci:
	.ci/run

benchmarks: $(STAMP)
	$(BIN)/python -m tests.benchmarks

# Developers only: collects what is to be translated with gettext, and builds what Django reads.
messages: $(STAMP)
	$(BIN)/python manage.py makemessages --locale sv --locale nb --no-obsolete --no-wrap --add-location file \
		--ignore .venv --ignore requirements --ignore tests --ignore var
	$(BIN)/python manage.py build_catalogues

# Developers only: writes the hash-locked lists from the *.in files with uv.
lock:
	uv pip compile --quiet --generate-hashes --universal --no-header --no-annotate --no-emit-index-url \
		--python-version 3.11 requirements/base.in --output-file requirements/base.txt
	uv pip compile --quiet --generate-hashes --universal --no-header --no-annotate --no-emit-index-url \
		--python-version 3.11 requirements/dev.in --output-file requirements/dev.txt

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage htmlcov

$(STAMP): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Stamkund needs Python 3.11 or newer. Say which one with: make PYTHON=python3.11 <target>"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python has no venv module. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing into .venv (about half a minute, once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--requirement requirements/dev.txt
	@touch $@

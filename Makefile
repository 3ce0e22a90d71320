# Needs python3 (3.11 to 3.14), make and git; all else is put into .venv.
.PHONY: run dev test check schema bench bench-http fuzz mutate messages lock
.DELETE_ON_ERROR:

VENV := .venv
PYTHON := $(VENV)/bin/python
MANAGE := $(PYTHON) manage.py
UV := $(VENV)/bin/uv
CHROMIUM := /usr/bin/chromium
export UV_NO_PROGRESS := 1
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),) # also those of a company's own proxy
export UV_SYSTEM_CERTS := 1
endif
export PIP_DISABLE_PIP_VERSION_CHECK := 1
ifdef PORT
export PORT
endif

run: $(VENV)/run.stamp ## serve on http://127.0.0.1:8000, or another PORT
	@exec $(MANAGE) serve

dev: $(VENV)/dev.stamp ## the same, reloading on change
	@DEBUG=true exec $(MANAGE) serve --reload

test: $(VENV)/dev.stamp ## every test that this machine can run
	@$(MANAGE) messages --compile
ifneq ($(wildcard $(CHROMIUM)),)
	$(PYTHON) -m pytest --numprocesses=auto --ignore=tests/benchmarks
else ifeq ($(BROWSER_TESTS),required)
	@echo "The browser tests are required, and $(CHROMIUM) is not installed." >&2; exit 1
else
	$(PYTHON) -m pytest --numprocesses=auto --ignore=tests/benchmarks --ignore=tests/browser
	@echo "NOT RUN: the browser tests, since $(CHROMIUM) is not installed."
endif

# Settings as in production, but for the database.
PRODUCTION := HTTPS=true ALLOWED_HOSTS=tsunagari.example SITE=https://tsunagari.example \
	SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz

SCHEMA := docs/openapi.json
WRITE_SCHEMA := $(MANAGE) spectacular --format openapi-json --validate --fail-on-warn

check: $(VENV)/dev.stamp ## lint, types, imports, migrations, deployment
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy portal localities matching
	$(VENV)/bin/lint-imports
	$(MANAGE) makemigrations --check --dry-run
# SQLite adds a constraint by a new table, whose old columns the linter takes for new ones; and it
# looks at no default that the database has (0004_turns, 0021_kept_since_export)
	DJANGO_SETTINGS_MODULE=tests.settings $(MANAGE) lintmigrations --include-apps accounts api jobs localities matching webhooks --ignore-initial-migrations --ignore-name 0007_person_or_client 0011_largest_park 0015_parks_of_stewards 0003_one_place_for_former_secrets 0004_turns 0021_kept_since_export --quiet ok ignore
	@$(WRITE_SCHEMA) | $(PYTHON) -c "import json, sys; sys.exit(json.load(sys.stdin) != json.load(open('$(SCHEMA)')))" || { \
		echo "$(SCHEMA) is not what the code says of the API: run 'make schema' and look at what changed." >&2; exit 1; }
	$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

schema: $(VENV)/dev.stamp ## renew the API's schema, which is committed
	$(WRITE_SCHEMA) > $(SCHEMA).new || { rm $(SCHEMA).new; exit 1; }
	@mv $(SCHEMA).new $(SCHEMA)

bench: $(VENV)/dev.stamp ## measure, print, assert nothing
	$(PYTHON) -m tests.benchmarks.bench_matching
	$(PYTHON) -m tests.benchmarks.bench_engine
	$(PYTHON) -m tests.benchmarks.bench_match_jobs
	$(PYTHON) -m tests.benchmarks.bench_imports
ifdef BENCH_DATABASE_URL # a database of PostgreSQL that may be thrown away: it is filled
	-DATABASE_URL=$(BENCH_DATABASE_URL) $(PYTHON) -m tests.benchmarks.bench_desk
endif

bench-http: $(VENV)/dev.stamp ## measure the API over HTTP against an empty view
	@$(PYTHON) -m tests.benchmarks.bench_http

EXAMPLES ?= 500
fuzz: $(VENV)/dev.stamp ## attack the API along its schema, EXAMPLES of each operation, other ones each time
	FUZZ_EXAMPLES=$(EXAMPLES) $(PYTHON) -m pytest --numprocesses=2 tests/portal/test_fuzz.py

MODULES ?= $(wildcard matching/engine/*.py)
mutate: $(VENV)/dev.stamp ## break the engine (or MODULES) on purpose: what does no test notice? Takes hours
	$(PYTHON) -m tests.benchmarks.mutate $(MODULES)

messages: $(VENV)/dev.stamp ## gather the texts to translate, and compile
	$(MANAGE) messages

lock: $(VENV)/dev.stamp ## renew both lock files from pyproject.toml
	$(UV) pip compile --universal --generate-hashes --no-header --quiet --upgrade \
		pyproject.toml --output-file requirements.lock
	$(UV) pip compile --universal --generate-hashes --no-header --quiet --upgrade --extra dev \
		--constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

# Where the development packages are, `make run` keeps them: their lock holds its own packages too.
$(VENV)/run.stamp: requirements.lock | $(UV)
	@if [ -e $(VENV)/dev.stamp ]; then lock=requirements-dev.lock; else lock=requirements.lock; fi; \
	$(UV) pip sync --quiet --python $(PYTHON) --require-hashes $$lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock | $(UV)
	@$(UV) pip sync --quiet --python $(PYTHON) --require-hashes requirements-dev.lock
	@touch $@ $(VENV)/run.stamp

$(UV):
	@python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
		{ echo "Python 3.11 to 3.14 is needed; python3 is $$(python3 --version)." >&2; exit 1; }
	@python3 -m venv $(VENV) || { rm -rf $(VENV); \
		echo "python3 cannot make a virtual environment here: its ensurepip is missing." >&2; \
		echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m pip install --quiet uv

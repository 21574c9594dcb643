# TikTokSync. `make help` lists what there is; every target works from a fresh clone.

PYTHON ?= python3
PY := .venv/bin/python

# The servers for the second run of the tests; without them that run is left out, and said so.
TEST_DATABASE_URL ?= postgresql://postgres@127.0.0.1:5432/postgres
TEST_REDIS_URL ?= redis://127.0.0.1:6379/15

# How many processes share the tests: one a core, unless told otherwise.
TEST_WORKERS ?= auto

# What a public installation would set; the values open nothing.
PRODUCTION = SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	TOKEN_KEYS=dGVzdHMtb25seS1ub3QtYS1zZWNyZXQtMzItYnl0ZXM= \
	PUBLIC_URL=https://sync.example.com ALLOWED_HOSTS=sync.example.com DEBUG=off TIME_SCALE=1 \
	TIKTOK_APP_KEY=key TIKTOK_APP_SECRET=secret SHOPIFY_API_KEY=key SHOPIFY_API_SECRET=secret \
	DATABASE_URL=sqlite:///:memory: REDIS_URL=
ALONE = env -u DATABASE_URL -u REDIS_URL -u TIME_SCALE -u DJANGO_SETTINGS_MODULE

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo demo-check test check lint types migrations deploy audit \
	install-browser test-browser screenshots test-servers check-schema interop openapi bench clean
.NOTPARALLEL:

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 16

install:
	@$(PYTHON) tiktoksync/run/environment.py

install-dev:
	@$(PYTHON) tiktoksync/run/environment.py --dev

install-browser:
	@$(PYTHON) tiktoksync/run/environment.py --browser

demo: install  ## the whole application with sandbox platforms, until Ctrl-C
	@$(PY) -m tiktoksync.demo run

demo-check: install  ## the same without staying: exit 0 only if every step was seen
	@$(PY) -m tiktoksync.demo check

test: install-dev  ## the tests, on SQLite and the embedded queue
	@echo "pytest, on SQLite and the embedded queue"
	@$(ALONE) $(PY) -m pytest -n $(TEST_WORKERS) --dist worksteal

test-browser: install-browser  ## the tests in a real Chromium (apt-get install chromium)
	@echo "pytest, in Chromium"
	@TESTS_FOR=browser $(ALONE) $(PY) -m pytest -n $(TEST_WORKERS) --dist loadfile tests/browser

screenshots: install-browser  ## pictures of every page, into docs/screenshots
	@$(PY) -m bench.screenshots

check: lint types migrations deploy audit test test-servers demo-check  ## what CI runs
	@echo "make check: all passed"

lint: install-dev  ## format and lint
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .

types: install-dev  ## static types
	@echo mypy .
	@$(PRODUCTION) $(PY) -m mypy .

migrations: install-dev  ## no model change without its migration
	@echo manage.py makemigrations --check
	@$(PRODUCTION) $(PY) manage.py makemigrations --check --dry-run

deploy: install-dev  ## Django's deployment checks, with production settings
	@echo manage.py check --deploy
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

audit: install-dev  ## known weaknesses in the dependencies
	@$(PY) -m tiktoksync.run.audit

test-servers: install-dev  ## the tests that meet PostgreSQL or Redis, where both answer
	@if said=$$($(PY) -m tiktoksync.run.probe '$(TEST_DATABASE_URL)' '$(TEST_REDIS_URL)'); then \
		echo "pytest, on PostgreSQL and Redis: all that meets them"; \
		TESTS_FOR=servers DATABASE_URL="$$said" REDIS_URL='$(TEST_REDIS_URL)' $(PY) -m pytest -n $(TEST_WORKERS) --dist worksteal; \
	else \
		echo "$$said"; \
		echo "The tests were NOT run on PostgreSQL and Redis."; \
	fi

check-schema: install  ## our GraphQL and scopes against Shopify's own schema (needs npm)
	@$(PY) -m tiktoksync.run.schema

interop: install-dev  ## other people's clients against the sandbox (needs Node 20 and npm)
	@$(PY) -m tiktoksync.run.interop

openapi: install-dev  ## write docs/openapi.yaml
	@$(PRODUCTION) $(PY) manage.py spectacular --file docs/openapi.yaml --validate --fail-on-warn

bench: install-browser  ## measure; ONLY=pace for one of them
	@$(PY) -m bench $(ONLY)

clean:  ## forget the demo's data and the caches
	rm -rf var/demo var/demo-check var/interop .pytest_cache .mypy_cache .ruff_cache

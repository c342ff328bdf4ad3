# Everything runs in .venv, made from the lock files; nothing is needed but make and Python 3.11 or newer.
# Packages come from wherever pip is configured to take them.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The encoder's library would report its use to its makers.
export ORT_DISABLE_TELEMETRY := 1
# What to hand to the command: make run CITEBOT_ARGS="--port 9000"
CITEBOT_ARGS ?=
# What to hand to pytest: make test PYTEST_ARGS="-k browse"
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test check bench fit soak pictures lock outdated clean

help:
	@echo "make run     the bot in a Discord channel in your browser, on this machine alone"
	@echo "make test    all tests but the long runs (about a quarter of an hour on two cores)"
	@echo "make check   lint, format, types, documentation, packs"
	@echo "make bench   the figures of the README, measured here"
	@echo "make fit     fit the confidence anew on the tuning questions"
	@echo "make soak    the long runs"
	@echo "make pictures  the documentation's pictures, shot anew"
	@echo "make lock    write the lock files anew"
	@echo "make outdated  which locked packages are behind or have known holes"
	@echo "make clean   remove .venv and what tools have cached"

run: $(VENV)/.runtime
	@$(BIN)/python -m bot local $(CITEBOT_ARGS)

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -m "not soak" $(PYTEST_ARGS)

check: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright
	@$(BIN)/python -m pytest tests/test_docs.py tests/test_house.py
	@$(BIN)/python -m bot check

bench: $(VENV)/.dev
	@$(BIN)/python tests/bench/bench.py $(CITEBOT_ARGS)

fit: $(VENV)/.dev
	@$(BIN)/python tests/golden/fit.py

soak: $(VENV)/.dev
	@$(BIN)/python -m pytest -m soak $(PYTEST_ARGS)

pictures: $(VENV)/.dev
	@PYTHONPATH=. $(BIN)/python tests/page/picture.py docs

lock: $(VENV)/.dev
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --python-version 3.11 --extra build -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --python-version 3.11 --extra build --extra dev -o requirements-dev.lock

outdated: $(VENV)/.dev
	@$(BIN)/python tests/outdated.py

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache build citebot.egg-info

# One line a package that is fetched: pip says either far more or, for minutes, nothing.
define install
	@rm -f $(VENV)/.fetched
	@{ $(PIP) install --progress-bar off --require-hashes -r $(1) && touch $(VENV)/.fetched; } | \
		awk '/^(Collecting|Processing) / { sub(".*/", "", $$2); print "  " $$2; fflush() } \
			/^Installing collected/ { print "Unpacking them (up to a minute) …"; fflush() }'
	@test -e $(VENV)/.fetched
	@rm $(VENV)/.fetched
	@$(PIP) --quiet install --no-deps --no-build-isolation -e .
endef

# A stamp is newer than its lock file once that is installed: the second time there is nothing to do.
# pip refuses `-e .` together with hashes, hence two steps; the build backend is locked like the rest.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@test -e $(VENV)/.dev || echo "Installing the locked packages (once, one to three minutes) …"
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked packages for development (once, some minutes) …"
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.runtime $@

# PYTHON=… chooses an interpreter; otherwise the first that is new enough.
$(BIN)/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
			echo "$$python lacks the module venv. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
		fi; \
		echo "Making $(VENV) with $$("$$python" --version) …"; \
		"$$python" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; \
		exit 0; \
	done; \
	echo "Citebot needs Python 3.11 or newer, and none was found. Install it, or name one: make run PYTHON=/path/to/python3" >&2; \
	exit 1

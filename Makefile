# Two commands matter: `make run` shows PracticeBox with a demonstration practice,
# `make test` proves that this checkout works. Each does all its own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Tests that look at pages; they keep what they saw where --screenshots says.
SHOTS := "screenshots or accessible_and_small or connection_is or is_said or offered_and_taken or big_button or login_are_accessible or typed_code_shows or bad_days"

# Tests that have their own time or their own command.
LATER := (netlab or alone or proof or pictures or waits)

.PHONY: run test check format bench netlab proof screenshots clean

run: $(VENV)/run.ok
	$(BIN)/practicebox demo

test: $(VENV)/test.ok node_modules/.ok check
	sh tests/install_browsers.sh
	$(BIN)/python -m pytest -q -m waits > $(VENV)/waits.log 2>&1 & waits=$$!; \
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "(slow or browser) and not $(LATER)" $(PYTEST); failed=$$?; \
	wait $$waits || failed=1; tail -30 $(VENV)/waits.log; exit $$failed
	$(BIN)/python -m pytest -m "alone and not netlab" $(PYTEST)

check: $(VENV)/test.ok node_modules/.ok
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tests/node.py node_modules/typescript/bin/tsc -p practicebox/web/static/js/jsconfig.json
	$(BIN)/python -m pytest -q -n 4 -m "not slow and not browser and not netlab and not proof" $(PYTEST)

format: $(VENV)/test.ok
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

bench: $(VENV)/test.ok node_modules/.ok
	$(BIN)/python -m bench

netlab: $(VENV)/test.ok
	sh tests/install_browsers.sh
	$(BIN)/python -m tests.netlab $(NETLAB)
	$(BIN)/python -m pytest -q -m "netlab $(if $(NETLAB),and not slow)" tests/netlab --ignore tests/netlab/test_matrix.py $(PYTEST)

proof: $(VENV)/test.ok
	sh tests/install_browsers.sh
	$(BIN)/python -m tests.proof $(PROOF)

screenshots: $(VENV)/test.ok
	$(BIN)/python -m pytest -q -m browser --screenshots docs/screenshots -k $(SHOTS)

clean:
	rm -rf $(VENV) node_modules build dist *.egg-info

$(VENV)/run.ok: requirements/run.txt requirements/build.txt setup.cfg
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements/build.txt -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/test.ok: $(VENV)/run.ok requirements/test.txt
	$(PIP) install --require-hashes -r requirements/test.txt
	touch $@

node_modules/.ok: package-lock.json $(VENV)/test.ok
	$(BIN)/python tests/node.py npm ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

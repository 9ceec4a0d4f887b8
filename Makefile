# Every target makes its own environment in .venv; PYTHON and PORT may be set.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
FRONT_END := $(wildcard neurocore/labs/front_end/*)

.PHONY: book test check lab
book: .venv/ready
	$(BIN)/jupyter-book build . -W -n --keep-going
	$(BIN)/python book/_ext/serve.py _build/html $(PORT)

test: .venv/ready
	$(BIN)/python tests/browser.py
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup

check: .venv/ready
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	PYTHONPATH=tests:book/_ext $(BIN)/python -m pytest -p selection --numprocesses 2 --dist loadgroup

lab: .venv/ready
	$(BIN)/jupyter lab exercises

.venv/ready: requirements.txt pyproject.toml $(FRONT_END)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

# Parvis: every habit of the house is one word here. `make` alone lists them.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
BIN := .venv/bin
SETUP = @$(if $(PYTHON),$(PYTHON) scripts/setup.py,echo "✗ Python 3.11 introuvable : installez-le, puis relancez. · Python 3.11 not found: install it, then run again." >&2; exit 1;)
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
CHECKS := "ruff format --check ." "ruff check ." "mypy -p parvis.core -p parvis.rendering" "lint-imports --no-cache" \
	"pytest tests/repository"

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-core check format messages bench soak lock wheel clean dev

help: ## liste ces commandes · lists these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-10s %s\n", $$1, $$2 }'

setup: ## installe Parvis dans .venv · installs Parvis into .venv
	$(SETUP) run

demo: setup ## édition de démonstration, servie sur cette machine · demonstration edition, served on this machine
	@$(BIN)/parvis demo

dev: # what the tests and the checks need as well
	$(SETUP) dev

test: dev ## toute la suite, sur SQLite puis PostgreSQL, avec un vrai navigateur · the whole suite
	@$(BIN)/python -m tests

test-core: dev ## les couches pures seulement, moins de 30 s · the pure layers only, under 30 s
	@$(BIN)/python -m tests core

check: dev ## forme, types, contrats, migrations, traductions, règles de la maison · every check short of the tests
	@failed=""; for step in $(CHECKS); do echo "→ $$step"; $(BIN)/$$step || failed="$$failed · $$step"; done; \
	if [ -n "$$failed" ]; then echo "✗ make check$$failed" >&2; exit 1; fi

format: dev ## remet le code en forme · formats the code
	$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

messages: dev ## relève les textes à traduire et compile les traductions · gathers and compiles the translations
	$(BIN)/python scripts/translations.py update

bench: dev ## mesures de vitesse et de poids · measures speed and size
	$(BIN)/python -m bench

soak: dev ## charge longue sur les deux bases · long load on both databases
	$(BIN)/python -m bench soak

lock: dev ## refait les deux verrous · makes both locks again
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --group dev pyproject.toml -o requirements-dev.lock

wheel: dev ## la roue, dans dist/ · the wheel, in dist/
	$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist

clean: ## ôte ce qui a été fabriqué, jamais les données (var/) · removes what was made, never the data (var/)
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests scripts bench -name __pycache__ -type d -prune -exec rm -rf {} +

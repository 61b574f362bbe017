# `make help` lists what there is. Everything sets itself up: Python 3.11+, git, make and the package registries are enough.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PARTS := shared cli local-cluster services/source-controller services/kustomize-controller services/notification-controller
PACKAGES := weir weir_chart weir_cli local_cluster source_controller kustomize_controller notification_controller
VERSION := $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' shared/weir/__init__.py)
ENGINE ?= docker
IMAGES ?= weir
GENERATED := charts docs/reference 'services/*/requirements.lock' cli/weir_cli/installation/manifests.yaml
HELM := $(wildcard $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/weir/controlplane/*/helm)
# The whole suite on a cluster: `make real` tries it on a real one.
SUITES := $(addprefix tests/e2e/,faults test_demo.py charts/test_main_job.py charts/test_confined.py)
RANDOM := $(addprefix tests/conformance/overlays/,test_fuzz.py test_random.py test_random_fields.py)
export PYTHONDONTWRITEBYTECODE ?=

.venv/.ready: requirements.lock $(PARTS:%=%/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Weir needs Python 3.11 or newer; set PYTHON=python3.x" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(PARTS:%=-e %)
	@touch $@

.PHONY: help venv demo test local bench soak controlplane e2e real lint types fmt manifests rendered verify images lock clean
help: ## list the targets
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

venv: .venv/.ready ## make the environment (.venv)

demo: .venv/.ready ## play the main job on the embedded local cluster, step by step
	$(BIN)/python -m local_cluster.demo

test: .venv/.ready ## unit, property and integration tests on real servers from Python packages
	$(BIN)/pytest -m "not bench and not soak" --ignore tests/e2e --ignore tests/conformance/api $(RANDOM:%=--ignore %)

local: .venv/.ready ## start the local cluster with the whole suite; Ctrl-C stops it
	$(BIN)/weir local up

bench: .venv/.ready ## measure; figures are printed, nothing is asserted
	$(BIN)/pytest -m bench -s -p no:cacheprovider --timeout 1800 tests/bench

soak: .venv/.ready ## the long versions of the random tests
	$(BIN)/pytest -m soak -s --timeout 0

controlplane: .venv/.ready ## build the real control plane for `--cluster real`, as far as it is missing (needs Go)
	$(BIN)/python -m tests.servers.controlplane.build

e2e: controlplane ## the README as printed, the chart, the API and random overlays beside real ones
	$(BIN)/pytest tests/e2e tests/conformance/api $(RANDOM) $(SUITES:%=--ignore %) -m "not soak" --timeout 600

real: controlplane ## all tests that need a cluster, on a real control plane: the main job as the chart installs it, and with faults, too
	$(BIN)/pytest tests --cluster real -m "not bench and not soak" --timeout 120

lint: .venv/.ready ## ruff and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/.ready ## mypy, strict
	$(BIN)/mypy $(PACKAGES:%=-p %)

fmt: .venv/.ready ## format, and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

manifests: .venv/.ready ## generate the chart's CRDs, roles, values, schema and README, and the services' locks
	PYTHONPATH=charts $(BIN)/python -m weir_chart charts/weir
	$(BIN)/python services/locks.py

rendered: manifests ## render what `weir install` applies from the chart (builds Helm when it is missing: needs Go)
	$(BIN)/python -m tests.servers.controlplane.build helm
	PYTHONPATH=charts $(BIN)/python -m weir_chart.rendered "$$($(BIN)/python -c 'from tests.servers.controlplane.build import program; print(program("helm"))')" charts/weir cli/weir_cli/installation/manifests.yaml

verify: $(if $(HELM),rendered,manifests) ## fail when something generated is not what stands in Git (of the chart: where Helm has been built)
	@test -z "$$(git status --porcelain -- $(GENERATED))" || { git status --short -- $(GENERATED); echo "generated files differ: commit what 'make $<' wrote" >&2; exit 1; }

images: ## build the services' images (ENGINE=podman, IMAGES=mirror.example/weir to name them otherwise)
	@for service in source-controller kustomize-controller notification-controller; do \
	  $(ENGINE) build --file services/$$service/Dockerfile --tag $(IMAGES)/$$service:v$(VERSION) . || exit 1; \
	done

lock: .venv/.ready ## pin requirements.in anew
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements.in -o requirements.lock

clean: ## remove the environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

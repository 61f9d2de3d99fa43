# `make demo` builds the program and runs the example retailer; `make test` runs everything that a reviewer runs.
# Both work on a fresh clone with Rust, Python 3.11 and Node 20, and install what they need into the checkout.

PYTHON ?= python3
VENV := .venv
OUT := demo-out

.PHONY: help demo test lint test-rust docs test-python test-node conformance properties deny clean

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## demo          build the program, run the example retailer, say where to look
demo:
	cargo build --profile demo --locked -p rcu-io --bin rcu
	./target/demo/rcu resolve examples/retail.toml --out $(OUT)
	@echo
	./target/demo/rcu evaluate $(OUT) --truth examples/data/truth.csv
	@echo
	rm -f $(OUT)/rcu.db $(OUT)/rcu.db-* $(OUT)/rcu.db.secret
	./target/demo/rcu repo init examples/retail.toml --store $(OUT)/rcu.db
	./target/demo/rcu repo load examples/retail.toml --store $(OUT)/rcu.db
	./target/demo/rcu repo search examples/retail.toml --store $(OUT)/rcu.db fournett baptiste 87480
	@echo
	@echo "Repository, to open with any SQLite client or with rcu repo: $(OUT)/rcu.db"
	@echo "Golden records, crosswalk, links, review and aggregates: $(OUT)/*.parquet"
	@echo "Summary: $(OUT)/summary.json"
	@echo "Report, to open in a browser: $(OUT)/report.html"

## test          format, lint, all tests in three languages, documentation
test: lint test-rust docs test-python test-node

lint:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

test-rust:
	cargo test --locked --workspace --exclude rcu-python --exclude rcu-node
	cargo run --locked --quiet -p rcu-examples

docs:
	RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --locked --no-deps --workspace --exclude rcu-python --exclude rcu-node

$(VENV)/.ready:
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check "maturin>=1.9,<2" pytest pyarrow mypy
	touch $@

test-python: $(VENV)/.ready
	cd bindings-python && VIRTUAL_ENV=../$(VENV) ../$(VENV)/bin/maturin develop --quiet
	cd bindings-python && ../$(VENV)/bin/python -m pytest -q
	$(VENV)/bin/python examples/retailer.py
	$(VENV)/bin/python examples/living.py

test-node:
	cd bindings-node && npm ci --no-audit --no-fund && npm run check && npm run types && npm test
	node examples/retailer.mjs
	node examples/living.mjs

## conformance   one table with every shared suite (needs ../shared)
conformance:
	cargo test --locked -p rcu-core --test conformance

## properties    random sequences of changes to a repository, by hand: CASES of each property (hours)
CASES ?= 100000
properties:
	PROPTEST_CASES=$(CASES) cargo test --locked --profile demo -p rcu-core --test all repository
	PROPTEST_CASES=$(CASES) cargo test --locked --profile demo -p rcu-io --test all store::same::

## deny          licences, bans and sources of all dependencies (needs cargo-deny)
deny:
	cargo deny check licenses bans sources

clean:
	rm -rf $(OUT) $(VENV) bindings-node/node_modules
	cargo clean

# Each target is one line that can be run by hand. Start with `make demo`; before sending a change, `make test`.

.PHONY: demo test check lint bench

demo: ; @cargo run --quiet --locked -- demo

test: ; @scripts/test

check lint: ; @cargo fmt --check && cargo clippy --all-targets --locked -- -D warnings

bench: ; @cargo bench --locked

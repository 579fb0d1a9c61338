# Every target installs first what it needs and does not find (see .ci/setup). Tools and compiled
# dependencies are kept in STRATA_CACHE, by default ~/.cache/strata.

.DEFAULT_GOAL := help
.PHONY: help serve build test dev bench soak fuzz fmt audit clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'make serve ARGS="--registry http://127.0.0.1:5000"   browses that registry'
	@echo 'STRATA_CACHE=DIR make …   keeps tools and compiled dependencies in DIR'

serve: build ## build the release and serve it; ARGS are its own arguments
	@exec target/release/strata $(ARGS)

build: ## build the release, target/release/strata: one file, to be copied anywhere
	@.ci/build

test: ## run every check there is
	@.ci/test

dev: ## serve a debug build that follows each change; assets come from disk
	@.ci/dev $(ARGS)

bench: ## measure: criterion, then the program under load
	@.ci/bench $(ARGS)

soak: ## let an upstream misbehave under load for MINUTES=10, on loopback, and measure what becomes of Strata
	@.ci/soak $(or $(MINUTES),10)

fuzz: ## feed each parser with odd bytes for SECONDS=60; TARGETS names some of them
	@.ci/fuzz $(or $(SECONDS),60) $(TARGETS)

fmt: ## format the Rust sources
	@cargo fmt

audit: ## check licences, sources, duplicates and known advisories of all dependencies
	@.ci/audit

clean: ## remove this clone's build output; the cache stays
	@rm -rf target end2end/node_modules benches/node_modules end2end/test-results public/fonts

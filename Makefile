# SPDX-License-Identifier: GPL-3.0-or-later

BUILD := .build
GO    := go

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench fuzz soak pictures build setup clean

help: ## Show this help.
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup build ## Run the bot on a real wiki on this machine (ONCE=1: play, check, exit).
	@$(BUILD)/demo --program $(BUILD)/codesteward $(if $(ONCE),--once)

test: setup lint ## Run the linters and all tests, on real wikis, with the race detector.
	$(GO) test -race -timeout 60m ./...

lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "gofmt these files:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

bench: setup ## Run every benchmark on one core, as one table with its bars (BENCH=regexp for some).
	@mkdir -p $(BUILD)
	@$(GO) test -run '^$$' -bench '$(or $(value BENCH),.)' -cpu 1 ./... > $(BUILD)/bench.txt 2>&1; awk -f .ci/bars.awk $(BUILD)/bench.txt

fuzz: ## Run each fuzz target for 60 s (FUZZTIME=10s to change).
	@set -e; $(GO) list -f '{{.Dir}} {{.ImportPath}}' ./... | while read -r dir pkg; do \
		for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$$dir"/*_test.go 2>/dev/null | cut -c6-); do \
			echo "== $$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(or $(FUZZTIME),60s) -fuzzminimizetime 1x "$$pkg"; \
		done; done

soak: setup ## Run the long tests: kills, cut connections, millions of events, text made to be slow.
	SOAK=1 $(GO) test -race -timeout 120m -run 'Soak|LinearTime' ./...

pictures: setup build ## Remake the pictures in a real browser, and look at what is on them (needs chromium).
	@$(BUILD)/demo --program $(BUILD)/codesteward --once --pictures bot/plan/testdata/pictures
	PICTURES=make $(GO) test ./bot/plan -run 'TestPictures$$' -count=1
	PICTURES=1 $(GO) test ./bot/web -run TestPagesInABrowser -count=1

build:
	@mkdir -p $(BUILD)
	$(GO) build -o $(BUILD)/ ./cmd/codesteward ./cmd/demo

setup:
	@.ci/setup

clean: ## Remove what was built.
	rm -rf $(BUILD)

# 万街. `make` lists the targets; two of them do everything: dev and test.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .local/bin
export CGO_ENABLED := 0

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: build
build: ## build the one binary into .local/bin/wanjie
	@mkdir -p $(BIN)
	@go build -o $(BIN)/wanjie ./cmd/wanjie

.PHONY: dev
dev: build ## run the product here: PostgreSQL, Redis, Kratos, a seeded demo district
	@$(BIN)/wanjie dev

.PHONY: test
test: build setup-browser setup-miniprogram ## run every test, on real PostgreSQL, Redis, Kratos and a browser
	@$(BIN)/wanjie stack -- go test -timeout 20m $(TESTFLAGS) ./...

.PHONY: setup-browser
setup-browser:
	@infra/browser.sh

.PHONY: setup-miniprogram
setup-miniprogram:
	@templates/miniprogram/check/install.sh

.PHONY: lint
lint: $(BIN)/golangci-lint ## vet, golangci-lint and the arrows between packages
	@go vet ./...
	@$(BIN)/golangci-lint run

# The linter is a tool of its own module, so that its dependencies stay out of the product's.
$(BIN)/golangci-lint: infra/lint/go.mod infra/lint/go.sum
	@mkdir -p $(BIN)
	@echo "building golangci-lint (once, a few minutes) …"
	@go -C infra/lint build -o $(CURDIR)/$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: gen
gen: ## regenerate templ views
	@go tool templ generate -log-level=error
	@gofmt -l -w app billing cmd jobs migrations templates tenants infra/devstack

.PHONY: fmt
fmt: ## format Go and templ
	@go tool templ fmt templates
	@gofmt -w app billing cmd jobs migrations templates tenants infra/devstack

.PHONY: check
check: gen lint test ## everything CI runs, after regenerating; fails when generated files differ
	@git diff --exit-code -- '*_templ.go' || (echo "generated views differ: commit what make gen wrote"; exit 1)

.PHONY: bench
bench: build ## measure everything beside its floor (a few minutes)
	@for b in provision page rollup import assessment intake; do $(BIN)/wanjie bench $$b --json || exit 1; done

.PHONY: screenshots
screenshots: setup-browser ## take the README's pictures from the running demo
	@go run ./infra/screenshots

.PHONY: lighthouse
lighthouse: setup-browser ## measure pages of the running demo with Lighthouse (ARGS="-runs 5 -why")
	@infra/lighthouse/install.sh
	@go run ./infra/lighthouse $(ARGS)

.PHONY: clean
clean: ## forget the demo district and everything built
	@rm -rf .local

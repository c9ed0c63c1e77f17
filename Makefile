# What a contributor runs. `make check` is what CI runs.

GO       ?= go
BIN      := $(CURDIR)/bin
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# Pinned, so that everybody's findings are the same.
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BENCHSTAT := golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da

FUZZTIME ?= 3s

.PHONY: check build test format vet lint rules fuzz bench benchstat clean

check: format vet lint test rules fuzz

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o $(BIN)/tocsin ./cmd/tocsin

format:
	@test -z "$$(gofmt -l .)" || { echo "not formatted; run gofmt -w on:"; gofmt -l .; exit 1; }

vet:
	$(GO) vet ./...

$(BIN)/golangci-lint: Makefile
	GOBIN=$(BIN) $(GO) install $(GOLANGCI)
	@touch $@

lint: $(BIN)/golangci-lint
	$(BIN)/golangci-lint run

test:
	$(GO) test -race -shuffle=on ./...

# The example configuration and the shipped rule packs must hold what they promise.
rules:
	$(GO) run ./cmd/tocsin check --config config.yaml
	$(GO) run ./cmd/tocsin rules test pack:ukraine

# A few seconds of every fuzz target.
fuzz:
	@set -e; for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "fuzz $$pkg $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg; \
	  done; \
	done

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Compare two runs: make bench >old.txt, change something, make bench >new.txt, make benchstat.
benchstat:
	$(GO) run $(BENCHSTAT) old.txt new.txt

clean:
	rm -rf $(BIN)

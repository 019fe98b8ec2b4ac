# make help lists the targets. Every target installs what it lacks (see deps).

# Fyne's switch to the threading model the program is written for.
TAGS     := migrated_fynedo
FUZZTIME ?= 60s
BENCH    ?=

# Version stamping needs a working git; tests and runs do not need the stamp.
export GOFLAGS := $(strip $(shell go env GOFLAGS 2>/dev/null) -buildvcs=false)

# Packages without the OpenGL driver: they need no cgo, and are quick under
# the race detector. cmd/traceview links it, which takes minutes to compile
# once more for the race detector and has nothing of its own to race.
PURE := ./assets/... ./internal/... ./ui/...

.PHONY: help run build install uninstall test test-fast e2e e2e-jaeger e2e-collector stack check bench golden fuzz deps windows
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: ## open the program on the built-in demo shop
	@.ci/deps.sh build
	@echo "== starting the demo (the first build takes some minutes)"
	go run -tags $(TAGS) ./cmd/traceview demo

build: ## build dist/traceview
	@.ci/deps.sh build
	@echo "== building dist/traceview"
	go build -buildvcs=auto -trimpath -tags $(TAGS) -o dist/traceview ./cmd/traceview

install: build ## install for this user, or with PREFIX=/usr/local for all; DESTDIR for packages (Linux)
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' assets/linux/install.sh install dist/traceview

uninstall: ## take away what install put there
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' assets/linux/install.sh uninstall

test: deps ## all tests: race detector, command line, then against a real Jaeger and a real window
	@echo "== tests of the engine and the views, with the race detector"
	go test -race -tags $(TAGS) -timeout 20m $(PURE)
	@echo "== tests of the command line"
	go test -tags $(TAGS) -timeout 20m ./cmd/...
	@echo "== the library of a process killed 200 times while it writes"
	CGO_ENABLED=0 go test -run '^TestKilledWhileWriting$$' -v ./internal/store -kills 200
	@$(MAKE) --no-print-directory e2e

test-fast: ## tests without a C compiler, for working
	@echo "== tests without cgo"
	CGO_ENABLED=0 go test $(PURE)

e2e: deps e2e-jaeger e2e-collector ## tests against a real Jaeger and a real window under Xvfb
	@echo "== end-to-end tests"
	mkdir -p dist/e2e
	go test -tags $(TAGS),e2e -count=1 -timeout 30m -v -artifacts -outputdir dist/e2e ./e2e/...

e2e-jaeger: ## build the Jaeger server of the end-to-end tests, once
	@echo "== Jaeger server"
	@e2e/jaeger/build.sh

e2e-collector: e2e-jaeger ## build and test the collector of the tracing stack, once
	@echo "== collector"
	@deploy/collector/build.sh

stack: deps e2e-jaeger e2e-collector build ## run the shop's tracing stack here, fed by the demo shop, until Ctrl+C
	@deploy/stack.sh dist/traceview

check: ## gofmt, go vet, staticcheck
	@.ci/deps.sh build
	@echo "== gofmt"
	@bad=$$(gofmt -l assets cmd deploy e2e internal ui); \
	if [ -n "$$bad" ]; then echo "not formatted (run gofmt -w):"; echo "$$bad"; exit 1; fi
	@echo "== go vet (the first time this compiles the window library: some minutes)"
	go vet -tags $(TAGS),e2e,budgets ./...
	@echo "== staticcheck"
	go tool staticcheck -tags $(TAGS),e2e,budgets ./...

bench: ## every budget with its figure, limit and ratio; BENCH=pattern runs Go benchmarks instead
ifeq ($(BENCH),)
	@.ci/deps.sh build test
	@echo "== budgets (some minutes)"
	go test -tags $(TAGS),e2e,budgets -count=1 -timeout 60m -run '^TestBudgets$$' ./e2e -v
else
	@.ci/deps.sh build
	@echo "== benchmarks matching $(BENCH)"
	go test -tags $(TAGS) -run '^$$' -bench '$(BENCH)' -benchmem -timeout 90m $(PURE)
endif

golden: ## write golden files anew; look at them before committing
	@.ci/deps.sh build
	@echo "== golden files of the packages whose tests have -update"
	go test -tags $(TAGS) $$(grep -rlE --include='*_test.go' 'flag.Bool\("update"|uitest\.Golden' internal ui cmd | xargs -n1 dirname | sort -u | sed 's|^|./|') -update
	@git status --short -- '*/testdata/*'

fuzz: ## each fuzz target for FUZZTIME (60s)
	@.ci/deps.sh build
	@grep -rHo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' internal ui cmd | sort -u | \
	sed 's|/[^/]*:func | |' | while read -r dir target; do \
		echo "== $$target in $$dir for $(FUZZTIME)"; \
		go test -tags $(TAGS) -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5s "./$$dir" </dev/null || exit 1; \
	done

deps: ## install what building and testing need (Debian, Ubuntu; elsewhere lists it)
	@echo "== system packages"
	@.ci/deps.sh build test

windows: ## cross-build dist/traceview.exe
	@.ci/deps.sh windows
	@echo "== building dist/traceview.exe"
	GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc \
	go build -buildvcs=auto -trimpath -tags $(TAGS) -o dist/traceview.exe ./cmd/traceview

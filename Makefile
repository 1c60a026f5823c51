# Unmask. `make run` and `make test` are all that a fresh machine needs.
SHELL := /bin/bash
GO    ?= go
ADDR  ?= 127.0.0.1:8080

WASM_ENV   = GOOS=js GOARCH=wasm
WASM_FLAGS = -trimpath -ldflags="-s -w"
# wgpu-native looks for a window system; without one it complains on stderr.
export XDG_RUNTIME_DIR ?= /tmp

.PHONY: help run test check bench bench-peers lighthouse wasm site build native golden weights samples pictures screenshots figures measure clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: ## build everything and serve the page on http://127.0.0.1:8080
	@scripts/setup.sh run
	@$(MAKE) --no-print-directory site build
	bin/unmask serve --addr $(ADDR)

test: ## every test: native on a Vulkan adapter, the page in headless Chromium, the window in Xvfb, a short fuzz
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory site
	UNMASK_REQUIRE_GPU=1 UNMASK_REQUIRE_BROWSER=1 UNMASK_REQUIRE_DISPLAY=1 $(GO) test -timeout 20m -p 1 ./...
	$(GO) test ./weights -run '^$$' -fuzz FuzzRead -fuzztime 10s
	$(GO) test ./data -run '^$$' -fuzz FuzzDecode -fuzztime 10s

check: ## format, vet, staticcheck, both builds, import rules, sizes; needs no GPU
	@scripts/setup.sh check
	@test -z "$$(gofmt -l .)" || { echo "not gofmt'ed:"; gofmt -l .; exit 1; }
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(WASM_ENV) $(GO) vet ./wasm/... ./internal/gpu ./app ./session
	$(GO) tool staticcheck ./...
	@$(MAKE) --no-print-directory wasm build
	@scripts/wasmsize.sh
	$(GO) test -count=1 ./internal/rules

bench: build ## times of the networks on the adapter at hand
	bin/unmask bench $(CASES)

bench-peers: site ## our engine beside the JavaScript frameworks, in one browser
	cd bench/peers && npm ci && node bench.mjs --extra unmask=unmask.mjs --extra unmask-cpu=unmask-cpu.mjs \
		--case forward-b1-224 --case forward-b8-224

lighthouse: site build ## Lighthouse on every view of the page, in light and dark
	cd bench/lighthouse && npm ci && node run.mjs

build: ## the command line, bin/unmask
	@mkdir -p bin
	$(GO) build -trimpath -o bin/unmask ./cmd/unmask

native: ## the desktop window, bin/unmask-native
	@scripts/setup.sh native
	@mkdir -p bin
	$(GO) build -trimpath -ldflags="-s -w" -o bin/unmask-native ./cmd/native

wasm: ## the two browser programs: page.wasm and engine.wasm
	@mkdir -p bin
	$(WASM_ENV) $(GO) build $(WASM_FLAGS) -o bin/page.wasm ./wasm/page
	$(WASM_ENV) $(GO) build $(WASM_FLAGS) -o bin/engine.wasm ./wasm/engine
	@cp "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" bin/

site: wasm ## the folder site/, for any static host
	$(GO) run ./cmd/site site

golden: ## write testdata/golden anew with PyTorch (see reference/README.md)
	/usr/bin/python3 reference/goldens.py
	/usr/bin/python3 reference/goldens_train.py

weights: ## ship a pre-training result: make weights FROM=file [LOG=log.jsonl] [HELDOUT=folder]
	@test -n "$(FROM)" || { echo "usage: make weights FROM=file.safetensors [LOG=log.jsonl] [HELDOUT=folder of photos that it was not trained on]"; exit 2; }
	$(GO) run ./weights/ship $(if $(LOG),-log $(LOG)) $(FROM)
	@$(MAKE) --no-print-directory pictures screenshots
	@$(MAKE) --no-print-directory figures $(if $(HELDOUT),HELDOUT=$(HELDOUT) FROM=$(FROM))

samples: ## render the sample pictures
	$(GO) run ./cmd/scenes

pictures: build ## the documents' pictures of reconstructions
	scripts/pictures.sh

screenshots: site build native ## the documents' pictures of the page, in headless Chromium, and of the window, in Xvfb
	@scripts/setup.sh test
	$(GO) run ./scripts/screenshots docs/pictures
	$(GO) run ./scripts/windowshots docs/pictures

figures: build ## the documents' figures: make figures [HELDOUT=folder [FROM=float32 file]]
	$(GO) run ./scripts/figures $(if $(HELDOUT),-heldout $(HELDOUT) $(if $(FROM),-from $(FROM)))

measure: build site ## time everything for the documents: half an hour on a quiet machine
	cd bench/peers && npm ci && node bench.mjs --extra unmask=unmask.mjs --extra unmask-cpu=unmask-cpu.mjs --out ../../docs/figures/peers.json
	$(GO) run ./scripts/figures -bench 3

clean: ## remove what was built
	rm -rf bin site

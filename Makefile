# Everything a newcomer needs:  make demo   make test   make benchmark

.PHONY: demo fuzz test benchmark build format lint dependencies test-dependencies clean

SWIFT ?= swift
SWIFT_FILES = Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

# Builds in release and opens the dashboard on the bundled sample; without a terminal it prints the same run as lines.
demo: build
	@.build/release/cliptop train --config Samples/demo.toml $(DEMO_ARGUMENTS)

build: dependencies
	$(SWIFT) build -c release --product cliptop

# Builds in debug (numeric code is optimised all the same) and runs every test.
test: test-dependencies
	$(SWIFT) build --build-tests
	@.ci/test

# Measures on models of full size, which it makes in .build/benchmark-models; with PEERS_PYTHON=/path/to/python (one that
# has torch, onnxruntime and onnx) also PyTorch and ONNX Runtime, in turns. Writes .build/benchmark.json.
# BENCHMARK_ARGUMENTS="--quick --only vit-b32-texts" takes less time; --help lists what there is.
benchmark: build
	$(SWIFT) build -c release --package-path Benchmarks --product cliptop-benchmarks
	env -u OPENBLAS_CORETYPE Benchmarks/.build/release/cliptop-benchmarks .build/benchmark.json $(BENCHMARK_ARGUMENTS)

# Gives every reader of files and bytes from outside FUZZ_ROUNDS changed inputs, other ones each time (FUZZ_SEED repeats them).
# The input that ends or stops the process is left in .build/fuzz/<target>; mended, it belongs into Tests/Fixtures/fuzz/<target>.
fuzz: test-dependencies
	$(SWIFT) build --build-tests
	CLIPTOP_FUZZ_ROUNDS=$(or $(FUZZ_ROUNDS),20000) CLIPTOP_FUZZ_SEED=$(or $(FUZZ_SEED),$(shell date +%s)) \
		.ci/test --filter FuzzTests

dependencies:
	@.ci/install-dependencies

test-dependencies:
	@.ci/install-dependencies --tests

format:
	$(SWIFT) format -i -r $(SWIFT_FILES)

lint:
	$(SWIFT) format lint --strict -r $(SWIFT_FILES)

clean:
	rm -rf .build Benchmarks/.build

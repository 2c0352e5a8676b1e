# The front door. meson.build is the build, scripts/ does the work, debian/control says what to install.
# `make demo` and `make check` install what is missing first (with sudo when not root); the others only build.
BUILD = build
DESTDIR =
PREFIX = /usr/local

help:
	@echo 'make demo     install what is needed, build, make a lab capture and scan it'
	@echo 'make check    install what tests need too, build, run every test'
	@echo 'make build    build $(BUILD)/deflux, nothing else'
	@echo 'make data     fetch a current table of networks for --asn-table'
	@echo 'make bench    measure the speed beside other programs'
	@echo 'make evaluate measure how good the verdicts are, on worlds whose truth is known'
	@echo 'make fit      fit what verdicts are weighed by to such worlds: .fit/fit.json, for --parameters and fit/table.py'
	@echo 'make refits   the same without each mechanism and class in turn, for make evaluate; half an hour of two cores'
	@echo 'make fuzz | asan | tsan    one stage of the check'
	@echo 'make format   lay the code out with clang-format'
	@echo 'make deb      a Debian package in build-deb/'
	@echo 'make install  to PREFIX=$(PREFIX), below DESTDIR'

build:
	@scripts/build.sh $(BUILD)

demo:
	@scripts/install-deps.sh build
	@scripts/build.sh $(BUILD)
	@scripts/demo.sh $(BUILD)/deflux

check:
	@scripts/install-deps.sh check
	@scripts/check.sh

fuzz asan tsan:
	@scripts/check.sh $@

data:
	@scripts/install-deps.sh data
	@scripts/data.sh

bench:
	@scripts/install-deps.sh bench
	@scripts/build.sh $(BUILD)
	@scripts/bench.sh $(BUILD)

evaluate:
	@scripts/install-deps.sh evaluate
	@scripts/build.sh $(BUILD)
	@scripts/evaluate.sh $(BUILD)

fit:
	@scripts/install-deps.sh fit
	@scripts/build.sh $(BUILD)
	@/usr/bin/python3 -m fit $(BUILD)/deflux

refits:
	@scripts/install-deps.sh fit
	@scripts/build.sh $(BUILD)
	@/usr/bin/python3 -m fit.refits $(BUILD)/deflux .fit/left-out

format:
	@scripts/format.sh -i

deb:
	@scripts/install-deps.sh deb
	@scripts/deb.sh

install: build
	@meson configure $(BUILD) --prefix=$(PREFIX)
	DESTDIR=$(DESTDIR) meson install -C $(BUILD) --quiet

clean:
	rm -rf build build-clang build-asan build-tsan build-fuzz build-deb .demo .bench .evaluate .fit

.PHONY: help build demo check fuzz asan tsan data bench evaluate fit refits format deb install clean

# The targets beyond PGXS. Each runs against a throwaway cluster on a private socket (test/with-pg).

WITH_PG = PG_CONFIG='$(PG_CONFIG)' test/with-pg -s '$(STAGE)'
SETUP   = $(if $(and $(PG_SERVER),$(if $(MISSING),,y)),,deps)
# the TAP tests' module
TESTS   = $(if $(shell perl -MIPC::Run -e 1 2>/dev/null && echo y),,deps)

help:
	@echo 'make demo    install what is missing, build, run the demo in a throwaway cluster'
	@echo 'make shell   the same, then psql on the demo database'
	@echo 'make test    the same set-up, then pg_regress, isolation, TAP and the parsers outside the server'
	@echo 'make deps    install the Debian packages a build needs (root or sudo)'
	@echo 'make bench   compare with plain SQL, print ratios (test/bench/README.md)'
	@echo 'make test-cassert   the SQL tests on a server with assertions; make test-valgrind: under valgrind (hours)'
	@echo 'make fuzz    run the fuzz targets with clang (FUZZ_SECONDS=60 each)'
	@echo 'make         build; make install; make installcheck: as any extension'

deps:
	@sh test/deps '$(or $(PG_MAJOR),$(PG_DEBIAN))' $(PACKAGES)

stage: all
	@rm -rf '$(STAGE)'
	@$(MAKE) -s install DESTDIR='$(STAGE)' >/dev/null

# A second make sees what the first one installed.
demo: $(SETUP)
	@$(MAKE) -s run-demo
shell: $(SETUP)
	@$(MAKE) -s run-shell
test: $(or $(SETUP),$(TESTS))
	@$(MAKE) -s run-test

# From standard input, so that messages show as in a session, without file and line.
DEMO = psql -X -q -v ON_ERROR_STOP=1 <test/demo/demo.sql
run-demo: stage
	@$(WITH_PG) -- sh -c '$(DEMO)'
# The demo's messages, of which one is an ERROR, are shown only where it failed.
run-shell: stage
	@$(WITH_PG) -- sh -c '$(DEMO) >build/demo.log 2>&1 || { cat build/demo.log >&2; exit 1; }; \
	  echo "The demo registry is loaded in schema beian. \\q leaves, and the cluster goes."; psql -X'

run-test: stage
	@PG_CONFIG='$(PG_CONFIG)' STAGE='$(STAGE)' MAKE='$(MAKE)' sh test/run-all

bench: stage
	@$(WITH_PG) -c "shared_buffers = '2GB'" -c "maintenance_work_mem = '512MB'" -c "max_wal_size = '8GB'" -- sh test/bench/run

fuzz:
	@sh test/fuzz/run $(FUZZ)

.PHONY: help deps stage demo shell test run-demo run-shell run-test bench fuzz

# On a server of its own, made from Debian's source package in build/cassert (test/cassert).  TESTS="a b": only those.
test-cassert:
	@sh test/cassert/run cassert $(TESTS)
test-valgrind:
	@sh test/cassert/run valgrind $(TESTS)
.PHONY: test-cassert test-valgrind

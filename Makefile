# icpfiling: China's website filing (ICP filing) inside PostgreSQL
#
#   make demo      install what is missing, build, show the extension at work
#   make test      the same set-up, then every test
#   make           build against $(PG_CONFIG), as any extension; make install, make installcheck
#   make help      the other targets

EXTENSION  = icpfiling
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" icpfiling.control)

# Which PostgreSQL: make PG_MAJOR=17, or PG_CONFIG=/path/to/pg_config.  Who asks for a major gets it or nothing; who does
# not gets the newest of those we know whose server Debian has put here, or its headers; else the pg_config on the PATH;
# and where there is none, 'make deps' (and so demo, shell and test) installs the distribution's own.
PG_KNOWN   = 18 17 16 15
newest     = $(firstword $(foreach v,$(PG_KNOWN),$(if $(wildcard $(subst @,$(v),$(1))),$(v))))
ifndef PG_CONFIG
PG_DEBIAN := $(or $(PG_MAJOR),$(call newest,/usr/lib/postgresql/@/bin/postgres),$(call \
	newest,/usr/include/postgresql/@/server/postgres.h))
PG_CONFIG := $(if $(PG_DEBIAN),/usr/lib/postgresql/$(PG_DEBIAN)/bin/pg_config,pg_config)
endif
PG_VERSION := $(shell $(PG_CONFIG) --version 2>/dev/null)
PGXS      := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
PGINCLUDE := $(shell $(PG_CONFIG) --includedir-server 2>/dev/null)
PG_SERVER := $(wildcard $(shell $(PG_CONFIG) --bindir 2>/dev/null)/postgres)
STAGE     ?= $(CURDIR)/build/stage

MODULE_big = icpfiling
OBJS       = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))
DATA_built = sql/icpfiling--$(EXTVERSION).sql
DATA       = $(wildcard sql/icpfiling--*--*.sql)
PGFILEDESC = "icpfiling - website filing (ICP) for PostgreSQL"

# Expected output holds Chinese text and its sort order.
ENCODING   = UTF8
NO_LOCALE  = 1
REGRESS    = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS   = --inputdir=test --load-extension=icpfiling
ISOLATION  = $(patsubst test/specs/%.spec,%,$(sort $(wildcard test/specs/*.spec)))
# --outputdir makes the runner look in ./expected, where pg_regress looks too
ISOLATION_OPTS = --inputdir=test --outputdir=. --load-extension=icpfiling

# Symbols: only what PG_FUNCTION_INFO_V1 announces leaves the library (compat.h), which bitcode that is
# inlined into a query could not honour, so none is made.
override with_llvm = no
PG_CPPFLAGS = -Isrc $(shell pkg-config --cflags icu-uc icu-i18n libpsl libcrypto 2>/dev/null)
PG_CFLAGS   = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers -fvisibility=hidden
ifneq ($(findstring clang,$(CC)),)
# Debian's flags and the server's headers are written for gcc, and clang says so in every file.
PG_CFLAGS  += -Wno-unknown-warning-option -Wno-ignored-attributes -Wno-ignored-optimization-argument
endif
SHLIB_LINK  = $(shell pkg-config --libs icu-uc icu-i18n libpsl libcrypto 2>/dev/null)

EXTRA_CLEAN = build results regression.diffs regression.out output_iso tmp_check tmp_check_iso \
	sql/icpfiling--$(EXTVERSION).sql

.DEFAULT_GOAL := all

# @ is the major version (test/deps)
PACKAGES = gcc libc6-dev pkg-config postgresql-@ postgresql-server-dev-@ \
	libicu-dev libssl-dev libpsl-dev publicsuffix libipc-run-perl

# What a build needs, as "probe:package" words; those that are missing end up in MISSING.
# (libpq-dev alone ships a pg_config and a pgxs.mk without the server's headers, so postgres.h is the probe.)
MISSING := $(strip \
	$(if $(and $(wildcard $(PGXS)),$(wildcard $(PGINCLUDE)/postgres.h)),,postgresql-server-dev-$(or $(PG_MAJOR),$(PG_DEBIAN),NN)) \
	$(shell command -v $(or $(CC),cc) >/dev/null 2>&1 || echo gcc) \
	$(shell command -v pkg-config >/dev/null 2>&1 || echo pkg-config) \
	$(if $(shell pkg-config --exists icu-uc icu-i18n 2>/dev/null && echo y),,libicu-dev) \
	$(if $(shell pkg-config --exists libcrypto 2>/dev/null && echo y),,libssl-dev) \
	$(if $(shell pkg-config --exists libpsl 2>/dev/null && echo y),,libpsl-dev))

# One line that names the packages; 'make deps' is no advice to who comes from it.
SELF_SUFFICIENT = deps demo shell test help clean distclean
ADVICE = install: $(MISSING)$(if $(filter postgresql-%,$(MISSING)),; PG_CONFIG=$(PG_CONFIG) leads to no server \
	headers)$(if $(filter run-%,$(MAKECMDGOALS)),,; 'make deps' installs what Debian has)
ifeq ($(MISSING),)
include $(PGXS)
else
ifneq ($(filter-out $(SELF_SUFFICIENT),$(or $(MAKECMDGOALS),all)),)
$(error icpfiling cannot be built, $(strip $(ADVICE)))
endif
clean distclean:
	rm -rf $(OBJS) $(OBJS:.o=.bc) icpfiling.so $(EXTRA_CLEAN)
.PHONY: clean distclean
endif

# PGXS does not track headers on Debian; and objects of one server do not serve another.
FOR_SERVER = build/for-$(firstword $(subst ., ,$(word 2,$(PG_VERSION))))
$(OBJS): $(wildcard src/*.h src/*/*.h) $(FOR_SERVER)
# (made here, as PGXS makes every target secondary, whose absence is no reason to make anything)
ifeq ($(MISSING)$(filter clean distclean help,$(MAKECMDGOALS))$(wildcard $(FOR_SERVER)),)
$(shell mkdir -p build && rm -f build/for-* && : >$(FOR_SERVER))
endif
$(FOR_SERVER): ;

sql/icpfiling--$(EXTVERSION).sql: $(sort $(wildcard sql/install/*.sql)) $(sort $(wildcard sql/registry/*/*.sql)) sql/registry/order sql/join icpfiling.control
	sh sql/join > $@.tmp && mv $@.tmp $@

include test/test.mk

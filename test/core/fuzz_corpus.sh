#!/bin/sh
# Runs each fuzz target over its corpus, with the plain C compiler.
set -eu
cd "$(dirname "$0")/../.."
libs=icu-uc\ icu-i18n\ libpsl
work=build/fuzz
mkdir -p "$work"
for target in test/fuzz/fuzz_*.c; do
	name=$(basename "$target" .c)
	name=${name#fuzz_}
	${CC:-cc} -g -O1 -Isrc $(pkg-config --cflags $libs) -o "$work/$name.standalone" \
		"$target" test/fuzz/standalone.c src/core/*.c $(pkg-config --libs $libs)
	printf '%s: ' "$name"
	find "test/fuzz/corpus/$name" -type f -exec "$work/$name.standalone" {} +
done

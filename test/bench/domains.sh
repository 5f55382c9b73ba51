# The part domains, at three sizes, read by run: it needs its sql(), $only and $here.
if [ -z "$only" ] || [ "$only" = domains ]; then
	for n in 100000 1000000 3000000; do
		[ "$n" -le "${BENCH_ROWS_MAX:-1000000}" ] || continue
		sql -v rows="$n" -f "$here/domains.sql"
	done
fi

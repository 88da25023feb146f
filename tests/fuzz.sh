#!/bin/sh
# Every fuzz target for so many seconds, from the corpus; what it finds is left in fuzz/artifacts.
#
#   tests/fuzz.sh [SECONDS [TARGET...]]      default: 60, all of them
#
# New inputs go to target/fuzz-corpus. One that was a finding belongs, once it is mended, into fuzz/corpus: tests/corpus.rs
# then keeps it mended.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- config csv model stream
export CARGO_INCREMENTAL=0
for target in "$@"; do
    found=target/fuzz-corpus/$target log=target/fuzz-corpus/$target.log
    mkdir -p "$found"
    printf '\n+ fuzz %s for %s s\n' "$target" "$seconds"
    cargo +nightly fuzz build --fuzz-dir fuzz --target-dir target/fuzz "$target"
    cargo +nightly fuzz run --fuzz-dir fuzz --target-dir target/fuzz "$target" "$found" "fuzz/corpus/$target" -- \
        -max_total_time="$seconds" -max_len=20000 -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
        -print_final_stats=1 >"$log" 2>&1 || { tail -n 60 "$log"; echo "fuzz: $target has a finding" >&2; exit 1; }
    grep -E "stat::(number_of_executed_units|average_exec_per_sec|new_units_added|peak_rss_mb)" "$log"
done

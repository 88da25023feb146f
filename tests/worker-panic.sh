#!/bin/sh
# A thread that panics amid an update (planted by the feature `worker-panic`): the whole program ends with 70 and one
# line, nobody waits for the thread that is gone, and what was saved goes on to the bits of a run in one go.
#
#   tests/worker-panic.sh PLANTED_PROGRAM [PROGRAM]      default: target/release/rnn-train
set -u
cd "$(dirname "$0")/.." || exit 1
planted=$(realpath "$1") || exit 1
program=$(realpath "${2:-target/release/rnn-train}") || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
golden=$(pwd)/tests/golden/1/numbers
mkdir "$scratch/runs" && cp "$golden/rows.csv" "$scratch" && cp "$golden/run/config.json" "$scratch/runs" || exit 1
cd "$scratch" || exit 1

bad=0 panics=0
fault() { bad=$((bad + 1)); echo "worker panic: at $at on $threads threads: $1: $(cat error)" >&2; }
set -- --config runs/config.json --set training.batch_size=60 --set training.epochs=9
"$program" --quiet "$@" --out whole >/dev/null 2>error || { cat error >&2; exit 1; }
for threads in 2 4; do
    for at in 0 1 2 5 11; do
        rm -rf run
        RNN_PANIC_AT=$at timeout 60 "$planted" --quiet "$@" --out run --threads $threads >/dev/null 2>error
        code=$?
        # A thread may never have come to do anything: the main one is fast.
        if [ $code -eq 0 ]; then continue; fi
        panics=$((panics + 1))
        [ $code -eq 70 ] || fault "ended with $code"
        grep -q "internal error: planted" error || fault "other words"
        if [ "$(wc -l <error)" -ne 1 ]; then fault "more than one line"; fi
        "$program" --quiet --resume --out run >/dev/null 2>error || fault "does not resume"
        cmp -s run/model.safetensors whole/model.safetensors || fault "other model"
        cmp -s run/metrics.jsonl whole/metrics.jsonl || fault "other metrics"
    done
done
echo "worker panic: $panics panics: $bad bad states"
[ $bad -eq 0 ] && [ $panics -ge 3 ]

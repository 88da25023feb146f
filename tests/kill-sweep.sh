#!/bin/sh
# Kills rnn-train with SIGKILL at every call by which it opens, writes, syncs, links, renames, removes or closes a file,
# and at random moments. After each kill the run is resumed (and resumed from the checkpoint before the last), and has
# to end with the bits of a run that was never killed, without temp files. Then each call that changes the disk fails
# once as on a full or broken one, or is interrupted, or brings a SIGTERM: the phase of saving stops as any other.
#
#   tests/kill-sweep.sh [PROGRAM [RANDOM_KILLS]]      default: target/release/rnn-train, 200
#   EXPECT=bad tests/kill-sweep.sh PROGRAM 0          succeeds only if bad states are found: for a planted fault
#   CALLS="write fsync" tests/kill-sweep.sh           kills at these calls alone
#
# Needs strace. The kill comes on entry to a call, so that the next point covers what is after it. Each call is traced
# by itself: in a list each would be counted by itself, and the first would be the only one ever reached.
set -u
cd "$(dirname "$0")/.." || exit 1
program=$(realpath "${1:-target/release/rnn-train}") || exit 1
random_kills=${2:-200}
expect=${EXPECT:-good}
command -v strace >/dev/null || { echo "kill sweep: strace is missing" >&2; exit 3; }

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
cd "$scratch" || exit 1

# Two series of a swinging value; windows enough for six updates an epoch.
awk 'BEGIN { print "key,x,y"; for (t = 0; t < 60; t++) for (k = 1; k < 3; k++)
    printf "s%d,%.4f,%.4f\n", k, sin(t / 3 * k), cos(t / 4) + k }' >rows.csv
config() { # EPOCHS STEPS: a checkpoint after each epoch and so many updates
    cat <<END
{"data": {"path": "rows.csv", "series": "key", "inputs": ["x", "y"], "targets": ["y"], "window": {"length": 6}},
 "task": {"type": "forecast"}, "model": {"topology": "multi", "cell": "lstm", "hidden_size": 3, "dropout": 0.2},
 "training": {"epochs": $1, "batch_size": 14, "schedule": {"type": "plateau", "patience": 0}},
 "output": {"checkpoint_every": {"epochs": 1, "steps": $2}}}
END
}
train() { "$program" --quiet --threads 1 "$@" >/dev/null 2>error; }

bad=0 points=0 early=0 previous=0 failures=0 stops=0
fault() {
    bad=$((bad + 1))
    if [ "$expect" = good ]; then echo "BAD $where: $1: $(cat error)" >&2; fi
}
same() { # RUN: equal to the run that was never killed
    cmp -s "$1/model.safetensors" whole/model.safetensors || { fault "$1: other model"; return; }
    cmp -s "$1/metrics.jsonl" whole/metrics.jsonl || { fault "$1: other metrics"; return; }
    for left in "$1"/.rnn-tmp-*; do
        if [ -e "$left" ]; then fault "$1: $left is left"; return; fi
    done
}
# What a killed run has left must go on to the end.
check() {
    if [ ! -e run/checkpoint.safetensors ]; then
        early=$((early + 1))
        # Nothing was saved yet, so nothing can be lost; but nothing may be there that looks like it.
        if [ -e run/checkpoint.prev.safetensors ] || [ -e run/metrics.jsonl ]; then fault "no checkpoint"; fi
        return
    fi
    if [ -e run/checkpoint.prev.safetensors ]; then
        previous=$((previous + 1))
        rm -rf before && cp -r run before
        if train --resume --from-previous --out before; then same before; else fault "the previous one"; fi
    fi
    if train --resume --out run; then same run; else fault "does not resume"; fi
}

# A new run in which something comes at the Nth of a call.
inject() { # CALL N WHAT
    rm -rf run
    strace -f -qq -o /dev/null -e trace="$1" -e inject="$1:$3:when=$2" \
        "$program" --quiet --threads 1 --config config.json --out run >/dev/null 2>error
    code=$?
}

# A call fails: the run has made that good, or has ended with 74 and goes on.
fails() { # CALL N ERROR
    where="$1 $2 $3" failures=$((failures + 1))
    inject "$1" "$2" "error=$3"
    case $code in
        0) same run ;;
        74) if [ "$3" = EINTR ]; then fault "an interrupted call is to be made again"; else check; fi ;;
        *) fault "ended with $code" ;;
    esac
}

# A signal that asks to stop comes in the middle of a call.
stops() { # CALL N
    where="SIGTERM in $1 $2" stops=$((stops + 1))
    inject "$1" "$2" signal=TERM
    case $code in
        0) same run ;;
        143) check ;;
        *) fault "ended with $code" ;;
    esac
}

config 2 3 >config.json
train --config config.json --out whole || { cat error >&2; exit 1; }
traced=
for call in ${CALLS:-openat write fsync rename renameat linkat unlink unlinkat ftruncate mkdir close}; do
    strace -qq -o /dev/null -e trace=$call true 2>/dev/null || continue # no such call on this machine
    n=0
    while :; do
        n=$((n + 1)) where="$call $n"
        inject $call $n signal=KILL
        if [ $code -eq 0 ]; then break; fi
        if [ $code -ne 137 ]; then
            echo "kill sweep: $where ended with $code: $(cat error)" >&2
            exit 1
        fi
        points=$((points + 1))
        check
    done
    traced="$traced $call $((n - 1))"
    if [ "$expect" = good ]; then
        k=1
        while [ $k -lt $n ]; do
            case $call in write | fsync | rename | renameat | linkat) fails $call $k ENOSPC ;; esac
            case $call in write | fsync) fails $call $k EINTR; stops $call $k ;; esac
            case $call in fsync) fails $call $k EIO ;; linkat | rename) stops $call $k ;; esac
            k=$((k + 1))
        done
    fi
    if [ $n -eq 1 ] && [ "$expect" = good ]; then
        case $call in openat | write | fsync | linkat | close)
            echo "kill sweep: no kill point at $call: the sweep sees nothing" >&2
            exit 1 ;;
        esac
    fi
done
echo "kill sweep: $points kill points ($traced ) and $failures failing calls, $stops stops," \
    "$early before the first save, $previous with two checkpoints: $bad bad states"

# At random moments, again and again in the same run.
config 40 2 >config.json
rm -rf whole
train --config config.json --out whole || { cat error >&2; exit 1; }
kills=0 runs=0 swept=$bad
while [ $kills -lt "$random_kills" ]; do
    rm -rf run
    runs=$((runs + 1))
    while :; do
        if [ -e run/checkpoint.safetensors ]; then
            set -- --resume --out run
        else
            rm -rf run
            set -- --config config.json --out run
        fi
        "$program" --quiet --threads 1 "$@" >/dev/null 2>error &
        pid=$!
        if [ $kills -lt "$random_kills" ]; then
            sleep "$(od -An -N2 -tu2 /dev/urandom | awk '{ printf "%.4f", 0.005 + $1 / 65536 * 0.1 }')"
            kill -KILL $pid 2>/dev/null
        fi
        wait $pid 2>/dev/null
        code=$? where="random kill $kills"
        case $code in
            0) same run; break ;;
            137) kills=$((kills + 1)) ;;
            *) fault "ended with $code"; break ;;
        esac
    done
done
if [ "$random_kills" -gt 0 ]; then
    echo "kill sweep: $kills random kills in $runs runs: $((bad - swept)) bad states"
fi

if [ $points -eq 0 ]; then
    echo "kill sweep: there was no kill point at all" >&2
    exit 1
fi
case $expect in
    good) [ $bad -eq 0 ] ;;
    *) [ $bad -gt 0 ] || { echo "kill sweep: the planted fault was not found" >&2; exit 1; } ;;
esac

#!/bin/sh
# Disks that are full, full for a while, or cannot be written: a run ends with 74 and keeps what it saved, or goes on when
# there is room again; a disk that cannot be written is found before the data are read. And clocks that are wrong.
#
#   tests/disks.sh [PROGRAM]      default: target/release/rnn-train
#
# Needs namespaces of its own for its disks (`unshare -Urm`), and `faketime` for clocks; ends with 3 where the first are
# missing, and says so where the second is.
set -u
cd "$(dirname "$0")/.." || exit 1
program=$(realpath "${1:-target/release/rnn-train}") || exit 1
if [ "${IN_NAMESPACE:-}" != yes ]; then
    unshare -Urm true 2>/dev/null || { echo "disks: no namespaces here" >&2; exit 3; }
    IN_NAMESPACE=yes exec unshare -Urm sh tests/disks.sh "$program"
fi
scratch=$(mktemp -d) || exit 1
trap 'cd /; umount "$scratch/disk" 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
golden=$(pwd)/tests/golden/1/numbers
mkdir "$scratch/runs" "$scratch/disk" && cp "$golden/rows.csv" "$scratch" && cp "$golden/run/config.json" "$scratch/runs" || exit 1
cd "$scratch" || exit 1

bad=0 checks=0
check() { # WHAT CONDITION...
    what=$1 checks=$((checks + 1))
    shift
    "$@" || { bad=$((bad + 1)); echo "disks: $what: $(cat error)" >&2; }
}
says() { grep -q -- "$1" error; }
train() {
    "$program" --quiet --config runs/config.json --set training.epochs=6 --set training.early_stopping=null "$@" >/dev/null 2>error
    code=$?
}
same() { cmp -s "$1/model.safetensors" whole/model.safetensors && cmp -s "$1/metrics.jsonl" whole/metrics.jsonl; }
left() { [ -z "$(find "$1" -name '.rnn-tmp-*')" ]; }

train --out whole
check "a run on a good disk" [ $code -eq 0 ]

# Full from some moment on: each size ends in another save.
stopped=0
for size in 12 16 24 32 40 48; do
    mount -t tmpfs -o size=${size}k none disk || exit 3
    train --out disk/run
    if [ $code -ne 0 ]; then
        stopped=$((stopped + 1))
        check "$size KiB: ends with 74, not $code" [ $code -eq 74 ]
        check "$size KiB: names the sizes" says "bytes needed, .* free"
        check "$size KiB: leaves no temp file" left disk
        mount -o remount,size=1m disk
        if [ -e disk/run/checkpoint.safetensors ]; then
            "$program" --quiet --resume --out disk/run >/dev/null 2>error
            check "$size KiB: goes on when there is room" [ $? -eq 0 ]
            check "$size KiB: to the same bits" same disk/run
        fi
    else
        check "$size KiB: the same bits" same disk/run
    fi
    umount disk
done
check "some disks were too small" [ $stopped -gt 1 ]

# Full for a while: the saves in between are told and made good.
mount -t tmpfs -o size=64k none disk || exit 3
train --out disk/run --set training.epochs=1
check "room for a start" [ $code -eq 0 ]
dd if=/dev/zero of=disk/ballast bs=1k >/dev/null 2>&1
"$program" --quiet --resume --out disk/run --set training.epochs=6 --set training.early_stopping=null >/dev/null 2>error
check "a full disk at the start of a resume" [ $? -eq 74 ]
rm disk/ballast
"$program" --quiet --resume --out disk/run --set training.epochs=6 >/dev/null 2>error
check "goes on after it" [ $? -eq 0 ]
check "to the same bits" same disk/run
umount disk

# Not to be written at all.
mount -t tmpfs -o size=64k none disk || exit 3
mount -o remount,ro disk
train --out disk/run --set data.path=not-there.csv
check "a read-only disk is found before the rows are read" [ $code -eq 74 ]
check "and named" says "read-only"
umount disk

# Clocks: before 1970, far ahead, and jumping; nothing but the log depends on them.
if command -v faketime >/dev/null; then
    for clock in "1960-01-01 00:00:00" "2100-06-01 00:00:00" "-10y" "-1d x500" "+1d x-500"; do
        rm -rf run
        faketime -f "$clock" "$program" --quiet --config runs/config.json --set training.epochs=6 \
            --set training.early_stopping=null --out run >/dev/null 2>error
        check "clock $clock" [ $? -eq 0 ]
        check "clock $clock: the same bits" same run
    done
else
    echo "disks: !!! SKIPPED clocks: faketime is missing" >&2
fi
echo "disks: $checks checks, $stopped full disks: $bad bad"
[ $bad -eq 0 ]

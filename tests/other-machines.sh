#!/bin/sh
# The same bits on other machines, as far as one machine can play them: each kernel, a C library that is told the CPU has
# no AVX2 and no fused multiply-add, another C library (musl), programs compiled for newer CPUs, an emulated CPU of another
# make (aarch64, by qemu-user). Small runs of every cell, numbers and words; model.safetensors and metrics.jsonl have to be
# equal.
#
#   tests/other-machines.sh [PROGRAM]      default: target/release/rnn-train
#
# Says what is left out, and ends with 0 all the same where only that is missing.
set -u
cd "$(dirname "$0")/.." || exit 1
program=$(realpath "${1:-target/release/rnn-train}") || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

machines=0 skipped=0 bad=0
# NAME PROGRAM: all runs by this program; the first is what the others are compared with.
machine() {
    name=$1 by=$2
    for golden in numbers words carried; do
        for cell in rnn lstm gru; do
            out="$scratch/$name/$golden-$cell"
            "$by" --quiet --config "tests/golden/1/$golden/run/config.json" --out "$out" --set model.cell=$cell \
                --set model.hidden_size=37 --set training.epochs=2 >/dev/null 2>"$scratch/error" ||
                { echo "other machines: $name, $golden, $cell: $(cat "$scratch/error")" >&2; bad=$((bad + 1)); continue; }
            for file in model.safetensors metrics.jsonl; do
                cmp -s "$out/$file" "$scratch/this/$golden-$cell/$file" ||
                    { echo "other machines: $name, $golden, $cell: another $file" >&2; bad=$((bad + 1)); }
            done
        done
    done
    machines=$((machines + 1))
    all=$(cat "$scratch/$name"/*/model.safetensors "$scratch/$name"/*/metrics.jsonl | sha256sum | cut -c1-16)
    echo "other machines: $all $name"
}
skip() {
    skipped=$((skipped + 1))
    echo "other machines: !!! SKIPPED $1" >&2
}

machine this "$program"
RNN_KERNEL=portable machine kernel-portable "$program"
RNN_KERNEL=avx2 machine kernel-avx2 "$program"
# Harmless where the C library knows no such setting.
GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2,-FMA4,-AVX512F,-AVX_Fast_Unaligned_Load machine libm-without-fma "$program"
GLIBC_TUNABLES=glibc.malloc.perturb=165 machine memory-full-of-junk "$program"

# TARGET FLAGS NAME [EMULATOR]: built and run.
build() {
    if ! rustup target list --installed 2>/dev/null | grep -q "^$1\$"; then
        rustup target add "$1" >/dev/null 2>&1 || { skip "$3: no $1 here: rustup target add $1"; return; }
    fi
    RUSTFLAGS="$2" cargo build --quiet --release --locked --bin rnn-train --target "$1" \
        --target-dir "target/other/$3" || { echo "other machines: $3 is not built" >&2; bad=$((bad + 1)); return; }
    printf '#!/bin/sh\nexec %s "%s" "$@"\n' "${4:-}" "$(pwd)/target/other/$3/$1/release/rnn-train" >"$scratch/run-$3"
    chmod +x "$scratch/run-$3"
    machine "$3" "$scratch/run-$3"
}
if [ "$(uname -sm)" = "Linux x86_64" ]; then
    build x86_64-unknown-linux-musl "-C target-cpu=x86-64-v2" musl-v2
    if grep -q avx2 /proc/cpuinfo && grep -q fma /proc/cpuinfo; then
        build x86_64-unknown-linux-gnu "-C target-cpu=x86-64-v3" glibc-v3
    else
        skip "glibc-v3: this CPU has no AVX2"
    fi
    emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64)
    if [ -n "$emulator" ]; then
        # Rust brings the linker and the C library along.
        build aarch64-unknown-linux-musl "-C linker=rust-lld -C link-self-contained=yes" aarch64 "$emulator"
    else
        skip "aarch64: no emulator here: qemu-user-static"
    fi
else
    skip "musl and other CPUs: only on Linux, x86-64"
fi
echo "other machines: $machines machines, 9 runs each, $skipped left out: $bad bad"
[ $bad -eq 0 ] && [ $machines -ge 5 ]

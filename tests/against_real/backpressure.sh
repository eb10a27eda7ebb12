#!/usr/bin/env bash
# Runs Backpressure.java on Reactor and writes tests/vectors/backpressure-reactor.json: backpressure.sh [SEED] [CASES]
# Reactor is where tests/exercises/install.sh puts the Java libraries.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
libs=${WHETSTONE_SYSTEMS:-$here/../../target/systems}/java/libs
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
javac -cp "$libs/*" -d "$out" "$here/Backpressure.java"
java -cp "$libs/*:$out" Backpressure "${1:-11}" "${2:-300}" >"$out/cases"
version=$(basename "$libs"/reactor-core-*.jar .jar)
{
  printf '{"origin":"%s on Java %s","date":"%s","script":"tests/against_real/backpressure.sh","cases":[\n' \
    "$version" "$(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')" "$(date +%F)"
  sed '$!s/$/,/' "$out/cases"
  printf ']}\n'
} >"$here/../vectors/backpressure-reactor.json"

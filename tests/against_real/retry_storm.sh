#!/usr/bin/env bash
# Runs RetryStorm.java on Resilience4j and writes tests/vectors/retry-resilience4j.json: retry_storm.sh [SEED] [CASES]
# Resilience4j is where tests/exercises/install.sh puts the Java libraries.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
libs=${WHETSTONE_SYSTEMS:-$here/../../target/systems}/java/libs
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
javac -cp "$libs/*" -d "$out" "$here/RetryStorm.java"
java -cp "$libs/*:$out" RetryStorm "${1:-5}" "${2:-200}" >"$out/cases"
version=$(basename "$libs"/resilience4j-circuitbreaker-*.jar .jar)
{
  printf '{"origin":"%s","date":"%s","script":"tests/against_real/retry_storm.sh",\n' "$version" "$(date +%F)"
  cat "$out/cases"
  printf '}\n'
} >"$here/../vectors/retry-resilience4j.json"

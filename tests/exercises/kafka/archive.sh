#!/bin/bash
# Makes HOME/kafka.jsa, an archive of the classes that the tools and a broker load, so that each start takes half as
# long. Everything runs without it; a JVM that cannot use it says nothing and starts as usual.
set -euo pipefail
home=$(cd "${1:?usage: archive.sh HOME}" && pwd)
PATH=$home/bin:$PATH
work=$(mktemp -d)
trap '"$home/broker.sh" --stop "$work/broker"; rm -rf "$work"' EXIT

# The class lists are written by the JVMs of one small session and then merged.
export KAFKA_OPTS="-XX:DumpLoadedClassList=$work/%p.list"
"$home/broker.sh" "$work/broker" >"$work/out"
. "$work/broker/env"
at=(--bootstrap-server "$BOOTSTRAP")
{
    kafka-topics.sh "${at[@]}" --create --topic t --partitions 3
    kafka-topics.sh "${at[@]}" --describe
    seq 9 | kafka-console-producer.sh "${at[@]}" --topic t
    kafka-console-consumer.sh "${at[@]}" --topic t --group g --from-beginning --max-messages 9
    kafka-consumer-groups.sh "${at[@]}" --describe --group g
    kafka-configs.sh "${at[@]}" --describe --entity-type topics --entity-name t
    kafka-get-offsets.sh "${at[@]}" --topic t
    kafka-console-share-consumer.sh "${at[@]}" --topic t --group s --max-messages 1 --timeout-ms 3000
    kafka-share-groups.sh "${at[@]}" --list
    kafka-producer-perf-test.sh "${at[@]}" --topic t --num-records 9 --record-size 9 --throughput -1
} >>"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
kill "$BROKER_PIDS"
while kill -0 "$BROKER_PIDS" 2>/dev/null; do sleep 0.1; done
unset KAFKA_OPTS

sort -u "$work"/*.list >"$work/all"
# Lines that name lambda call sites must follow the classes they belong to.
{ grep -v '^@' "$work/all"; grep '^@' "$work/all" || true; } >"$work/classes"
java -Xshare:dump -XX:+UseSerialGC -Xlog:disable -XX:SharedClassListFile="$work/classes" \
    -XX:SharedArchiveFile="$home/kafka.jsa.new" -cp "$home/libs/*"
mv "$home/kafka.jsa.new" "$home/kafka.jsa"

#!/bin/bash
# Runs a Kafka class the way the scripts of the Kafka download do, only tuned to start quickly.
# Heeds KAFKA_HEAP_OPTS, KAFKA_OPTS, KAFKA_LOG_LEVEL and CLASSPATH.
home=${BASH_SOURCE[0]%/*}/..
log=${KAFKA_LOG_CONFIG:-tools}
if [ "$2" = -daemon ]; then
    daemon=yes
    set -- "$1" "${@:3}"
fi
# The archive of preloaded classes counts only for exactly the class path it was made with.
java=(java ${KAFKA_HEAP_OPTS:-${KAFKA_HEAP:--Xmx256m}} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto)
[ -z "$CLASSPATH" ] && [ -e "$home/kafka.jsa" ] && java+=("-XX:SharedArchiveFile=$home/kafka.jsa" -Xlog:disable)
java+=("-Dlog4j2.configurationFile=$home/config/$log-log4j2.properties" $KAFKA_OPTS)
java+=(-cp "${CLASSPATH:+$CLASSPATH:}$home/libs/*" "$@")
if [ -n "$daemon" ]; then
    nohup "${java[@]}" >"${LOG_DIR:-.}/kafka.out" 2>&1 </dev/null &
    exit 0
fi
exec "${java[@]}"

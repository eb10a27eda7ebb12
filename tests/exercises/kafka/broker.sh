#!/bin/bash
# A throw-away Kafka cluster (KRaft) for exercises; --help says how.
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
    cat <<'HELP'
broker.sh DIR [BROKERS] [--set KEY=VALUE]…   start BROKERS (1 or 3; 1) combined nodes with their data in DIR
broker.sh --stop DIR                         stop them and remove their data
broker.sh --help

Listens on the loopback interface only, on free ports, in the background. Prints, and writes to DIR/env:
  BOOTSTRAP=localhost:PORT[,…]   the addresses
  BROKER_PIDS='…'                the processes, node 1 first
Logs are in DIR/N/server.log, the properties in DIR/N/server.properties. The defaults are Kafka's own, but:
groups start without a delay, retention and compaction are looked at every second, internal topics have 5 partitions
(replicated to all three brokers when there are three), and an authorizer is on that lets everyone do everything.
To stop one broker of three: kill its pid; to start it again: kafka-server-start.sh DIR/N/server.properties &
HELP
}

stop() {
    local dir=$1 file pid
    for file in "$dir"/*/pid; do
        [ -e "$file" ] || continue
        pid=$(cat "$file")
        # A pid may have been reused since: only a process that names this folder is ours.
        if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$dir/"; then
            kill -KILL "$pid" 2>/dev/null || true
        fi
        rm -rf "${file%/pid}"
    done
    rm -f "$dir/env"
}

free_ports() {
    local taken=" " port
    for _ in $(seq "$1"); do
        while port=$((20000 + RANDOM % 12000)) &&
            { [[ $taken == *" $port "* ]] || (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }; do :; done
        taken+="$port "
    done
    echo "$taken"
}

dir= brokers=1 settings=()
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --stop) [ -d "${2:?--stop needs DIR}" ] && stop "$(cd "$2" && pwd)"; exit 0 ;;
        --set) settings+=("${2:?--set needs KEY=VALUE}"); shift ;;
        1 | 3) if [ -n "$dir" ]; then brokers=$1; else dir=$1; fi ;;
        *) [ -z "$dir" ] || { echo "broker.sh: unknown argument $1 (see --help)" >&2; exit 2; }; dir=$1 ;;
    esac
    shift
done
[ -n "$dir" ] || { usage >&2; exit 2; }
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
[ ! -e "$dir/env" ] || { echo "broker.sh: $dir is in use; first broker.sh --stop $dir" >&2; exit 1; }

uuid() { head -c 16 /dev/urandom | base64 | tr '+/' 'ab' | tr -d '='; }
read -r -a ports <<<"$(free_ports $((2 * brokers)))"
cluster=$(uuid)
bootstrap= controllers= initial=
for n in $(seq "$brokers"); do
    bootstrap+=${bootstrap:+,}localhost:${ports[2 * n - 2]}
    controllers+=${controllers:+,}localhost:${ports[2 * n - 1]}
    initial+=${initial:+,}$n@localhost:${ports[2 * n - 1]}:$(uuid)
done

export KAFKA_HEAP_OPTS=${BROKER_HEAP:--Xmx384m}
pids=()
for n in $(seq "$brokers"); do
    mkdir -p "$dir/$n"
    cat >"$dir/$n/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=$n
broker.rack=rack-$n
log.dirs=$dir/$n/data
listeners=PLAINTEXT://localhost:${ports[2 * n - 2]},CONTROLLER://localhost:${ports[2 * n - 1]}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=$controllers
offsets.topic.replication.factor=$brokers
transaction.state.log.replication.factor=$brokers
transaction.state.log.min.isr=$(((brokers + 1) / 2))
share.coordinator.state.topic.replication.factor=$brokers
share.coordinator.state.topic.min.isr=$(((brokers + 1) / 2))
offsets.topic.num.partitions=5
transaction.state.log.num.partitions=5
share.coordinator.state.topic.num.partitions=5
group.initial.rebalance.delay.ms=0
log.initial.task.delay.ms=500
log.retention.check.interval.ms=1000
log.cleaner.backoff.ms=500
log.cleaner.dedupe.buffer.size=8388608
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
PROPERTIES
    for setting in ${settings[@]+"${settings[@]}"}; do echo "$setting" >>"$dir/$n/server.properties"; done
    # The shell of this job becomes the broker, so that its pid is the broker's.
    (
        "$home/bin/kafka-storage.sh" format -t "$cluster" -c "$dir/$n/server.properties" --initial-controllers "$initial"
        exec "$home/bin/kafka-server-start.sh" "$dir/$n/server.properties"
    ) >"$dir/$n/server.log" 2>&1 </dev/null &
    pids+=($!)
    echo $! >"$dir/$n/pid"
done

for _ in $(seq 300); do
    up=0
    for n in $(seq "$brokers"); do
        kill -0 "${pids[n - 1]}" 2>/dev/null || { tail -n 20 "$dir/$n/server.log" >&2; stop "$dir"; exit 1; }
        grep -q 'Kafka Server started' "$dir/$n/server.log" && up=$((up + 1))
    done
    if [ "$up" = "$brokers" ]; then
        printf "BOOTSTRAP=%s\nBROKER_PIDS='%s'\n" "$bootstrap" "${pids[*]}" | tee "$dir/env"
        exit 0
    fi
    sleep 0.1
done
tail -n 20 "$dir/1/server.log" >&2
stop "$dir"
echo "broker.sh: not up after 30 s" >&2
exit 1

package org.apache.kafka.clients.producer.internals;

import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.function.Supplier;
import org.apache.kafka.clients.MetadataSnapshot;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.utils.*;

/**
 * Asks the classes of kafka-clients where records go, and prints tests/vectors/partitioner.json (without librdkafka's part, which
 * partitioner_librdkafka.py adds). In the package of the classes, since the partitioner's chance can be replaced only there.
 *
 *   javac -cp "$KAFKA_LIBS/*" -d /tmp/vectors tests/against_real/PartitionerVectors.java
 *   java -cp "/tmp/vectors:$KAFKA_LIBS/*" org.apache.kafka.clients.producer.internals.PartitionerVectors \
 *       | python3 tests/against_real/partitioner_librdkafka.py > tests/vectors/partitioner.json
 */
public class PartitionerVectors {
    static final Random PICK = new Random(6);
    static long now;

    public static void main(String[] args) throws Exception {
        StringBuilder out = new StringBuilder();
        out.append("{\"origin\":\"kafka-clients ").append(AppInfoParser.getVersion())
            .append(": Utils.murmur2, BuiltInPartitioner, RecordAccumulator, RoundRobinPartitioner; tests/against_real/PartitionerVectors.java\",\n\"keys\":[\n");
        List<String> keys = keys();
        for (int i = 0; i < keys.size(); i++) {
            byte[] bytes = keys.get(i).getBytes(StandardCharsets.UTF_8);
            out.append("[\"").append(HexFormat.of().formatHex(bytes)).append("\",")
                .append(Integer.toUnsignedString(Utils.murmur2(bytes)));
            for (int n : new int[] {1, 3, 4, 7, 8}) out.append(',').append(BuiltInPartitioner.partitionForKey(bytes, n));
            out.append(i + 1 < keys.size() ? "],\n" : "]\n");
        }
        out.append("],\n\"round_robin\":").append(roundRobin()).append(",\n\"runs\":[\n");
        int runs = 30;
        for (int i = 0; i < runs; i++) out.append(run(i)).append(i + 1 < runs ? ",\n" : "\n");
        System.out.println(out.append("]}"));
        System.exit(0);
    }

    static List<String> keys() {
        List<String> keys = new ArrayList<>(List.of("", "a", "ab", "abc", "abcd", "abcde", "42", "order-1", "merchant-1#0", "größe", "注文", "😀"));
        for (int i = 0; i < 250; i++) keys.add("order-" + i);
        for (int i = 0; i < 60; i++) keys.add("merchant-" + i);
        for (int i = 0; i < 80; i++) keys.add(new UUID(PICK.nextLong(), PICK.nextLong()).toString());
        for (int i = 0; i < 100; i++) {
            StringBuilder key = new StringBuilder();
            for (int n = PICK.nextInt(20); n > 0; n--) key.appendCodePoint(32 + PICK.nextInt(600));
            keys.add(key.toString());
        }
        return keys;
    }

    static List<Integer> roundRobin() {
        var partitioner = new RoundRobinPartitioner();
        var cluster = snapshot(3).cluster();
        List<Integer> went = new ArrayList<>();
        for (int i = 0; i < 7; i++) went.add(partitioner.partition("orders", "k", "k".getBytes(), null, null, cluster));
        return went;
    }

    static MetadataSnapshot snapshot(int partitions) {
        Map<Integer, Node> nodes = new HashMap<>();
        List<MetadataResponse.PartitionMetadata> parts = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            nodes.put(i, new Node(i, "localhost", 9000 + i));
            parts.add(new MetadataResponse.PartitionMetadata(Errors.NONE, new TopicPartition("orders", i), Optional.of(i),
                Optional.empty(), List.of(i), List.of(i), List.of()));
        }
        return new MetadataSnapshot(null, nodes, parts, Set.of(), Set.of(), Set.of(), nodes.get(0), Map.of());
    }

    /** Time that stands still but for our steps. */
    static class Stopped implements Time {
        public long milliseconds() { return now; }
        public long hiResClockMs() { return now; }
        public long nanoseconds() { return now * 1_000_000; }
        public void sleep(long ms) { now += ms; }
        public void waitObject(Object o, Supplier<Boolean> condition, long deadline) { throw new UnsupportedOperationException(); }
    }

    /** Appends, looks at what is ready and sends, at random; records what came out and the chance that went in. */
    static String run(int number) throws Exception {
        now = 1000;
        int partitions = 1 + PICK.nextInt(6);
        int batchSize = new int[] {512, 1024, 4096, 16384}[PICK.nextInt(4)];
        int linger = new int[] {0, 5, 50}[PICK.nextInt(3)];
        boolean adaptive = PICK.nextInt(4) > 0;
        int timeout = new int[] {0, 0, 20}[PICK.nextInt(3)];
        List<Integer> chance = new ArrayList<>();
        var time = new Stopped();
        var metrics = new Metrics();
        var pool = new BufferPool(64L << 20, batchSize, metrics, time, "producer-metrics");
        var accumulator = new RecordAccumulator(new LogContext(), batchSize, Compression.NONE, linger, 100, 1000, 3_600_000,
                new RecordAccumulator.PartitionerConfig(adaptive, timeout), metrics, "producer-metrics", time, null, pool) {
            @Override
            BuiltInPartitioner createBuiltInPartitioner(LogContext log, String topic, int size) {
                return new BuiltInPartitioner(log, topic, size) {
                    @Override
                    int randomPartition() {
                        chance.add(PICK.nextInt(Integer.MAX_VALUE));
                        return chance.get(chance.size() - 1);
                    }
                };
            }
        };
        var metadata = snapshot(partitions);
        StringJoiner ops = new StringJoiner(",");
        for (int i = 0; i < 110; i++) {
            int what = PICK.nextInt(10);
            if (what < 6) {
                int key = PICK.nextInt(4) == 0 ? PICK.nextInt(40) : -1;
                int value = PICK.nextInt(4) == 0 ? PICK.nextInt(3 * batchSize) : PICK.nextInt(1 + batchSize / 4);
                int to = PICK.nextInt(5) == 0 ? PICK.nextInt(partitions) : RecordMetadata.UNKNOWN_PARTITION;
                int[] went = {-1};
                var callbacks = new RecordAccumulator.AppendCallbacks() {
                    public void setPartition(int partition) { went[0] = partition; }
                    public void onCompletion(RecordMetadata metadata, Exception e) { }
                };
                accumulator.append("orders", to, now, key < 0 ? null : new byte[key], new byte[value], Record.EMPTY_HEADERS, callbacks, 1000,
                    now, metadata.cluster());
                var last = accumulator.getDeque(new TopicPartition("orders", went[0])).peekLast();
                ops.add("{\"append\":[" + to + "," + key + "," + value + "],\"went\":" + went[0] + ",\"bytes\":" + last.estimatedSizeInBytes() + "}");
            } else if (what < 7) {
                int wait = PICK.nextInt(30);
                now += wait;
                ops.add("{\"wait\":" + wait + "}");
            } else {
                var ready = accumulator.ready(metadata, now);
                TreeSet<Integer> nodes = new TreeSet<>();
                for (Node node : ready.readyNodes) nodes.add(node.id());
                TreeSet<Integer> drained = new TreeSet<>();
                for (int node : nodes) {
                    boolean can = PICK.nextInt(3) > 0;
                    accumulator.updateNodeLatencyStats(node, now, can);
                    if (can) drained.add(node);
                }
                Set<Node> to = new HashSet<>();
                for (Node node : ready.readyNodes) if (drained.contains(node.id())) to.add(node);
                TreeMap<Integer, Integer> sizes = new TreeMap<>();
                accumulator.drain(metadata, to, Integer.MAX_VALUE, now).forEach((node, batches) -> sizes.put(node, batches.get(0).recordCount));
                StringJoiner counts = new StringJoiner(",", "[", "]");
                sizes.forEach((node, count) -> counts.add("[" + node + "," + count + "]"));
                ops.add("{\"ready\":" + nodes + ",\"drained\":" + counts + "}");
            }
        }
        return "{\"partitions\":" + partitions + ",\"batch_size\":" + batchSize + ",\"linger\":" + linger + ",\"adaptive\":" + adaptive
            + ",\"timeout\":" + timeout + ",\"chance\":" + chance + ",\"ops\":[" + ops + "]}";
    }
}

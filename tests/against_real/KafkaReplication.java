/*
 * Breaks a real Kafka cluster and writes what it did to tests/vectors/kafka-replication.json.
 *
 *   java -cp 'target/systems/kafka/libs/*' tests/against_real/KafkaReplication.java [NAME…]
 *
 * One controller and three brokers on this machine, in a temporary folder; about fifteen minutes. After every thing done the
 * state is read when it has not changed for a while: leader, ISR, ELR and last known leader from the metadata, the
 * high-water mark from the leader, and every broker's log from its files (the epoch and the record's number).
 * Timeouts are shortened: broker.session.timeout.ms=6000, replica.lag.time.max.ms=6000.
 */

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.*;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.*;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;

public class KafkaReplication {
    static final int CONTROLLER = 9000 + new Random().nextInt(500) * 2 + 11000;
    static final String TOPIC = "orders";
    static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    /** A name, whether ELR is on, min.insync.replicas, unclean.leader.election.enable, and what is done. */
    record Script(String name, int elr, int min, boolean unclean, String... does) {}

    static final List<Script> SCRIPTS = List.of(
        new Script("a frozen follower holds the commit", 1, 2, false,
            "send all", "send all", "freeze 3 at once", "send all", "settle", "send all", "resume 3"),
        new Script("below the minimum", 1, 2, false,
            "send all", "stop 2", "stop 3", "send all", "send 1", "send 1", "start 2"),
        new Script("an eligible replica leads", 1, 2, false,
            "send all", "send all", "stop 3", "stop 2", "send 1", "kill 1", "start 2", "send all", "start 1", "send all"),
        new Script("an unclean stop strikes from the ELR", 1, 2, false,
            "send all", "stop 3", "kill 2", "kill 1", "start 2", "start 1", "send all"),
        new Script("the last of the ISR, without ELR", 0, 2, false,
            "send all", "stop 3", "stop 2", "kill 1", "start 2", "start 1", "send all"),
        new Script("an unclean election and what comes after", 0, 1, true,
            "send all", "stop 3", "stop 2", "send all", "send all", "kill 1", "start 2", "send all", "start 1", "start 3"),
        new Script("a frozen leader", 1, 2, false,
            "send all", "freeze 1", "send all", "resume 1", "send all"),
        new Script("acks=1 and a leader that dies first", 1, 1, false,
            "send all", "freeze 2 at once", "freeze 3 at once", "send 1", "send 1", "kill 1 at once", "resume 2 at once", "resume 3", "send 1", "start 1"),
        new Script("the set shrinks below the minimum while a record waits", 1, 2, false,
            "send all", "freeze 2", "freeze 3 at once", "send all for long", "settle", "resume 2"),
        new Script("unclean election is allowed when it is too late", 0, 2, false,
            "send all", "stop 3", "stop 2", "send 1", "kill 1", "start 2", "unclean true"),
        new Script("an operator elects", 0, 2, false,
            "send all", "stop 3", "stop 2", "send 1", "kill 1", "start 2", "elect unclean", "start 1"),
        new Script("another minimum empties the ELR", 1, 2, false,
            "send all", "stop 3", "stop 2", "send 1", "min 1", "send all"),
        new Script("a clean stop of the leader", 1, 2, false,
            "send all", "stop 1", "send all", "start 1", "elect preferred", "send all"),
        new Script("a clean stop of the last one", 1, 2, false,
            "send all", "stop 2", "stop 3", "stop 1", "start 3", "start 2", "start 1", "send all"),
        new Script("the minimum of three", 1, 3, false,
            "send all", "freeze 2", "send all", "send 1", "resume 2", "send all"),
        new Script("the last two die one after the other", 1, 1, false,
            "send all", "kill 3", "kill 2", "send all", "kill 1", "start 3", "start 1", "send all")
    );

    static Path folder;
    static final Map<Integer, Process> processes = new TreeMap<>();
    static Admin admin;
    static final Set<Integer> frozen = new TreeSet<>();
    static int sent;

    public static void main(String[] names) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> processes.values().forEach(Process::destroyForcibly)));
        List<Map<String, Object>> cases = new ArrayList<>();
        for (int elr : new int[] {1, 0}) {
            List<Script> scripts = SCRIPTS.stream()
                .filter(script -> script.elr == elr && (names.length == 0 || List.of(names).contains(script.name)))
                .toList();
            if (!scripts.isEmpty()) {
                startCluster(elr);
                for (Script script : scripts) {
                    cases.add(run(script));
                }
                stopCluster();
            }
        }
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("program", "Apache Kafka, one controller and three brokers");
        out.put("version", AppInfoParser.getVersion());
        out.put("date", LocalDate.now().toString());
        out.put("script", "tests/against_real/KafkaReplication.java");
        out.put("settings", "broker.session.timeout.ms=6000 replica.lag.time.max.ms=6000 broker.heartbeat.interval.ms=1000");
        out.put("cases", cases);
        Path to = names.length == 0 ? Path.of("tests/vectors/kafka-replication.json") : Path.of("/dev/stdout");
        Files.writeString(to, json(out, "") + "\n");
    }

    static Map<String, Object> run(Script script) throws Exception {
        System.err.println("== " + script.name);
        NewTopic topic = new NewTopic(TOPIC, Map.of(0, List.of(1, 2, 3))).configs(Map.of(
            "min.insync.replicas", "" + script.min, "unclean.leader.election.enable", "" + script.unclean));
        admin.createTopics(List.of(topic)).all().get();
        sent = 0;
        List<Object> steps = new ArrayList<>();
        settle();
        for (String does : script.does) {
            String result = does(does.split(" "));
            Map<String, Object> step = new LinkedHashMap<>();
            step.put("does", does);
            if (!result.isEmpty()) {
                step.put("result", result);
            }
            if (!does.endsWith("at once")) {
                step.put("state", settle());
            }
            System.err.println(step);
            steps.add(step);
        }
        for (int id : List.of(1, 2, 3)) {
            signal("CONT", id);
            if (!processes.get(id).isAlive()) {
                start(id);
            }
        }
        admin.deleteTopics(List.of(TOPIC)).all().get();
        Thread.sleep(15_000);
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("name", script.name);
        out.put("elr", script.elr);
        out.put("min", script.min);
        out.put("unclean", script.unclean);
        out.put("steps", steps);
        return out;
    }

    static String does(String[] words) throws Exception {
        switch (words[0]) {
            case "send" -> {
                return send(words[1], words.length > 2);
            }
            case "freeze" -> signal("STOP", Integer.parseInt(words[1]));
            case "resume" -> signal("CONT", Integer.parseInt(words[1]));
            case "kill" -> {
                signal("KILL", Integer.parseInt(words[1]));
                processes.get(Integer.parseInt(words[1])).waitFor();
            }
            case "stop" -> {
                signal("TERM", Integer.parseInt(words[1]));
                processes.get(Integer.parseInt(words[1])).waitFor();
            }
            case "start" -> {
                start(Integer.parseInt(words[1]));
                awaitUp(Integer.parseInt(words[1]));
            }
            case "settle" -> { }
            case "min", "unclean" -> {
                String name = words[0].equals("min") ? "min.insync.replicas" : "unclean.leader.election.enable";
                ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
                AlterConfigOp op = new AlterConfigOp(new ConfigEntry(name, words[1]), AlterConfigOp.OpType.SET);
                admin.incrementalAlterConfigs(Map.of(resource, List.of(op))).all().get();
            }
            case "elect" -> {
                ElectionType type = words[1].equals("unclean") ? ElectionType.UNCLEAN : ElectionType.PREFERRED;
                return admin.electLeaders(type, Set.of(PARTITION)).partitions().get().get(PARTITION)
                    .map(error -> error.getClass().getSimpleName()).orElse("ok");
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
        return "";
    }

    /** One record, without a retry, by a producer of its own; what it was told. */
    static String send(String acks, boolean patient) throws Exception {
        Map<String, Object> config = Map.of(
            "bootstrap.servers", bootstrap(frozen), "acks", acks, "retries", 0, "enable.idempotence", false, "linger.ms", 0,
            "request.timeout.ms", patient ? 30_000 : 3_000, "delivery.timeout.ms", patient ? 30_000 : 3_000, "max.block.ms", 5_000);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            long began = System.currentTimeMillis();
            try {
                producer.send(new ProducerRecord<>(TOPIC, 0, null, "" + sent++)).get();
                return "ok";
            } catch (ExecutionException error) {
                System.err.println(error.getCause() + " after " + (System.currentTimeMillis() - began) + " ms");
                return error.getCause().getClass().getSimpleName();
            }
        }
    }

    /** The state when nothing about it has changed for ten seconds. */
    static Map<String, Object> settle() throws Exception {
        Map<String, Object> last = null;
        long since = 0;
        for (int tries = 0; tries < 200; tries++) {
            Map<String, Object> now = state();
            if (!now.equals(last)) {
                last = now;
                since = System.currentTimeMillis();
            } else if (System.currentTimeMillis() - since > 10_500) {
                break;
            }
            Thread.sleep(500);
        }
        return last;
    }

    static Map<String, Object> state() throws Exception {
        Map<String, Object> out = new LinkedHashMap<>();
        TopicPartitionInfo info;
        try {
            info = admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC).partitions().get(0);
        } catch (ExecutionException error) {
            return Map.of("unknown", error.getCause().getClass().getSimpleName());
        }
        out.put("leader", info.leader() == null || info.leader().isEmpty() ? 0 : info.leader().id());
        out.put("isr", ids(info.isr()));
        out.put("elr", ids(info.elr()));
        out.put("last_known", ids(info.lastKnownElr()));
        long high = -1;
        if (info.leader() != null && !info.leader().isEmpty()) {
            try {
                high = admin.listOffsets(Map.of(PARTITION, OffsetSpec.latest()), new ListOffsetsOptions().timeoutMs(2_000))
                    .partitionResult(PARTITION).get().offset();
            } catch (ExecutionException error) {
                high = -1;
            }
        }
        out.put("high_water", high);
        Map<String, Object> logs = new LinkedHashMap<>();
        for (int id : List.of(1, 2, 3)) {
            logs.put("" + id, log(id));
        }
        out.put("logs", logs);
        return out;
    }

    static List<Integer> ids(List<Node> nodes) {
        return nodes == null ? List.of() : nodes.stream().map(Node::id).sorted().toList();
    }

    /** The numbers of the records in a broker's log, in order. */
    static List<Integer> log(int id) {
        File file = folder.resolve(id + "/data/" + PARTITION + "/00000000000000000000.log").toFile();
        List<Integer> out = new ArrayList<>();
        try (FileRecords records = FileRecords.open(file, false)) {
            records.records().forEach(record ->
                out.add(Integer.parseInt(StandardCharsets.UTF_8.decode(record.value()).toString())));
        } catch (IOException | RuntimeException error) {
            return out;
        }
        return out;
    }

    /** The brokers but these. */
    static String bootstrap(Set<Integer> without) {
        return List.of(1, 2, 3).stream().filter(id -> !without.contains(id)).map(id -> "localhost:" + (CONTROLLER + id)).collect(Collectors.joining(","));
    }

    static void startCluster(int elr) throws Exception {
        folder = Files.createTempDirectory("kafka-replication");
        String cluster = Uuid.randomUuid().toString();
        for (int id : List.of(4, 1, 2, 3)) {
            Path home = Files.createDirectories(folder.resolve("" + id));
            boolean broker = id != 4;
            Files.writeString(home.resolve("server.properties"), String.join("\n",
                "process.roles=" + (broker ? "broker" : "controller"), "node.id=" + id,
                "log.dirs=" + home.resolve("data"), "controller.quorum.voters=4@localhost:" + CONTROLLER,
                "listeners=" + (broker ? "PLAINTEXT://localhost:" + (CONTROLLER + id) : "CONTROLLER://localhost:" + CONTROLLER),
                "controller.listener.names=CONTROLLER", "broker.session.timeout.ms=6000", "broker.heartbeat.interval.ms=1000",
                "replica.lag.time.max.ms=6000", "offsets.topic.replication.factor=1", "offsets.topic.num.partitions=1",
                "auto.leader.rebalance.enable=false", "file.delete.delay.ms=1000", "log.initial.task.delay.ms=500", ""));
            List<String> format = new ArrayList<>(List.of("target/systems/kafka/bin/kafka-storage.sh", "format", "-t", cluster, "-c",
                home.resolve("server.properties").toString()));
            if (!broker) {
                format.addAll(List.of("--feature", "eligible.leader.replicas.version=" + elr));
            }
            int code = new ProcessBuilder(format).redirectErrorStream(true).redirectOutput(home.resolve("format.log").toFile()).start().waitFor();
            if (code != 0) {
                throw new IllegalStateException(Files.readString(home.resolve("format.log")));
            }
            start(id);
        }
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrap(Set.of()), "request.timeout.ms", 4_000, "default.api.timeout.ms", 15_000);
        admin = Admin.create(config);
        while (admin.describeCluster().nodes().get().size() < 3) {
            Thread.sleep(500);
        }
    }

    static void start(int id) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("target/systems/kafka/bin/kafka-server-start.sh",
            folder.resolve(id + "/server.properties").toString());
        builder.environment().put("KAFKA_HEAP_OPTS", "-Xmx384m");
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(id + "/server.log").toFile()));
        processes.put(id, builder.start());
    }

    /** Until the controller has admitted it. */
    static void awaitUp(int id) throws Exception {
        for (int tries = 0; tries < 120; tries++) {
            try {
                if (admin.describeCluster().nodes().get().stream().anyMatch(node -> node.id() == id)) {
                    return;
                }
            } catch (ExecutionException error) {
                // Nobody is up yet that could be asked.
            }
            Thread.sleep(500);
        }
        throw new IllegalStateException("broker " + id + " is not up after a minute");
    }

    static void signal(String name, int id) throws Exception {
        if (name.equals("STOP")) {
            frozen.add(id);
        } else {
            frozen.remove(id);
        }
        new ProcessBuilder("kill", "-" + name, "" + processes.get(id).pid()).start().waitFor();
    }

    static void stopCluster() throws Exception {
        admin.close();
        for (Process process : processes.values()) {
            process.destroyForcibly().waitFor();
        }
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }

    static String json(Object value, String indent) {
        if (value instanceof Map<?, ?> map) {
            String inner = indent + "  ";
            boolean flat = map.values().stream().noneMatch(v -> v instanceof Map || v instanceof List<?> l && !l.isEmpty() && l.get(0) instanceof Map);
            String gap = flat ? " " : "\n" + inner;
            return "{" + (flat ? "" : gap) + map.entrySet().stream().map(e -> "\"" + e.getKey() + "\": " + json(e.getValue(), inner))
                .collect(Collectors.joining("," + gap)) + (flat ? "" : "\n" + indent) + "}";
        }
        if (value instanceof List<?> list) {
            boolean flat = list.isEmpty() || !(list.get(0) instanceof Map);
            String inner = indent + "  ";
            return flat ? list.stream().map(v -> json(v, inner)).collect(Collectors.joining(", ", "[", "]"))
                : "[\n" + list.stream().map(v -> inner + json(v, inner)).collect(Collectors.joining(",\n")) + "\n" + indent + "]";
        }
        return value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
    }
}

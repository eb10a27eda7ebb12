import java.time.Duration;
import java.util.*;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

/**
 * Runs a service that reads orders, charges, writes invoices and commits, against a real broker; it dies at each point between, is started
 * again, or is frozen while a second one takes over; prints tests/vectors/delivery.json. A death is a producer and a consumer of which
 * nothing is called any more: no flush, no close, no abort.
 *
 *   target/systems/kafka/broker.sh /tmp/delivery --set transaction.abort.timed.out.transaction.cleanup.interval.ms=500
 *   . /tmp/delivery/env; java -cp "$KAFKA_LIBS/*" tests/against_real/DeliveryCases.java "$BOOTSTRAP" $BROKER_PIDS > tests/vectors/delivery.json
 *   target/systems/kafka/broker.sh --stop /tmp/delivery
 */
public class DeliveryCases {
    static final int ORDERS = 4;
    static String server;
    static Admin admin;
    static int number;

    static class Died extends RuntimeException { }

    static class Service {
        final String mode, group, in, out;
        final int poll;
        final List<String> charged;
        final KafkaConsumer<String, String> consumer;
        final KafkaProducer<String, String> producer;
        final boolean member;

        Service(String mode, int poll, String name, List<String> charged, boolean member, int timeout) {
            this.mode = mode; this.poll = poll; this.charged = charged; this.member = member;
            group = name; in = name + "-orders"; out = name + "-invoices";
            Map<String, Object> consumerConfig = new HashMap<>(Map.of("bootstrap.servers", server, "group.id", group, "enable.auto.commit", false,
                "auto.offset.reset", "earliest", "max.poll.records", poll));
            if (member) consumerConfig.put("max.poll.interval.ms", 1500);
            consumer = new KafkaConsumer<>(consumerConfig, new StringDeserializer(), new StringDeserializer());
            Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", server));
            if (mode.equals("exactly")) { config.put("transactional.id", name); config.put("transaction.timeout.ms", timeout); }
            producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
            if (mode.equals("exactly")) producer.initTransactions();
            if (member) consumer.subscribe(List.of(in)); else consumer.assign(List.of(new TopicPartition(in, 0)));
        }

        /** Works until nothing is left, or dies, or stands still in the midst of a batch that {@link #thaw} finishes. */
        void run(String point) throws Exception {
            for (long done = 0, empty = 0; done < ORDERS && empty < (member ? 40 : 8); ) {
                var records = consumer.poll(Duration.ofMillis(250));
                if (records.isEmpty()) { empty++; continue; }
                List<String> orders = new ArrayList<>();
                for (var record : records) { orders.add(record.value()); done = record.offset() + 1; }
                batch(orders, done, point);
            }
        }

        void batch(List<String> orders, long next, String point) throws Exception {
            boolean here = orders.contains("2");
            var offsets = Map.of(new TopicPartition(in, 0), new OffsetAndMetadata(next));
            at(here, "polled", point);
            if (mode.equals("most")) { consumer.commitSync(offsets); at(here, "committed", point); }
            if (mode.equals("exactly")) producer.beginTransaction();
            for (String order : orders) {
                charged.add(order);
                at(order.equals("2"), "processed", point);
                send(order);
                at(order.equals("2"), "written", point);
            }
            at(here, "last", point);
            if (mode.equals("least")) { consumer.commitSync(offsets); at(here, "committed", point); }
            if (mode.equals("exactly")) {
                producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                at(here, "offsets", point);
                producer.commitTransaction();
                at(here, "committed", point);
            }
        }

        void send(String order) throws Exception {
            try {
                producer.send(new ProducerRecord<>(out, order)).get();
            } catch (ExecutionException e) {
                throw (Exception) e.getCause();
            }
        }

        /** What a frozen service does when it goes on: the rest of its batch. What stops it. */
        String thaw(List<String> orders, long next, String point) {
            try {
                var offsets = Map.of(new TopicPartition(in, 0), new OffsetAndMetadata(next));
                boolean passed = false;
                if (point.equals("last") || point.equals("offsets")) orders = List.of();
                for (String order : orders) {
                    if (order.equals("2")) { passed = true; if (point.equals("written")) continue; }
                    if (!passed) continue;
                    if (!order.equals("2")) charged.add(order);
                    send(order);
                }
                if (mode.equals("least")) consumer.commitSync(offsets);
                if (mode.equals("exactly") && !point.equals("offsets")) producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                if (mode.equals("exactly")) producer.commitTransaction();
                return "nothing";
            } catch (Exception e) {
                return e.getClass().getSimpleName();
            }
        }

        void at(boolean here, String now, String point) { if (here && now.equals(point)) throw new Died(); }
    }

    public static void main(String[] args) throws Exception {
        server = args[0];
        admin = Admin.create(Map.of("bootstrap.servers", server));
        StringJoiner cases = new StringJoiner(",\n");
        for (int poll : new int[] {1, 3})
            for (String mode : List.of("most", "least", "exactly"))
                for (String point : List.of("none", "polled", "committed", "processed", "written", "offsets"))
                    if (mode.equals("exactly") || !point.equals("offsets")) cases.add(crash(mode, poll, point));
        StringJoiner zombies = new StringJoiner(",\n");
        for (String mode : List.of("least", "exactly"))
            for (String point : List.of("processed", "written", "last", "offsets"))
                if (mode.equals("exactly") || List.of("processed", "written").contains(point)) zombies.add(zombie(mode, point));
        String timeout = timeout();
        StringJoiner acks = new StringJoiner(",");
        for (boolean idempotent : new boolean[] {true, false}) acks.add(lostAck(idempotent, args[1]));
        System.out.println("{\"origin\":\"Apache Kafka " + org.apache.kafka.common.utils.AppInfoParser.getVersion()
            + ", one broker, transaction.version 2; tests/against_real/DeliveryCases.java\",\n\"orders\":" + ORDERS + ",\n\"crashes\":[\n" + cases
            + "\n],\n\"zombies\":[\n" + zombies + "\n],\n\"timeout\":" + timeout + ",\n\"lost_acks\":[" + acks + "]}");
        System.exit(0);
    }

    static String topics() throws Exception {
        String name = "case-" + number++;
        admin.createTopics(List.of(new NewTopic(name + "-orders", 1, (short) 1), new NewTopic(name + "-invoices", 1, (short) 1))).all().get();
        try (var producer = new KafkaProducer<>(Map.of("bootstrap.servers", server), new StringSerializer(), new StringSerializer())) {
            for (int i = 1; i <= ORDERS; i++) producer.send(new ProducerRecord<>(name + "-orders", "" + i)).get();
        }
        return name;
    }

    static String crash(String mode, int poll, String point) throws Exception {
        String name = topics();
        List<String> charged = new ArrayList<>();
        long stable = -1;
        try {
            new Service(mode, poll, name, charged, false, 60_000).run(point);
        } catch (Died died) {
            settled(name, mode);
            stable = end(name, "read_committed");
            new Service(mode, poll, name, charged, false, 60_000).run("none");
        }
        return "{\"mode\":\"" + mode + "\",\"poll\":" + poll + ",\"point\":\"" + point + "\",\"stable_after_crash\":" + stable + "," + outcome(name, mode, charged) + "}";
    }

    /** The producer's commit returns when the decision is logged; the markers follow. */
    static void settled(String name, String mode) throws Exception {
        if (!mode.equals("exactly")) return;
        while (admin.describeTransactions(List.of(name)).all().get().get(name).state().toString().startsWith("Prepare")) Thread.sleep(50);
        Thread.sleep(200);
    }

    static String outcome(String name, String mode, List<String> charged) throws Exception {
        settled(name, mode);
        var committed = admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get().get(new TopicPartition(name + "-orders", 0));
        String transaction = "";
        if (mode.equals("exactly")) {
            var described = admin.describeTransactions(List.of(name)).all().get().get(name);
            transaction = ",\"epoch\":" + described.producerEpoch() + ",\"state\":\"" + described.state() + "\"";
        }
        return "\"charged\":[" + String.join(",", charged) + "],\"uncommitted\":" + read(name, "read_uncommitted") + ",\"committed\":" + read(name, "read_committed")
            + ",\"end\":" + end(name, "read_uncommitted") + ",\"stable\":" + end(name, "read_committed") + ",\"offset\":" + (committed == null ? -1 : committed.offset()) + transaction;
    }

    static Map<String, Object> reader(String isolation) {
        return Map.of("bootstrap.servers", server, "isolation.level", isolation, "auto.offset.reset", "earliest");
    }

    static List<String> read(String name, String isolation) {
        try (var consumer = new KafkaConsumer<>(reader(isolation), new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition(name + "-invoices", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<String> values = new ArrayList<>();
            while (consumer.position(partition) < end)
                for (var record : consumer.poll(Duration.ofMillis(200))) values.add(record.value());
            return values;
        }
    }

    static long end(String name, String isolation) {
        try (var consumer = new KafkaConsumer<>(reader(isolation), new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition(name + "-invoices", 0);
            return consumer.endOffsets(List.of(partition)).get(partition);
        }
    }

    /** The first service stands still at a point for longer than max.poll.interval.ms; the second takes over and finishes; the first goes on. */
    static String zombie(String mode, String point) throws Exception {
        String name = topics();
        List<String> charged = new ArrayList<>();
        var first = new Service(mode, 3, name, charged, true, 60_000);
        try { first.run(point); } catch (Died frozen) { }
        Thread.sleep(2000);
        var second = new Service(mode, 3, name, charged, true, 60_000);
        second.run("none");
        String stopped = first.thaw(List.of("1", "2", "3"), 3, point);
        Thread.sleep(300);
        return "{\"mode\":\"" + mode + "\",\"point\":\"" + point + "\",\"stopped_by\":\"" + stopped + "\"," + outcome(name, mode, charged) + "}";
    }

    /** A service dies in an open transaction and does not come back. */
    static String timeout() throws Exception {
        String name = topics();
        List<String> charged = new ArrayList<>();
        try { new Service("exactly", 3, name, charged, false, 2000).run("written"); } catch (Died died) { }
        long before = end(name, "read_committed");
        for (int i = 0; i < 100 && end(name, "read_committed") == before; i++) Thread.sleep(100);
        return "{\"stable_before\":" + before + "," + outcome(name, "exactly", charged) + "}";
    }

    /** The broker stands still, the producer's request times out and is sent again; then the broker goes on and finds both. */
    static String lostAck(boolean idempotent, String pid) throws Exception {
        String name = topics();
        Map<String, Object> config = Map.of("bootstrap.servers", server, "enable.idempotence", idempotent, "request.timeout.ms", 600, "delivery.timeout.ms", 20_000,
            "linger.ms", 0, "reconnect.backoff.ms", 100);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(name + "-invoices", "1")).get();
            signal("-STOP", pid);
            var sent = producer.send(new ProducerRecord<>(name + "-invoices", "2"));
            Thread.sleep(1500);
            signal("-CONT", pid);
            sent.get();
        }
        Thread.sleep(500);
        return "{\"idempotence\":" + idempotent + ",\"copies\":" + Collections.frequency(read(name, "read_uncommitted"), "2") + "}";
    }

    static void signal(String name, String pid) throws Exception {
        new ProcessBuilder("kill", name, pid).start().waitFor();
    }
}

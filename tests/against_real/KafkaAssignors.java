/*
 * Asks Kafka's own assignors who gets which partition, and writes it to tests/vectors/kafka-assignors.json.
 *
 *   java -cp 'target/systems/kafka/libs/*' tests/against_real/KafkaAssignors.java
 *
 * Groups of up to six members come and go in random chains; all subscribe to the same topics. Each assignor sees what it
 * decided itself the time before: the sticky ones as the members would report it, the broker's as its last target.
 */

import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.*;
import java.util.stream.Collectors;

import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.AbstractPartitionAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.coordinator.group.api.assignor.*;

public class KafkaAssignors {
    static final List<String> NAMES = List.of("A", "B", "C", "D", "E", "F");

    public static void main(String[] args) throws Exception {
        Random pick = new Random(848);
        List<String> cases = new ArrayList<>();
        for (int chain = 0; chain < 18; chain++) {
            SortedMap<String, Integer> topics = new TreeMap<>();
            int count = 1 + pick.nextInt(2);
            for (int t = 0; t < count; t++) {
                topics.put("t" + t, 1 + pick.nextInt(8));
            }
            SortedSet<String> members = new TreeSet<>();
            Map<String, SortedMap<String, List<TopicPartition>>> before = new TreeMap<>();
            for (int step = 0; step < 6; step++) {
                String who = NAMES.get(pick.nextInt(NAMES.size()));
                if (!members.remove(who) || members.isEmpty()) {
                    members.add(who);
                }
                if (step == 0) {
                    members.add(NAMES.get(pick.nextInt(NAMES.size())));
                }
                if (pick.nextInt(5) == 0) {
                    topics.merge("t0", 1, Integer::sum);
                }
                for (String assignor : List.of("range", "roundrobin", "sticky", "cooperative-sticky", "uniform", "server-range")) {
                    SortedMap<String, List<TopicPartition>> owned = new TreeMap<>();
                    for (String member : members) {
                        owned.put(member, before.getOrDefault(assignor, Collections.emptySortedMap()).getOrDefault(member, List.of()));
                    }
                    SortedMap<String, List<TopicPartition>> result = assign(assignor, topics, owned, step);
                    // In the order of names: the broker's own order is that of a hash table, and no promise.
                    result.values().forEach(list -> list.sort(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition)));
                    before.put(assignor, result);
                    cases.add("    {\"assignor\": \"" + assignor + "\", \"topics\": [" + topics.values().stream().map(String::valueOf).collect(Collectors.joining(", "))
                        + "], \"owned\": " + json(owned) + ", \"gets\": " + json(result) + "}");
                }
            }
        }
        String out = "{\n  \"program\": \"org.apache.kafka:kafka-clients and kafka-group-coordinator\",\n  \"version\": \"" + AppInfoParser.getVersion()
            + "\",\n  \"date\": \"" + LocalDate.now() + "\",\n  \"script\": \"tests/against_real/KafkaAssignors.java\",\n  \"cases\": [\n"
            + String.join(",\n", cases) + "\n  ]\n}\n";
        Files.writeString(Path.of("tests/vectors/kafka-assignors.json"), out);
    }

    static SortedMap<String, List<TopicPartition>> assign(String name, SortedMap<String, Integer> topics,
                                                          SortedMap<String, List<TopicPartition>> owned, int generation) throws Exception {
        if (name.equals("uniform") || name.equals("server-range")) {
            return assignOnTheBroker(name, topics, owned);
        }
        List<String> subscribed = List.copyOf(topics.keySet());
        Map<String, Subscription> subscriptions = new TreeMap<>();
        for (var member : owned.entrySet()) {
            ByteBuffer data = null;
            if (name.equals("sticky")) {
                StickyAssignor own = new StickyAssignor();
                own.onAssignment(new Assignment(member.getValue()), new ConsumerGroupMetadata("g", generation, member.getKey(), Optional.empty()));
                data = own.subscriptionUserData(Set.copyOf(subscribed));
            }
            List<TopicPartition> reported = name.equals("cooperative-sticky") ? member.getValue() : List.of();
            subscriptions.put(member.getKey(), new Subscription(subscribed, data, reported, generation, Optional.empty()));
        }
        AbstractPartitionAssignor assignor = switch (name) {
            case "range" -> new RangeAssignor();
            case "roundrobin" -> new RoundRobinAssignor();
            case "sticky" -> new StickyAssignor();
            default -> new CooperativeStickyAssignor();
        };
        return new TreeMap<>(assignor.assign(topics, subscriptions));
    }

    static SortedMap<String, List<TopicPartition>> assignOnTheBroker(String name, SortedMap<String, Integer> topics,
                                                                     SortedMap<String, List<TopicPartition>> owned) throws Exception {
        Map<String, Uuid> ids = new TreeMap<>();
        Map<Uuid, String> names = new HashMap<>();
        for (String topic : topics.keySet()) {
            Uuid id = new Uuid(0, topic.charAt(1) - '0' + 1);
            ids.put(topic, id);
            names.put(id, topic);
        }
        GroupSpec group = new GroupSpec() {
            public Collection<String> memberIds() {
                return owned.keySet();
            }

            public SubscriptionType subscriptionType() {
                return SubscriptionType.HOMOGENEOUS;
            }

            public boolean isPartitionAssigned(Uuid topic, int partition) {
                return owned.values().stream().anyMatch(list -> list.contains(new TopicPartition(names.get(topic), partition)));
            }

            public boolean isPartitionAssignable(Uuid topic, int partition) {
                return true;
            }

            public MemberSubscription memberSubscription(String member) {
                return new MemberSubscription() {
                    public Optional<String> rackId() {
                        return Optional.empty();
                    }

                    public Optional<String> instanceId() {
                        return Optional.empty();
                    }

                    public Set<Uuid> subscribedTopicIds() {
                        return new LinkedHashSet<>(ids.values());
                    }
                };
            }

            public MemberAssignment memberAssignment(String member) {
                Map<Uuid, Set<Integer>> parts = new LinkedHashMap<>();
                for (TopicPartition partition : owned.get(member)) {
                    parts.computeIfAbsent(ids.get(partition.topic()), id -> new TreeSet<>()).add(partition.partition());
                }
                return () -> Collections.unmodifiableMap(parts);
            }
        };
        SubscribedTopicDescriber describer = new SubscribedTopicDescriber() {
            public int numPartitions(Uuid topic) {
                return topics.get(names.get(topic));
            }

            public Set<String> racksForPartition(Uuid topic, int partition) {
                return Set.of();
            }
        };
        ConsumerGroupPartitionAssignor assignor = name.equals("uniform")
            ? new org.apache.kafka.coordinator.group.assignor.UniformAssignor()
            : new org.apache.kafka.coordinator.group.assignor.RangeAssignor();
        SortedMap<String, List<TopicPartition>> out = new TreeMap<>();
        assignor.assign(group, describer).members().forEach((member, assignment) -> {
            List<TopicPartition> list = new ArrayList<>();
            assignment.partitions().forEach((id, parts) -> parts.forEach(part -> list.add(new TopicPartition(names.get(id), part))));
            out.put(member, list);
        });
        return out;
    }

    static String json(SortedMap<String, List<TopicPartition>> of) {
        Comparator<TopicPartition> order = Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);
        return of.entrySet().stream().map(member -> "\"" + member.getKey() + "\": " + member.getValue().stream().sorted(order)
            .map(tp -> "[" + tp.topic().charAt(1) + ", " + tp.partition() + "]").collect(Collectors.joining(", ", "[", "]")))
            .collect(Collectors.joining(", ", "{", "}"));
    }
}

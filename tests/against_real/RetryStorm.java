import io.github.resilience4j.circuitbreaker.*;
import io.github.resilience4j.circuitbreaker.internal.CircuitBreakerStateMachine;
import io.github.resilience4j.core.IntervalFunction;
import java.time.*;
import java.util.*;
import java.util.concurrent.TimeUnit;

/** Records what Resilience4j's circuit breaker and its backoff do with random calls, on a clock that is moved by hand. */
public class RetryStorm {
    static class HandClock extends Clock {
        long millis = 1_000_000;
        public ZoneId getZone() { return ZoneOffset.UTC; }
        public Clock withZone(ZoneId zone) { return this; }
        public Instant instant() { return Instant.ofEpochMilli(millis); }
    }

    public static void main(String[] args) {
        Random random = new Random(Long.parseLong(args[0]));
        int count = Integer.parseInt(args[1]);
        StringBuilder out = new StringBuilder("\"breakers\":[\n");
        for (int c = 0; c < count; c++) {
            int window = 1 + random.nextInt(12), minimum = 1 + random.nextInt(14), half = 1 + random.nextInt(5);
            int threshold = 10 + 10 * random.nextInt(10), wait = 100 * (1 + random.nextInt(5));
            HandClock clock = new HandClock();
            CircuitBreakerConfig config = CircuitBreakerConfig.custom().slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(window).minimumNumberOfCalls(minimum).failureRateThreshold(threshold)
                .permittedNumberOfCallsInHalfOpenState(half).waitDurationInOpenState(Duration.ofMillis(wait)).clock(clock).build();
            CircuitBreaker breaker = new CircuitBreakerStateMachine("b", config);
            StringBuilder script = new StringBuilder(), states = new StringBuilder();
            int inFlight = 0, bias = 1 + random.nextInt(9);
            for (int i = 0; i < 60; i++) {
                char op;
                int pick = random.nextInt(10);
                if (pick < 5) op = 'c'; else if (pick < 9 && inFlight > 0) op = random.nextInt(10) < bias ? 'e' : 's'; else op = 'w';
                boolean permitted = false;
                switch (op) {
                    case 'c': permitted = breaker.tryAcquirePermission(); if (permitted) inFlight++; break;
                    case 'e': inFlight--; breaker.onError(1, TimeUnit.MILLISECONDS, new RuntimeException()); break;
                    case 's': inFlight--; breaker.onSuccess(1, TimeUnit.MILLISECONDS); break;
                    default: clock.millis += 100;
                }
                script.append(op);
                String state = switch (breaker.getState()) { case CLOSED -> "C"; case OPEN -> "O"; default -> "H"; };
                states.append(permitted ? state.toLowerCase() : state);
            }
            out.append(String.format("{\"window\":%d,\"minimum\":%d,\"half\":%d,\"threshold\":%d,\"wait\":%d,\"script\":\"%s\",\"states\":\"%s\"}%s\n",
                window, minimum, half, threshold, wait, script, states, c + 1 < count ? "," : ""));
        }
        out.append("],\n\"backoffs\":[\n");
        double[][] configs = {{100, 2, 0}, {500, 1.5, 0.5}, {50, 2, 0.5}, {200, 3, 0.3}, {100, 2, 0.9}};
        for (int c = 0; c < configs.length; c++) {
            double initial = configs[c][0], multiplier = configs[c][1], factor = configs[c][2];
            IntervalFunction backoff = factor == 0 ? IntervalFunction.ofExponentialBackoff((long) initial, multiplier)
                : IntervalFunction.ofExponentialRandomBackoff((long) initial, multiplier, factor);
            StringBuilder intervals = new StringBuilder();
            for (int attempt = 1; attempt <= 6; attempt++) {
                long least = Long.MAX_VALUE, most = 0;
                for (int draw = 0; draw < 20000; draw++) { long v = backoff.apply(attempt); least = Math.min(least, v); most = Math.max(most, v); }
                intervals.append(attempt > 1 ? "," : "").append("[").append(least).append(",").append(most).append("]");
            }
            out.append(String.format(Locale.ROOT, "{\"initial\":%d,\"multiplier\":%s,\"factor\":%s,\"intervals\":[%s]}%s\n", (long) initial, multiplier, factor, intervals, c + 1 < configs.length ? "," : ""));
        }
        System.out.print(out.append("]"));
    }
}

import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.reactivestreams.*;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.*;
import reactor.core.scheduler.*;

/**
 * Records what Reactor's backpressure operators do, event by event: a source that emits when told, an operator, publishOn, and a
 * subscriber that is busy with one item until told to finish it.
 */
public class Backpressure {
    static final Object LOCK = new Object();

    /** A source that emits whatever the demand is, as a hot one does; it records what is requested of it. */
    static class Hot implements Publisher<Integer> {
        CoreSubscriber<? super Integer> to;
        final List<Long> requests = new ArrayList<>();
        long demand;
        boolean checks, ended;
        int next;
        public void subscribe(Subscriber<? super Integer> s) {
            to = (CoreSubscriber<? super Integer>) s;
            to.onSubscribe(new Subscription() {
                public void request(long n) { synchronized (LOCK) { requests.add(n); demand = demand + n < 0 ? Long.MAX_VALUE : demand + n; } }
                public void cancel() { ended = true; }
            });
        }
        void emit() {
            int item = next++;
            if (ended) return;
            if (checks && demand == 0) { ended = true; to.onError(reactor.core.Exceptions.failWithOverflow("Could not emit tick " + item + " due to lack of requests")); return; }
            if (checks && demand != Long.MAX_VALUE) demand--;
            to.onNext(item);
        }
    }

    public static void main(String[] args) throws Exception {
        long seed = Long.parseLong(args[0]);
        int count = Integer.parseInt(args[1]);
        Random random = new Random(seed);
        String[] strategies = {"none", "buffer", "buffer-max", "buffer-oldest", "buffer-latest", "buffer-error", "drop", "latest", "error", "range"};
        StringBuilder out = new StringBuilder();
        for (int c = 0; c < count; c++) {
            String strategy = strategies[c % strategies.length];
            int prefetch = 1 + random.nextInt(12), max = 1 + random.nextInt(6);
            int batch = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(5);
            boolean[] script = new boolean[20 + random.nextInt(30)];
            int bias = 1 + random.nextInt(4);
            for (int i = 0; i < script.length; i++) script[i] = random.nextInt(5) >= bias;
            out.append(run(strategy, prefetch, max, batch, script)).append("\n");
        }
        System.out.print(out);
        System.exit(0);
    }

    static String run(String strategy, int prefetch, int max, int batch, boolean[] script) throws Exception {
        Hot hot = new Hot();
        List<Integer> dropped = Collections.synchronizedList(new ArrayList<>());
        List<Long> asked = Collections.synchronizedList(new ArrayList<>());
        Flux<Integer> source = Flux.from(hot), flux;
        switch (strategy) {
            case "none": hot.checks = true; flux = source; break;
            case "buffer": flux = source.onBackpressureBuffer(); break;
            case "buffer-max": flux = source.onBackpressureBuffer(max, dropped::add); break;
            case "buffer-oldest": flux = source.onBackpressureBuffer(max, dropped::add, BufferOverflowStrategy.DROP_OLDEST); break;
            case "buffer-latest": flux = source.onBackpressureBuffer(max, dropped::add, BufferOverflowStrategy.DROP_LATEST); break;
            case "buffer-error": flux = source.onBackpressureBuffer(max, dropped::add, BufferOverflowStrategy.ERROR); break;
            case "drop": flux = source.onBackpressureDrop(dropped::add); break;
            case "latest": flux = source.onBackpressureLatest(); break;
            case "error": flux = source.onBackpressureError(); break;
            default: flux = Flux.range(0, 1000).doOnRequest(asked::add).hide(); break;
        }
        ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());
        Scheduler worker = Schedulers.fromExecutorService(pool);
        Semaphore finish = new Semaphore(0);
        AtomicBoolean busy = new AtomicBoolean();
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        BaseSubscriber<Integer> subscriber = new BaseSubscriber<>() {
            int got;
            protected void hookOnSubscribe(Subscription s) { if (batch == 0) requestUnbounded(); else request(batch); }
            protected void hookOnNext(Integer item) {
                seen.add(item.toString());
                busy.set(true);
                finish.acquireUninterruptibly();
                busy.set(false);
                if (batch > 0 && ++got % batch == 0) request(batch);
            }
            protected void hookOnError(Throwable error) { seen.add("error"); }
        };
        flux.publishOn(worker, prefetch).subscribe(subscriber);
        settle(pool, busy);
        StringBuilder states = new StringBuilder();
        states.append(state(seen, busy, dropped, hot, asked, strategy));
        for (boolean emit : script) {
            if (emit) { if (!strategy.equals("range")) hot.emit(); }
            else if (busy.get()) { int before = seen.size(); busy.set(false); finish.release(); }
            settle(pool, busy);
            states.append(",").append(state(seen, busy, dropped, hot, asked, strategy));
        }
        subscriber.cancel();
        finish.release(1000);
        pool.shutdownNow();
        StringBuilder ops = new StringBuilder();
        for (boolean emit : script) ops.append(emit ? 'e' : 'f');
        return String.format("{\"strategy\":\"%s\",\"prefetch\":%d,\"max\":%d,\"batch\":%d,\"script\":\"%s\",\"states\":[%s]}", strategy, prefetch, max, batch, ops, states);
    }

    /** Waits until the worker is either busy with an item or has nothing to do. */
    static void settle(ThreadPoolExecutor pool, AtomicBoolean busy) throws Exception {
        for (int quiet = 0; quiet < 3; ) {
            boolean idle = pool.getActiveCount() == 0 && pool.getQueue().isEmpty();
            if (busy.get() || idle) quiet++; else quiet = 0;
            Thread.sleep(0, 300_000);
        }
    }

    static String state(List<String> seen, AtomicBoolean busy, List<Integer> dropped, Hot hot, List<Long> asked, String strategy) {
        List<Long> requests = strategy.equals("range") ? asked : hot.requests;
        int delivered = 0, errors = 0;
        String last = "-";
        synchronized (seen) { for (String s : seen) { if (s.equals("error")) errors++; else { delivered++; last = s; } } }
        long sum = 0;
        synchronized (LOCK) { for (long r : requests) sum = r == Long.MAX_VALUE ? -1 : sum + r; }
        return String.format("[%d,%s,%d,%d,%d,%d]", delivered, last.equals("-") ? "-1" : last, busy.get() ? 1 : 0, dropped.size(), sum, errors);
    }
}

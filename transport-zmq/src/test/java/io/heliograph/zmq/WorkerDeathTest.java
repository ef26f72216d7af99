package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ChildProcess;
import io.heliograph.testkit.CollectedNotices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that are real processes, of which one is ended as nobody can catch it. */
@Timeout(90)
class WorkerDeathTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int EVENTS = 1_500;
    private static final int PREFETCH = 16;
    private static final int KEYS = 7;

    /** One line that a worker has said. */
    private record Handled(String key, int number, int deliveryCount) {

        static Handled of(String line) {
            String[] parts = line.split(" ");
            return new Handled(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
        }
    }

    @Test
    void losesNothingWhenAWorkerIsKilled() throws Exception {
        run("", handled -> {
        });
    }

    @Test
    void movesTheKeysOfAKilledWorkerOnInOrder() throws Exception {
        run("&affinity=key", WorkerDeathTest::requireOrderPerKey);
    }

    private static void run(String settings, Consumer<Map<ChildProcess, List<Handled>>> check) throws Exception {
        String address = Ports.freshAddress() + "&pattern=load-balance&prefetch=" + PREFETCH + settings;
        var notices = new CollectedNotices();
        var publisher = ZmqWorkPublisher.open(WorkConfig.of(Address.parse(address), ZmqConfig.Side.BINDING), WorkConfig.DEFAULT_POLICY,
                Environment.system().withNotices(notices));
        List<ChildProcess> workers = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                workers.add(WorkerProcess.start(address, 200_000));
            }
            assertThat(publisher.awaitSubscribers(3, PATIENCE)).as("%s", workers).isTrue();
            for (int i = 0; i < EVENTS; i++) {
                Event event = Event.builder("work").data(Integer.toString(i).getBytes()).subject("k" + i % KEYS).build();
                assertThat(publisher.publish(event)).isEqualTo(PublishResult.ACCEPTED);
                if (i == EVENTS / 3) {
                    workers.getFirst().awaitLine(line -> line.startsWith("k"), PATIENCE);
                    new ProcessBuilder("kill", "-9", Long.toString(workers.getFirst().pid())).start().waitFor();
                }
            }
            await().atMost(PATIENCE).until(() -> publisher.groups().getFirst().acknowledged() == EVENTS);
            GroupSums sums = publisher.groups().getFirst();
            assertThat(workers.getFirst().awaitEnd(PATIENCE)).isEqualTo(128 + 9);
            Map<ChildProcess, List<Handled>> handled = new HashMap<>();
            workers.forEach(worker -> handled.put(worker, worker.lines().stream().filter(line -> line.startsWith("k")).map(Handled::of).toList()));
            requireAll(handled, sums);
            check.accept(handled);
            assertThat(publisher.sums().accepted()).isEqualTo(EVENTS);
            assertThat(publisher.sums().difference()).isZero();
            assertThat(notices.of(Notice.DeadLettered.class)).isEmpty();
        } finally {
            publisher.close();
            workers.forEach(ChildProcess::close);
        }
    }

    private static void requireAll(Map<ChildProcess, List<Handled>> handled, GroupSums sums) {
        Set<Integer> numbers = new HashSet<>();
        long all = 0;
        for (List<Handled> each : handled.values()) {
            assertThat(each).as("each has its share").isNotEmpty();
            each.forEach(one -> numbers.add(one.number));
            all += each.size();
        }
        long duplicates = all - numbers.size();
        assertThat(numbers).as("%s", sums).hasSize(EVENTS);
        assertThat(duplicates).as("%s", sums).isLessThanOrEqualTo(PREFETCH).isLessThanOrEqualTo(sums.redelivered());
        assertThat(sums.orphaned()).as("%s", sums).isEqualTo(sums.redelivered()).isLessThanOrEqualTo(PREFETCH);
        assertThat(sums.accepted()).isEqualTo(EVENTS);
        assertThat(sums.lost()).isEmpty();
        assertThat(sums.difference()).isZero();
        assertThat(sums.workers()).isEqualTo(2);
    }

    /** What the killed worker had is handled again: by each worker by itself, in order. */
    private static void requireOrderPerKey(Map<ChildProcess, List<Handled>> handled) {
        handled.forEach((worker, each) -> {
            Map<String, Integer> last = new HashMap<>();
            for (Handled one : each) {
                Integer before = last.put(one.key, one.number);
                assertThat(before == null || before < one.number).as("%s after %s of the same key", one, before).isTrue();
            }
        });
    }
}

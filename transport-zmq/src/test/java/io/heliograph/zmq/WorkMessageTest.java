package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.TopicFilter;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What workers and strangers may say. */
class WorkMessageTest {

    private static final long SESSION = 7;
    private static final Peer PEER = new DealerSocket().peer();

    private final WorkConfig config = WorkConfig.of(Address.parse("zmq+inproc://x?pattern=load-balance"), ZmqConfig.Side.BINDING);
    private final WorkRules rules = WorkRules.of(config);
    private final TellingLock lock = new TellingLock();
    private final WorkGroups groups = new WorkGroups(config, rules, lock, Environment.system(), (group, task, why) -> { });
    private final RemoteWorkers workers = new RemoteWorkers(SESSION, config, groups, lock, Environment.system());

    private static ByteBuffer enrol(int credit, String group, long prior, List<Settlement> late) {
        return new Enrol(SESSION, prior, credit, group, TopicFilter.ALL, "name \u0001", late).write(100);
    }

    private RemoteWorkers.Change hear(ByteBuffer message) {
        return workers.receive(PEER, message, 0);
    }

    @Test
    void enrolsSettlesAndResigns() {
        assertThat(hear(enrol(2, "g", 0, List.of()))).isEqualTo(RemoteWorkers.Change.ROOM);
        RemoteWorker worker = workers.all().iterator().next();
        assertThat(worker.name).isEqualTo("name ?");
        worker.group.accept(Parcel.of(0, Event.of("t", "x"), 0), WorkConfig.DEFAULT_POLICY);
        worker.group.assign(0);
        ByteBuffer settle = WorkMessages.settle(SESSION, 100, 1, List.of(new Settlement(Settlement.Kind.ACKNOWLEDGED, 1, 0)));
        assertThat(hear(settle)).isEqualTo(RemoteWorkers.Change.ROOM);
        assertThat(worker.credit).isEqualTo(1);
        assertThat(groups.sums().getFirst().acknowledged()).isEqualTo(1);
        assertThat(hear(WorkMessages.resign(SESSION, 100))).isEqualTo(RemoteWorkers.Change.ROOM);
        assertThat(workers.all()).isEmpty();
        assertThat(workers.tally().malformed).isEmpty();
    }

    @Test
    void countsWhatAWorkerFinishedBeforeItCameBack() {
        hear(enrol(5, "g", 0, List.of()));
        RemoteWorker before = workers.all().iterator().next();
        for (int i = 0; i < 3; i++) {
            before.group.accept(Parcel.of(i, Event.of("t", "x"), 0), WorkConfig.DEFAULT_POLICY);
        }
        before.group.assign(0);
        var late = List.of(new Settlement(Settlement.Kind.ACKNOWLEDGED, 1, 0), new Settlement(Settlement.Kind.RELEASED, 1, 1));
        hear(new Enrol(SESSION, 100, 5, "g", TopicFilter.ALL, "w", late).write(101));
        GroupSums sums = groups.sums().getFirst();
        assertThat(sums.acknowledged()).isEqualTo(1);
        assertThat(sums.waiting()).isEqualTo(2);
        assertThat(sums.orphaned()).isEqualTo(1);
        assertThat(sums.difference()).isZero();
        assertThat(workers.all()).singleElement().satisfies(worker -> assertThat(worker.id).isEqualTo(101));
    }

    @Test
    void givesAwayWhatALostConnectionHad() {
        hear(enrol(5, "g", 0, List.of()));
        RemoteWorker worker = workers.all().iterator().next();
        worker.group.accept(Parcel.of(0, Event.of("t", "x"), 0), WorkConfig.DEFAULT_POLICY);
        worker.group.assign(0);
        hear(ByteBuffer.wrap(MessageLayout.header(MessageType.LOST, 0, 0, 0)));
        assertThat(workers.all()).isEmpty();
        assertThat(groups.sums().getFirst().waiting()).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoMessageOfItsOwn() {
        hear(ByteBuffer.allocate(3));
        hear(ByteBuffer.allocate(40));
        hear(ByteBuffer.wrap(MessageLayout.header(MessageType.HELLO, 0, 0, 0)));
        hear(WorkMessages.beat(SESSION, 100, 1));
        hear(enrol(0, "g", 0, List.of()));
        hear(enrol(WorkConfig.MOST_PREFETCH + 1, "g", 0, List.of()));
        hear(enrol(1, "no group", 0, List.of()));
        assertThat(workers.tally().malformed.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(7);
        assertThat(workers.all()).isEmpty();
        assertThat(groups.all()).isEmpty();
        assertThat(hear(WorkMessages.settle(SESSION, 5, 1, List.of()))).isEqualTo(RemoteWorkers.Change.STRANGER);
    }

    @Test
    void servesNoMoreGroupsThanItsLimit() {
        for (int i = 0; i < WorkGroups.MOST + 10; i++) {
            hear(new Enrol(SESSION, 0, 1, "g" + i, TopicFilter.ALL, "w", List.of()).write(1_000 + i));
        }
        assertThat(groups.all()).hasSize(WorkGroups.MOST);
        assertThat(workers.tally().refusedPeers).isEqualTo(10);
        // One without members or anything left makes room.
        hear(WorkMessages.resign(SESSION, 1_000));
        assertThat(hear(new Enrol(SESSION, 0, 1, "new", TopicFilter.ALL, "w", List.of()).write(5_000))).isEqualTo(RemoteWorkers.Change.ROOM);
        assertThat(groups.all()).hasSize(WorkGroups.MOST);
    }

    /** Whatever bytes come: they are counted, nothing is thrown, and every sum closes. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void survivesAnyBytes(long seed) {
        var random = new SplittableRandom(seed);
        var messages = new ArrayList<ByteBuffer>();
        messages.add(enrol(3, "g", 0, List.of(new Settlement(Settlement.Kind.ACKNOWLEDGED, 1, 2))));
        messages.add(WorkMessages.settle(SESSION, 100, 3, List.of(new Settlement(Settlement.Kind.FAILED, 1, 0),
                new Settlement(Settlement.Kind.ACKNOWLEDGED, 1, 1))));
        messages.add(WorkMessages.resign(SESSION, 100));
        for (int i = 0; i < 4_000; i++) {
            ByteBuffer original = messages.get(random.nextInt(messages.size()));
            byte[] bytes = new byte[original.capacity()];
            original.duplicate().order(ByteOrder.LITTLE_ENDIAN).clear().get(bytes);
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(5) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
            hear(ByteBuffer.wrap(bytes, 0, length).slice());
            for (WorkGroup group : groups.all()) {
                if (i % 7 == 0) {
                    group.accept(Parcel.of(i, Event.of("t", "x"), 0), WorkConfig.DEFAULT_POLICY);
                }
                group.assign(0);
            }
            for (GroupSums sums : groups.sums()) {
                assertThat(sums.difference()).as("seed %d, message %d: %s", seed, i, sums).isZero();
            }
        }
        assertThat(workers.tally().malformed).as("seed %d", seed).isNotEmpty();
    }
}

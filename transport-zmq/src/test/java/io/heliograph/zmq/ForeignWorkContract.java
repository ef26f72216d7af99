package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ChildProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work to and from programs that know nothing of this library. */
@Timeout(90)
abstract class ForeignWorkContract {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int EVENTS = 400;

    abstract ForeignProcess foreign();

    private static ZmqWorkPublisher publisher(String address) {
        return ZmqWorkPublisher.open(WorkConfig.of(Address.parse(address), ZmqConfig.Side.BINDING),
                FlowPolicy.parse("backpressure:100,wait=20s"), Environment.system());
    }

    @Test
    void foreignWorkersShareTheWork() throws Exception {
        String address = Ports.freshAddress() + "&pattern=load-balance";
        try (var publisher = publisher(address);
                ChildProcess one = foreign().startWork("pull", port(address), Integer.toString(EVENTS / 2));
                ChildProcess two = foreign().startWork("pull", port(address), Integer.toString(EVENTS / 2))) {
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            // Either may take all as long as the other has not come: what it does not read goes to nobody else.
            one.awaitLine("ready"::equals, SOON);
            for (int i = 0; i < EVENTS / 2; i++) {
                assertThat(publisher.publish("work", Integer.toString(i))).isEqualTo(PublishResult.ACCEPTED);
            }
            await().atMost(SOON).until(() -> one.lines().size() + two.lines().size() == EVENTS / 2 + 2);
            List<String> lines = new ArrayList<>(one.lines());
            lines.addAll(two.lines());
            assertThat(lines).filteredOn(line -> !line.equals("ready")).containsExactlyInAnyOrderElementsOf(
                    IntStream.range(0, EVENTS / 2).mapToObj(i -> "work " + i).toList());
            GroupSums sums = publisher.groups().getFirst();
            assertThat(sums.isForeign()).isTrue();
            assertThat(sums.accepted()).isEqualTo(EVENTS / 2);
            assertThat(sums.acknowledged()).isEqualTo(EVENTS / 2);
            assertThat(sums.difference()).isZero();
            assertThat(publisher.sums().difference()).isZero();
        }
    }

    @Test
    void whatNoForeignWorkerIsThereToTakeIsRefused() throws Exception {
        String address = Ports.freshAddress() + "&pattern=load-balance";
        try (var publisher = publisher(address)) {
            assertThat(publisher.publish("work", "0")).isEqualTo(PublishResult.NOT_CONNECTED);
            try (ChildProcess one = foreign().startWork("pull", port(address), "1")) {
                assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
                assertThat(publisher.publish("work", "1")).isEqualTo(PublishResult.ACCEPTED);
                assertThat(one.awaitEnd(SOON)).isZero();
                assertThat(one.lines()).containsExactly("ready", "work 1");
            }
            await().atMost(SOON).until(() -> publisher.subscribers() == 0);
            assertThat(publisher.publish("work", "2")).isEqualTo(PublishResult.NOT_CONNECTED);
            assertThat(publisher.groups().getFirst().difference()).isZero();
            assertThat(publisher.sums().refused()).isEqualTo(2);
        }
    }

    @Test
    void workersTakeWhatAForeignPeerPushes() throws Exception {
        String address = Ports.freshAddress() + "&pattern=load-balance&peer=plain&prefetch=8";
        try (ChildProcess peer = foreign().startWork("push", port(address), "work", Integer.toString(EVENTS));
                var subscriber = Heliograph.subscriber(address)) {
            var witness = new GroupWitness();
            var one = witness.member("a", subscriber, Interest.inAll(), d -> { });
            var two = witness.member("a", subscriber, Interest.inAll(), d -> {
                if (d.event().text().endsWith("7")) {
                    throw new IllegalStateException("never");
                }
            });
            assertThat(peer.awaitEnd(SOON)).isZero();
            await().atMost(SOON).until(() -> one.sums().known() + two.sums().known() == EVENTS
                    && one.sums().inFlight() + two.sums().inFlight() == 0);
            assertThat(witness.handed("a")).hasSize(EVENTS);
            assertThat(witness.handed("a").stream().map(each -> each.delivery().event().text()).distinct()).hasSize(EVENTS);
            assertThat(witness.handed("a")).extracting(each -> each.delivery().event().topic()).containsOnly("work");
            assertThat(one.sums().delivered()).isPositive();
            assertThat(one.sums().lost()).isEmpty();
            long thrown = two.sums().failures();
            assertThat(two.sums().lost()).isEqualTo(thrown == 0 ? Map.of() : Map.of(LossReason.FAILED, thrown));
            assertThat(one.sums().difference()).isZero();
            assertThat(two.sums().difference()).isZero();
        }
    }

    @Test
    void aForeignWorkerIsAMemberBesideOwnOnes() throws Exception {
        String address = Ports.freshAddress() + "&pattern=load-balance&header=true";
        try (var publisher = publisher(address); var subscriber = Heliograph.subscriber(address);
                ChildProcess peer = foreign().startWork("pull", port(address), "20")) {
            var own = subscriber.subscribe(Interest.inAll(), d -> { });
            assertThat(publisher.awaitSubscribers(2, SOON)).isTrue();
            for (int i = 0; i < 20; i++) {
                assertThat(publisher.publish(Event.of("work", Integer.toString(i)))).isEqualTo(PublishResult.ACCEPTED);
            }
            assertThat(peer.awaitEnd(SOON)).isZero();
            await().atMost(SOON).until(() -> own.sums().delivered() == 20);
            assertThat(peer.lines().subList(1, 21)).allMatch(line -> line.contains("\"specversion\":\"1.0\""));
            assertThat(publisher.groups()).hasSize(2).allSatisfy(sums -> {
                assertThat(sums.acknowledged()).isEqualTo(20);
                assertThat(sums.difference()).isZero();
            });
        }
    }

    private static String port(String address) {
        return Integer.toString(Ports.plain(address));
    }
}

package io.heliograph.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventsTest {

    private static final int LENGTH = 100;
    private static final int COUNT = 500;

    private final SentEvents sent = new SentEvents(LENGTH);
    private final List<byte[]> events = new ArrayList<>();

    private List<byte[]> send() {
        for (int i = 0; i < COUNT; i++) {
            int from = sent.next();
            events.add(Arrays.copyOfRange(sent.block(), from, from + LENGTH));
        }
        return events;
    }

    private static ReceivedEvents receive(List<byte[]> events) {
        var received = new ReceivedEvents(LENGTH);
        for (byte[] event : events) {
            System.arraycopy(event, 0, received.block(), received.place(event.length), event.length);
        }
        received.tell();
        return received;
    }

    @Test
    void agreeWhenAllArriveInTheirOrder() {
        assertThat(send()).doesNotHaveDuplicates().hasSize(COUNT);
        assertThatCode(() -> OneWay.requireEqual(sent, receive(events))).doesNotThrowAnyException();
    }

    @Test
    void differWhenOneIsLost() {
        send().remove(77);
        refuse();
    }

    @Test
    void differWhenOneIsLostAndAnotherDoubled() {
        send().set(77, events.get(78));
        refuse();
    }

    @Test
    void differWhenTwoAreSwapped() {
        Collections.swap(send(), 399, 400);
        refuse();
    }

    @Test
    void differWhenABitIsFlipped() {
        send().get(499)[99] ^= 1;
        refuse();
    }

    private void refuse() {
        assertThatIllegalStateException().isThrownBy(() -> OneWay.requireEqual(sent, receive(events)))
                .withMessageContaining("instead of 500");
    }

    @Test
    void refuseAnotherLength() {
        assertThatIllegalStateException().isThrownBy(() -> new ReceivedEvents(32).place(31)).withMessageContaining("31 bytes");
    }

    @Test
    void handOnEachEventOnce() {
        var handed = new ArrayList<byte[]>();
        var received = new ReceivedEvents(LENGTH, (block, end) -> {
            for (int from = 0; from < end; from += LENGTH) {
                handed.add(Arrays.copyOfRange(block, from, from + LENGTH));
            }
        });
        for (byte[] event : send()) {
            System.arraycopy(event, 0, received.block(), received.place(LENGTH), LENGTH);
        }
        received.read();
        assertThat(handed).usingElementComparator(Arrays::compare).containsExactlyElementsOf(events);
    }

    @Test
    void tellHowLateTheyAre() {
        var received = new ReceivedEvents(LENGTH);
        received.time(new Schedule(0, System.nanoTime() - 5_000_000, 0), 2);
        for (int i = 0; i < 10; i++) {
            received.place(LENGTH);
        }
        var latencies = received.takeLatencies();
        assertThat(latencies.getTotalCount()).isEqualTo(5);
        assertThat(latencies.getMinValue()).isBetween(4_990_000L, 60_000_000_000L);
        assertThat(received.takeLatencies().getTotalCount()).isZero();
    }

    @Test
    void areAskedForOverZmqInOneLine() {
        ZmqTask task = ZmqTask.rate(100, ZmqTask.Packing.SINGLE).to(3).beside(1).windows(5).paced(Task.Measure.LATENCY, 2_500_000.5);
        assertThat(ZmqTask.parse(task.line())).isEqualTo(task);
        assertThat(ZmqTask.parse(ZmqTask.roundTrips(100).line()).measure()).isEqualTo(Task.Measure.ROUND_TRIP);
        assertThatIllegalArgumentException().isThrownBy(() -> ZmqTask.parse("RATE 100")).withMessageContaining("7 fields");
    }

    @Test
    void areAskedForInOneLine() {
        UdpTask task = UdpTask.rate(32, 1408).to(3).over(UdpTask.Wire.LOSSY).in("SHARED").windows(5)
                .inDatagramsOf(8192).paced(Task.Measure.LATENCY, 2_500_000.5);
        assertThat(UdpTask.parse(task.line())).isEqualTo(task);
        assertThat(task.intervalNs()).isBetween(399.0, 400.0);
        assertThatIllegalArgumentException().isThrownBy(() -> UdpTask.parse("RATE")).withMessageContaining("8 fields");
    }
}

package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiversTest {

    private static final InetSocketAddress SOURCE = new InetSocketAddress("127.0.0.1", 4_000);
    private static final long START_NS = Long.MAX_VALUE - 1_000;
    private static final long EVICTION_NS = UdpLimits.defaults().eviction().toNanos();

    private final UdpLimits limits = UdpLimits.defaults().withEviction(Duration.ofNanos(EVICTION_NS - 7));
    private final Receivers receivers = new Receivers(limits);
    private final ControlWriter control = new ControlWriter();
    private final List<String> evicted = new ArrayList<>();

    private boolean hear(long id, int flags, long acknowledged, long limitDatagram, long limitEvent, int subscriptions, long nowNs) {
        return hear(receivers, id, flags, acknowledged, limitDatagram, limitEvent, subscriptions, nowNs);
    }

    private boolean hear(Receivers by, long id, int flags, long acknowledged, long limitDatagram, long limitEvent, int subscriptions,
            long nowNs) {
        var status = new Datagram();
        var report = new ControlWriter.Report().set(10, id, acknowledged, limitDatagram, limitEvent, subscriptions);
        byte[] name = ("name " + id).getBytes(StandardCharsets.US_ASCII);
        assertThat(status.wrap(control.status(5, id, 0, report, new ControlWriter.Echo(), name, flags))).isEmpty();
        return by.hear(status, SOURCE, nowNs);
    }

    @Test
    void onlyThoseWhoAreWaitedForLimitAndTheLeastOfThemCounts() {
        hear(1, DatagramLayout.BLOCKING, 50, 500, 5_000, 2, START_NS);
        hear(2, DatagramLayout.BLOCKING, 60, 400, 6_000, 1, START_NS);
        hear(3, 0, 1, 1, 1, 1, START_NS);
        assertThat(receivers.acknowledged()).isEqualTo(50);
        assertThat(receivers.limitDatagram()).isEqualTo(400);
        assertThat(receivers.limitEvent()).isEqualTo(5_000);
        assertThat(receivers.subscriptions()).isEqualTo(4);
        assertThat(receivers.lost()).isEqualTo(6);
        receivers.leave(1);
        assertThat(receivers.acknowledged()).isEqualTo(60);
        assertThat(receivers.limitEvent()).isEqualTo(6_000);
        receivers.leave(2);
        assertThat(receivers.limitEvent()).isEqualTo(Long.MAX_VALUE);
        assertThat(receivers.acknowledged()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whoeverComesFurtherIsToldFromWhoeverDoesNotAndAnOldReportTakesNothingBack() {
        assertThat(hear(1, DatagramLayout.BLOCKING, 50, 500, 500, 1, START_NS)).as("the first word").isTrue();
        assertThat(hear(1, DatagramLayout.BLOCKING, 50, 500, 500, 1, START_NS)).isFalse();
        assertThat(hear(1, DatagramLayout.BLOCKING, 51, 500, 500, 1, START_NS)).isTrue();
        assertThat(hear(1, DatagramLayout.BLOCKING, 40, 500, 500, 1, START_NS)).isFalse();
        assertThat(receivers.acknowledged()).isEqualTo(51);
    }

    @Test
    void theSilentAreForgottenExactlyWhenTheirTimeIsUpAndOnlyThoseWaitedForAreTold() {
        hear(1, DatagramLayout.BLOCKING, 0, 1, 1, 1, START_NS);
        hear(2, 0, 0, 1, 1, 1, START_NS);
        long evictionNs = limits.eviction().toNanos();
        receivers.forgetSilent(START_NS + evictionNs - 1, gone -> evicted.add(gone.name()));
        assertThat(receivers.count()).isEqualTo(2);
        receivers.forgetSilent(START_NS + evictionNs, gone -> evicted.add(gone.name()));
        assertThat(evicted).containsExactly("name 1");
        assertThat(receivers.count()).isEqualTo(1);
        assertThat(receivers.limitEvent()).isEqualTo(Long.MAX_VALUE);
        receivers.forgetSilent(START_NS + limits.silence().toNanos(), gone -> evicted.add(gone.name()));
        assertThat(receivers.isEmpty()).isTrue();
        assertThat(evicted).hasSize(1);
    }

    @Test
    void whoIsWaitedForIsNotForgottenBeforeItsEvictionHoweverSoonSilenceIs() {
        var patient = new Receivers(limits.withEviction(limits.silence().multipliedBy(6)));
        hear(patient, 1, DatagramLayout.BLOCKING, 0, 1, 1, 1, START_NS);
        hear(patient, 2, 0, 0, 1, 1, 1, START_NS);
        patient.forgetSilent(START_NS + limits.silence().toNanos(), gone -> evicted.add(gone.name()));
        assertThat(patient.count()).isEqualTo(1);
        assertThat(patient.limitEvent()).isEqualTo(1);
        assertThat(evicted).isEmpty();
        patient.forgetSilent(START_NS + 6 * limits.silence().toNanos(), gone -> evicted.add(gone.name()));
        assertThat(patient.isEmpty()).isTrue();
        assertThat(evicted).containsExactly("name 1");
    }

    @Test
    void moreThanTheTableHoldsAreCountedAndChangeNothing() {
        for (int id = 1; id <= limits.receivers(); id++) {
            hear(id, DatagramLayout.BLOCKING, 10, 100, 100, 1, START_NS);
        }
        assertThat(hear(5_000, DatagramLayout.BLOCKING, 0, 0, 0, 1, START_NS)).isFalse();
        assertThat(receivers.refused()).isEqualTo(1);
        assertThat(receivers.count()).isEqualTo(limits.receivers());
        assertThat(receivers.limitEvent()).isEqualTo(100);
        hear(7, DatagramLayout.BLOCKING, 10, 50, 50, 1, START_NS);
        assertThat(receivers.limitEvent()).as("one of those it holds").isEqualTo(50);
    }

    @Test
    void aClaimOfSubscriptionsBeyondReasonIsCutAndTheSumStaysANumber() {
        for (int id = 1; id <= limits.receivers(); id++) {
            hear(id, 0, 0, 0, 0, id % 2 == 0 ? Integer.MAX_VALUE : Integer.MIN_VALUE, START_NS);
        }
        assertThat(receivers.subscriptions()).isEqualTo(limits.receivers() / 2 * 1_000);
    }
}

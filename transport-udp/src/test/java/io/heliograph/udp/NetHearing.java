package io.heliograph.udp;

import io.heliograph.Delivery;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/** Takes down, session by session, what a subscriber is given: which sequences, a digest of all contents, which gaps. */
final class NetHearing implements EventHandler {

    private final Map<Long, Heard> sessions = new LinkedHashMap<>();
    private long bytes;
    private long firstNs;
    private long lastNs;

    private static final class Heard {
        private final Ranges delivered = new Ranges();
        private final CRC32C digest = new CRC32C();
        private final List<Gap> gaps = new ArrayList<>();
    }

    @Override
    public synchronized void onEvent(Delivery delivery) {
        Heard heard = heard(delivery.position().session());
        heard.delivered.add(delivery.position().sequence(), delivery.position().sequence());
        NetEvents.digest(heard.digest, delivery.event());
        lastNs = System.nanoTime();
        firstNs = bytes == 0 ? lastNs : firstNs;
        bytes += delivery.event().data().remaining();
    }

    @Override
    public synchronized void onGap(Gap gap) {
        heard(gap.session()).gaps.add(gap);
    }

    private Heard heard(long session) {
        return sessions.computeIfAbsent(session, number -> new Heard());
    }

    /** Bytes of data delivered, and how long that took. */
    synchronized String flowJson() {
        return "{\"bytes\":" + bytes + ",\"ns\":" + (lastNs - firstNs) + "}";
    }

    /** {@code [{"session":"...","delivered":[[0,99],...],"digest":N,"gaps":[[from,to,count,"reason"],...]},...]}. */
    synchronized String toJson() {
        return sessions.entrySet().stream().map(each -> {
            Heard heard = each.getValue();
            return "{\"session\":\"" + Session.format(each.getKey()) + "\",\"delivered\":" + heard.delivered.toJson()
                    + ",\"digest\":" + heard.digest.getValue() + ",\"gaps\":" + heard.gaps.stream()
                            .map(gap -> "[" + gap.from() + "," + gap.to() + "," + gap.count() + ",\"" + gap.reason().label()
                                    + "\"]")
                            .collect(Collectors.joining(",", "[", "]")) + "}";
        }).collect(Collectors.joining(",", "[", "]"));
    }
}

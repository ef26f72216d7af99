package io.heliograph.discovery;

import java.util.Map;

/**
 * What a table of peers heard; one moment's figures.
 *
 * @param beacons   beacons, goodbyes included
 * @param refused   those of them that the table had no place for
 * @param departed  peers that said goodbye
 * @param expired   peers that fell silent
 * @param malformed datagrams that were ignored since they are no beacons, by reason; absent where there was none
 */
public record PeerCounters(long beacons, long refused, long departed, long expired, Map<MalformedBeacon, Long> malformed) {

    public PeerCounters {
        malformed = Map.copyOf(malformed);
    }

    /** All that is in {@link #malformed}. */
    public long ignored() {
        return malformed.values().stream().mapToLong(Long::longValue).sum();
    }
}

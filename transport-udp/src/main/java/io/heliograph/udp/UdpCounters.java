package io.heliograph.udp;

import java.util.EnumMap;
import java.util.Map;

/**
 * What a subscriber's sockets saw, beside the sums of its subscriptions; one moment's figures.
 *
 * @param datagrams       received, of any kind
 * @param bytes           received, of any kind
 * @param malformed       ignored because they are none of this protocol's, by reason; absent where there was none
 * @param foreignSources  ignored because their session belongs to another source address
 * @param duplicates      ignored because they had arrived before
 * @param late            ignored because their events had been told as lost before they came
 * @param outOfOrder      kept until those before them came
 * @param unreadable      events that arrived whole and could not be decoded
 * @param refusedSessions datagrams of sessions that the table had no place for
 * @param sendFailures    reports that the operating system did not take
 * @param requests        requests for repair that were sent
 * @param repaired        datagrams that came after they had been asked for
 * @param givenUp         datagrams that will not come any more
 * @param beyondWindow    ignored because they were too far ahead of what is missing; they are asked for later
 * @param reassemblyDrops events of which a part was lost
 * @param heldDatagrams   waiting now for those before them
 */
public record UdpCounters(long datagrams, long bytes, Map<MalformedDatagram, Long> malformed, long foreignSources,
        long duplicates, long late, long outOfOrder, long unreadable, long refusedSessions, long sendFailures,
        long requests, long repaired, long givenUp, long beyondWindow, long reassemblyDrops, int heldDatagrams) {

    public UdpCounters {
        malformed = Map.copyOf(malformed);
    }

    /** Counts as they happen. Guarded by its subscriber's lock. */
    static final class Tally {
        final EnumMap<MalformedDatagram, Long> malformed = new EnumMap<>(MalformedDatagram.class);
        long datagrams;
        long bytes;
        long foreignSources;
        long duplicates;
        long late;
        long outOfOrder;
        long unreadable;
        long refusedSessions;
        long sendFailures;
        long requests;
        long repaired;
        long givenUp;
        long beyondWindow;
        long reassemblyDrops;
        int heldDatagrams;

        UdpCounters snapshot() {
            return new UdpCounters(datagrams, bytes, malformed, foreignSources, duplicates, late, outOfOrder,
                    unreadable, refusedSessions, sendFailures, requests, repaired, givenUp, beyondWindow, reassemblyDrops,
                    heldDatagrams);
        }
    }
}

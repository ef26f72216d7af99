package io.heliograph.zmq;

import io.heliograph.RequestException;
import java.util.Map;

/**
 * What became of the requests that came to a responder; one moment's figures. Every request has exactly one outcome, counted
 * when it has it: {@code received = answered + failed + cancelled + abandoned + inFlight}.
 *
 * @param received  requests that arrived
 * @param answered  the answer is ZeroMQ's
 * @param failed    the requester is told why there is none, by reason; absent where there was none
 * @param cancelled nobody waits for the answer any more, says the requester
 * @param abandoned the requester is gone
 * @param inFlight  none of these yet: in a handler, or the answer waits to be sent
 * @param late      answers that a handler gave after the request was given up: beside the sum
 * @param unsaid    failures that could not be told, since too much waits for that requester already: beside the sum
 * @param strays    messages that no responder is sent, or about a request that is there already: beside the sum
 * @param refusedPeers requesters that the table has no place for: beside the sum
 * @param malformed messages that are none of the protocol's, by reason: beside the sum
 * @param refusals  connections that were cut off and what was refused on them, by reason: beside the sum
 */
public record ResponderSums(long received, long answered, Map<RequestException.Cause, Long> failed, long cancelled,
        long abandoned, long inFlight, long late, long unsaid, long strays, long refusedPeers,
        Map<MalformedMessage, Long> malformed, Map<ZmqRefusal, Long> refusals) {

    /** Copies the maps. */
    public ResponderSums {
        failed = Map.copyOf(failed);
        malformed = Map.copyOf(malformed);
        refusals = Map.copyOf(refusals);
    }

    /** How many failed for {@code kind}. */
    public long failed(RequestException.Cause kind) {
        return failed.getOrDefault(kind, 0L);
    }

    /** 0 as long as every request has one outcome. */
    public long difference() {
        long ended = answered + cancelled + abandoned + inFlight;
        for (long count : failed.values()) {
            ended += count;
        }
        return received - ended;
    }
}

package io.heliograph.zmq;

import io.heliograph.RequestException;
import java.util.Map;

/**
 * What became of a requester's requests; one moment's figures. Every request has exactly one outcome, counted when it has it:
 * {@code sent = answered + failed + timedOut + cancelled + inFlight}.
 *
 * @param sent       requests made, whether or not anybody was there
 * @param answered   an answer came
 * @param failed     there is none, by reason; absent where there was none
 * @param timedOut   no answer came in time
 * @param cancelled  given up by whoever made it
 * @param inFlight   none of these yet
 * @param retried    times one was asked of another responder: beside the sum
 * @param late       answers and failures that nobody waited for any more: beside the sum
 * @param strays     messages about requests that this peer was never asked, or that no requester is sent: beside the sum
 * @param malformed  messages that are none of the protocol's, by reason: beside the sum
 * @param refusals   connections that were cut off and what was refused on them, by reason: beside the sum
 */
public record RequesterSums(long sent, long answered, Map<RequestException.Cause, Long> failed, long timedOut, long cancelled,
        long inFlight, long retried, long late, long strays, Map<MalformedMessage, Long> malformed,
        Map<ZmqRefusal, Long> refusals) {

    /** Copies the maps. */
    public RequesterSums {
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
        long ended = answered + timedOut + cancelled + inFlight;
        for (long count : failed.values()) {
            ended += count;
        }
        return sent - ended;
    }
}

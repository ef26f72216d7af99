package io.heliograph.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.flow.Admission.Verdict;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AdmissionTest {

    /** Occupancies are written events/bytes. Limits are 3 events and 100 bytes, on disk 80 bytes. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // policy                                      | memory | evictable | disk | size | waited | verdict
        "drop-oldest:3,100B                            | 0/0    | 0/0       | 0/0  | 1    | 0ms    | ADMIT",
        "drop-oldest:3,100B                            | 0/0    | 0/0       | 0/0  | 99   | 0ms    | ADMIT",
        "drop-oldest:3,100B                            | 0/0    | 0/0       | 0/0  | 100  | 0ms    | ADMIT",
        "drop-oldest:3,100B                            | 0/0    | 0/0       | 0/0  | 101  | 0ms    | TOO_LARGE",
        "drop-oldest:3,100B                            | 2/90   | 2/90      | 0/0  | 10   | 0ms    | ADMIT",
        "drop-oldest:3,100B                            | 2/90   | 2/90      | 0/0  | 11   | 0ms    | EVICT_OLDEST",
        "drop-oldest:3,100B                            | 2/2    | 2/2       | 0/0  | 1    | 0ms    | ADMIT",
        "drop-oldest:3,100B                            | 3/3    | 3/3       | 0/0  | 1    | 0ms    | EVICT_OLDEST",
        "drop-oldest:3,100B                            | 4/4    | 4/4       | 0/0  | 1    | 0ms    | EVICT_OLDEST",
        // Promised events are not for eviction, so the arriving one finds its place beside them.
        "drop-oldest:3,100B                            | 3/3    | 0/0       | 0/0  | 1    | 0ms    | ADMIT",
        "drop-oldest:3,100B                            | 5/5    | 2/2       | 0/0  | 1    | 0ms    | ADMIT",
        "drop-oldest:3,100B                            | 6/6    | 3/3       | 0/0  | 1    | 0ms    | EVICT_OLDEST",
        "drop-oldest:3,100B                            | 4/180  | 1/80      | 0/0  | 21   | 0ms    | EVICT_OLDEST",
        "drop-newest:3,100B                            | 2/90   | 2/90      | 0/0  | 10   | 0ms    | ADMIT",
        "drop-newest:3,100B                            | 2/90   | 2/90      | 0/0  | 11   | 0ms    | DROP",
        "drop-newest:3,100B                            | 3/3    | 0/0       | 0/0  | 1    | 0ms    | DROP",
        "drop-newest:3,100B                            | 0/0    | 0/0       | 0/0  | 101  | 0ms    | TOO_LARGE",
        "drop-same-key:3,100B                          | 3/3    | 3/3       | 0/0  | 1    | 0ms    | EVICT_SAME_KEY",
        "drop-same-key:3,100B                          | 3/3    | 2/2       | 0/0  | 1    | 0ms    | ADMIT",
        "drop-same-key:3,100B                          | 1/95   | 1/95      | 0/0  | 6    | 0ms    | EVICT_SAME_KEY",
        "backpressure:3,100B,wait=10ms                 | 2/90   | 0/0       | 0/0  | 10   | 0ms    | ADMIT",
        "backpressure:3,100B,wait=10ms                 | 2/90   | 0/0       | 0/0  | 11   | 0ms    | WAIT",
        "backpressure:3,100B,wait=10ms                 | 3/3    | 0/0       | 0/0  | 1    | 9ms    | WAIT",
        "backpressure:3,100B,wait=10ms                 | 3/3    | 0/0       | 0/0  | 1    | 10ms   | BACK_PRESSURED",
        "backpressure:3,100B,wait=10ms                 | 3/3    | 0/0       | 0/0  | 1    | 11ms   | BACK_PRESSURED",
        "backpressure:3,100B,wait=10ms                 | 2/2    | 0/0       | 0/0  | 1    | 99ms   | ADMIT",
        "backpressure:3,100B,wait=0s                   | 3/3    | 0/0       | 0/0  | 1    | 0ms    | BACK_PRESSURED",
        // What is evictable under a policy before makes no room for one that waits.
        "backpressure:3,100B,wait=10ms                 | 3/3    | 3/3       | 0/0  | 1    | 0ms    | WAIT",
        "backpressure:3,100B,wait=10ms                 | 0/0    | 0/0       | 0/0  | 101  | 0ms    | TOO_LARGE",
        "buffer:3,100B                                 | 2/2    | 2/2       | 0/0  | 1    | 0ms    | ADMIT",
        "buffer:3,100B                                 | 3/3    | 3/3       | 0/0  | 1    | 0ms    | EVICT_OLDEST",
        "buffer:3,100B,then=drop-newest                | 3/3    | 0/0       | 0/0  | 1    | 0ms    | DROP",
        "buffer:3,100B,then=drop-same-key              | 3/3    | 3/3       | 0/0  | 1    | 0ms    | EVICT_SAME_KEY",
        "buffer:3,100B,then=backpressure,wait=10ms     | 3/3    | 0/0       | 0/0  | 1    | 5ms    | WAIT",
        "buffer:3,100B,then=backpressure,wait=10ms     | 3/3    | 0/0       | 0/0  | 1    | 10ms   | BACK_PRESSURED",
        "buffer:3,100B,spill=80B,then=drop-newest      | 2/2    | 0/0       | 0/0  | 1    | 0ms    | ADMIT",
        "buffer:3,100B,spill=80B,then=drop-newest      | 3/3    | 0/0       | 0/0  | 1    | 0ms    | SPILL",
        "buffer:3,100B,spill=80B,then=drop-newest      | 3/3    | 0/0       | 5/79 | 1    | 0ms    | SPILL",
        "buffer:3,100B,spill=80B,then=drop-newest      | 3/3    | 0/0       | 5/79 | 2    | 0ms    | DROP",
        "buffer:3,100B,spill=80B,then=backpressure     | 3/3    | 0/0       | 5/80 | 1    | 0ms    | WAIT",
        // While anything is on disk, what arrives goes behind it, room in memory or not.
        "buffer:3,100B,spill=80B,then=drop-newest      | 0/0    | 0/0       | 1/1  | 1    | 0ms    | SPILL",
        "buffer:3,100B,spill=80B,then=drop-newest      | 0/0    | 0/0       | 1/80 | 1    | 0ms    | DROP",
        "buffer:3,100B,spill=80B,then=drop-newest      | 0/0    | 0/0       | 0/0  | 101  | 0ms    | TOO_LARGE",
    })
    void judges(String policy, String memory, String evictable, String disk, int size, String waited, Verdict expected) {
        assertThat(Admission.judge(FlowPolicy.parse(policy), occupancy(memory), occupancy(evictable), occupancy(disk), size,
                Duration.parse("PT" + Double.parseDouble(waited.replace("ms", "")) / 1000 + "S").toNanos())).isEqualTo(expected);
    }

    private static Occupancy occupancy(String text) {
        String[] parts = text.split("/");
        int events = Integer.parseInt(parts[0]);
        int bytes = Integer.parseInt(parts[1]);
        var occupancy = new Occupancy();
        for (int i = 0; i < events; i++) {
            occupancy.add(i == 0 ? bytes - (events - 1) : 1);
        }
        assertThat(occupancy.events()).isEqualTo(events);
        assertThat(occupancy.bytes()).isEqualTo(events == 0 ? 0 : bytes);
        return occupancy;
    }

    @Test
    void onlyVerdictsThatEndInAPlaceTake() {
        for (Verdict verdict : Verdict.values()) {
            assertThat(verdict.takes()).isEqualTo(
                    EnumSet.of(Verdict.ADMIT, Verdict.EVICT_OLDEST, Verdict.EVICT_SAME_KEY, Verdict.SPILL).contains(verdict));
        }
    }
}

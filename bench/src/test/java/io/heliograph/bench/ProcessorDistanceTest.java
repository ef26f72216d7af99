package io.heliograph.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ProcessorDistanceTest {

    @Test
    void betweenTwoProcessorsALineTakesSomeNanosecondsThereAndBack() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "there is one processor only");
        OptionalDouble ns = ProcessorDistance.roundTripNs();
        assertThat(ns.orElseThrow()).isBetween(1.0, 1e6);
    }
}

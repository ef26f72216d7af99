package io.heliograph.statsd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorSequenceTest {

    @Test
    void countsAGapALateOneAndADuplicate() {
        assertThat(sums(1, 2, 5, 4, 4, 6)).isEqualTo(new GeneratorSums("shop", 6, 5, 1, 1, 1, 0));
    }

    @Test
    void countsWhatIsMissingBeforeTheFirst() {
        assertThat(sums(4)).isEqualTo(new GeneratorSums("shop", 4, 1, 3, 0, 0, 0));
    }

    @Test
    void callsOneTooFarBehindStale() {
        assertThat(sums(1, 65_538, 1, 2, 3)).isEqualTo(new GeneratorSums("shop", 65_538, 3, 65_535, 0, 1, 2));
    }

    @Test
    void survivesAJumpToTheHighestNumber() {
        long highest = 1L << 53;
        assertThat(sums(1, highest, highest)).isEqualTo(new GeneratorSums("shop", highest, 2, highest - 2, 1, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 0x5eedL})
    void agreesWithASetOfNumbersWhateverTheLinkDoes(long seed) {
        var random = new Random(seed);
        var arrivals = new ArrayList<Long>();
        for (long number = 1; number <= 20_000; number++) {
            int copies = random.nextInt(10) == 0 ? 0 : random.nextInt(20) == 0 ? 2 : 1;
            arrivals.addAll(Collections.nCopies(copies, number));
        }
        for (int i = 0; i + 100 < arrivals.size(); i += 100) {
            Collections.shuffle(arrivals.subList(i, i + 100), random);
        }
        DatagramIntake intake = Samples.intake();
        long reordered = 0;
        long highest = 0;
        var distinct = new HashSet<Long>();
        for (long number : arrivals) {
            intake.onDatagram(Samples.bytes(GeneratorSequence.firstLine("shop", number) + "K:1|c"));
            boolean fresh = distinct.add(number);
            reordered += fresh && number < highest ? 1 : 0;
            highest = Math.max(highest, number);
        }
        GeneratorSums sums = intake.generators().getFirst();
        assertThat(sums).as("seed %x", seed).isEqualTo(new GeneratorSums("shop", highest, distinct.size(),
                highest - distinct.size(), arrivals.size() - distinct.size(), reordered, 0));
        assertThat(sums.difference()).isZero();
        assertThat(sums.reordered()).isPositive();
        assertThat(sums.duplicates()).isPositive();
        assertThat(intake.closePane(Samples.NOON, Samples.SECOND).metrics()).hasSize(1);
    }

    @Test
    void tellsGeneratorsApartUpToABound() {
        DatagramIntake intake = Samples.intake();
        for (int i = 0; i < 70; i++) {
            intake.onDatagram(Samples.bytes(GeneratorSequence.firstLine("g" + i, 1)));
        }
        assertThat(intake.generators()).hasSize(64).extracting(GeneratorSums::id).contains("g0", "g63");
        assertThat(intake.rejected()).isEqualTo(Map.of(Rejection.GENERATORS_FULL, 6L));
        assertThat(intake.applied()).isEqualTo(64);
        assertThat(Samples.difference(intake)).isZero();
    }

    private static GeneratorSums sums(long... numbers) {
        DatagramIntake intake = Samples.intake();
        for (long number : numbers) {
            intake.onDatagram(Samples.bytes(GeneratorSequence.firstLine("shop", number)));
        }
        List<GeneratorSums> sums = intake.generators();
        assertThat(sums).hasSize(1);
        assertThat(sums.getFirst().difference()).isZero();
        return sums.getFirst();
    }
}

package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who owns a key. */
class KeyShareTest {

    private static final BigInteger MODULUS = BigInteger.TWO.pow(64);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 8, 64, 1_000, 1_024})
    void eachKeyAndEachSequenceHasExactlyOneOwner(int members) {
        long seed = System.nanoTime();
        var random = new Random(seed);
        List<KeyShare> shares = shares(members);
        for (int i = 0; i < 300; i++) {
            Optional<String> key = Optional.of(randomKey(random));
            long sequence = random.nextLong();
            assertThat(shares.stream().filter(share -> share.owns(key, sequence))).as("seed %d, key %s", seed, key).hasSize(1);
            assertThat(shares.stream().filter(share -> share.owns(Optional.empty(), sequence)))
                    .as("seed %d, sequence %d", seed, sequence).hasSize(1);
        }
    }

    @Test
    void aKeysOwnerDoesNotDependOnTheSequence() {
        for (KeyShare share : shares(5)) {
            boolean owns = share.owns(Optional.of("eurusd"), 0);
            assertThat(IntStream.range(0, 100)).allMatch(sequence -> share.owns(Optional.of("eurusd"), sequence) == owns);
        }
    }

    @Test
    void eventsWithoutAKeyGoRound() {
        List<KeyShare> shares = shares(3);
        for (int sequence = 0; sequence < 30; sequence++) {
            assertThat(shares.get(sequence % 3).owns(Optional.empty(), sequence)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 10, 16, 100})
    void sharesAreEvenForKeysAsPeopleWriteThem(int members) {
        List<IntFunction<String>> kinds = List.of(
                Integer::toString, i -> "customer-" + i, i -> "%08d".formatted(i * 16), i -> i + ".example.com", i -> "Straße " + i);
        int perMember = 20_000 / members;
        List<KeyShare> shares = shares(members);
        for (IntFunction<String> kind : kinds) {
            int[] owned = new int[members];
            for (int i = 0; i < perMember * members; i++) {
                owned[owner(kind.apply(i), shares)]++;
            }
            // Six standard deviations of a fair throw.
            assertThat(Arrays.stream(owned).boxed().toList()).as("keys such as %s", kind.apply(17))
                    .allMatch(count -> Math.abs(count - perMember) < 6 * Math.sqrt(perMember));
        }
    }

    @Test
    void theHashIsTheOneThatIsWrittenDown() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            String key = randomKey(random);
            int members = 1 + random.nextInt(KeyShare.MAX_MEMBERS);
            int expected = written(key.getBytes(StandardCharsets.UTF_8)).mod(BigInteger.valueOf(members)).intValueExact();
            assertThat(new KeyShare("g", expected, members).owns(Optional.of(key), 0)).as("seed %d, key %s", seed, key).isTrue();
        }
    }

    @Test
    void anOwnerStaysTheSameFromVersionToVersion() {
        assertThat(IntStream.range(0, 8).map(i -> owner("key-" + i, shares(1_000))).toArray()).containsExactly(129, 852, 786, 331, 23, 23, 720, 374);
    }

    /** The hash anew, by the book and slowly: FNV-1a, then the last step of MurmurHash3. */
    private static BigInteger written(byte[] bytes) {
        BigInteger hash = new BigInteger("14695981039346656037");
        for (byte octet : bytes) {
            hash = hash.xor(BigInteger.valueOf(octet & 0xff)).multiply(new BigInteger("1099511628211")).mod(MODULUS);
        }
        hash = hash.xor(hash.shiftRight(33)).multiply(new BigInteger("ff51afd7ed558ccd", 16)).mod(MODULUS);
        hash = hash.xor(hash.shiftRight(33)).multiply(new BigInteger("c4ceb9fe1a85ec53", 16)).mod(MODULUS);
        return hash.xor(hash.shiftRight(33));
    }

    private static int owner(String key, List<KeyShare> shares) {
        return shares.stream().filter(share -> share.owns(Optional.of(key), 0)).findFirst().orElseThrow().member();
    }

    private static List<KeyShare> shares(int members) {
        return IntStream.range(0, members).mapToObj(member -> new KeyShare("g", member, members)).toList();
    }

    /** Any 0 to 11 characters, halves of pairs among them. */
    private static String randomKey(Random random) {
        return random.ints(random.nextInt(12), 0, 5)
                .map(kind -> switch (kind) {
                    case 0 -> random.nextInt(0x80);
                    case 1 -> random.nextInt(0x80, 0x800);
                    case 2 -> random.nextInt(0x800, 0xd800);
                    case 3 -> random.nextInt(0xd800, 0xe000);
                    default -> random.nextInt(0x1_0000, 0x11_0000);
                })
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}

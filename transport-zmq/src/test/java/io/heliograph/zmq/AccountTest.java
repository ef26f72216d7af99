package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.LossReason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is told of events that are not sent, against a list that names each. */
class AccountTest {

    private static final LossReason[] REASONS = {LossReason.OVERFLOW, LossReason.CONFLATED, LossReason.EXPIRED, LossReason.EVICTED, LossReason.CLOSED};

    /** One line of what an account says. */
    private record Told(LossReason reason, long first, long last, long count) {
    }

    private static List<Told> told(Account account) {
        var lines = new ArrayList<Told>();
        account.tell((reason, first, last, count) -> lines.add(new Told(reason, first, last, count)));
        return lines;
    }

    /** What is said of {@code fates}, one for each sequence from {@code from} on; empty for what is not wanted. */
    private static List<Told> expected(List<LossReason> lost, long from) {
        var lines = new ArrayList<Told>();
        for (LossReason reason : REASONS) {
            int first = lost.indexOf(reason);
            if (first >= 0) {
                lines.add(new Told(reason, from + first, from + lost.lastIndexOf(reason), lost.stream().filter(reason::equals).count()));
            }
        }
        return lines;
    }

    private static Account random(Random random, long from, int length, List<LossReason> fates) {
        var account = new Account();
        account.clear(from);
        for (int i = 0; i < length; i++) {
            if (random.nextInt(3) == 0) {
                account.filter(1);
                fates.add(LossReason.NETWORK);
            } else {
                LossReason reason = REASONS[random.nextInt(REASONS.length)];
                account.lose(reason);
                fates.add(reason);
            }
        }
        return account;
    }

    @Test
    void saysTheSameHoweverItIsPutTogetherAndCarried() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            long from = random.nextLong(1L << 40);
            var fates = new ArrayList<LossReason>();
            Account first = random(random, from, random.nextInt(20), fates);
            Account second = random(random, first.end(), random.nextInt(20), fates);
            Account whole = first;
            if (random.nextBoolean()) {
                whole.append(second);
            } else {
                second.prepend(first);
                whole = second;
            }
            assertThat(told(whole)).as("seed %d", seed).isEqualTo(expected(fates, from));
            assertThat(whole.end() - whole.from()).isEqualTo(fates.size());
            if (whole.isEmpty()) {
                continue;
            }
            ByteBuffer bytes = ByteBuffer.allocate(Account.mostBytes()).order(ByteOrder.LITTLE_ENDIAN);
            whole.put(bytes);
            assertThat(bytes.position()).as("seed %d", seed).isEqualTo(whole.encodedLength());
            assertThat(Account.isAccount(bytes.getInt(0))).isTrue();
            assertThat(Account.entryLength(bytes.getInt(0))).isEqualTo(whole.encodedLength());
            var read = new Account();
            read.clear(from);
            assertThat(read.read(bytes.flip())).as("seed %d", seed).isTrue();
            assertThat(told(read)).isEqualTo(told(whole));
            assertThat(read.filtered()).isEqualTo(whole.filtered());
            assertThat(read.end()).isEqualTo(whole.end());
        }
    }

    @Test
    void refusesWhatDoesNotAddUpAndChangesNothing() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            var account = random(random, 0, 1 + random.nextInt(10), new ArrayList<>());
            ByteBuffer bytes = ByteBuffer.allocate(Account.mostBytes()).order(ByteOrder.LITTLE_ENDIAN);
            account.put(bytes);
            bytes.flip();
            int at = random.nextInt(bytes.limit());
            bytes.put(at, (byte) random.nextInt(256));
            var read = new Account();
            read.clear(100);
            if (!Account.isAccount(bytes.getInt(0))) {
                continue;
            }
            if (!read.read(bytes)) {
                refused++;
                assertThat(read.isEmpty()).as("seed %d", seed).isTrue();
                assertThat(told(read)).isEmpty();
            } else {
                long lost = told(read).stream().mapToLong(Told::count).sum();
                assertThat(lost + read.filtered()).as("seed %d", seed).isEqualTo(read.end() - read.from());
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(1_000);
    }

    @Test
    void doesNotJoinWhatIsNotNextToIt() {
        var account = new Account();
        account.clear(5);
        var other = new Account();
        other.clear(7);
        other.filter(1);
        assertThatThrownBy(() -> account.append(other)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> account.prepend(other)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> account.lose(LossReason.NETWORK)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatMetOneFateCanBeCutAndNothingElse() {
        var unwanted = new Account();
        unwanted.clear(10);
        unwanted.filter(5);
        assertThat(unwanted.cutBefore(12)).isTrue();
        assertThat(unwanted.from()).isEqualTo(12);
        assertThat(unwanted.filtered()).isEqualTo(3);
        assertThat(told(unwanted)).isEmpty();

        var lost = new Account();
        lost.clear(10);
        lost.loseUpTo(15, LossReason.EVICTED);
        assertThat(lost.cutBefore(14)).isTrue();
        assertThat(lost.filtered()).isZero();
        assertThat(told(lost)).containsExactly(new Told(LossReason.EVICTED, 14, 14, 1));

        lost.filter(1);
        assertThat(lost.cutBefore(15)).isFalse();
        lost.clear(10);
        lost.lose(LossReason.OVERFLOW);
        lost.lose(LossReason.EVICTED);
        assertThat(lost.cutBefore(11)).isFalse();
        assertThat(lost.from()).isEqualTo(10);
    }
}

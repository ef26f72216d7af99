package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Arrays that frames are packed in, used again when nobody reads them. */
class BytePoolTest {

    private final BytePool pool = new BytePool(1_000, 2);

    @Test
    void lendsTheSameAgainWhenNobodyReadsIt() {
        BytePool.Loan loan = pool.lend(700).orElseThrow();
        assertThat(loan.bytes()).hasSize(1_000);
        byte[] first = loan.bytes();
        loan.share();
        loan.end();
        assertThat(pool.lend(700).orElseThrow().bytes()).as("one reads it yet").isNotSameAs(first);
        loan.end();
        assertThat(pool.lend(700).orElseThrow().bytes()).isSameAs(first);
    }

    @Test
    void lendsNothingForLittleOrForMoreThanItHas() {
        assertThat(pool.lend(499)).isEmpty();
        assertThat(pool.lend(500)).isPresent();
        assertThat(pool.lend(1_000)).isPresent();
        assertThat(pool.lend(1_001)).isEmpty();
        assertThat(BytePool.none().lend(0)).isEmpty();
    }

    @Test
    void keepsNoMoreThanItMay() {
        List<BytePool.Loan> loans = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            loans.add(pool.lend(1_000).orElseThrow());
        }
        loans.forEach(BytePool.Loan::end);
        assertThat(pool.kept()).isEqualTo(2);
    }

    @Test
    void keepsAsMuchAsMayBeOnTheWay() {
        ZmqLimits limits = ZmqLimits.defaults();
        BytePool ofPublisher = BytePool.of(limits);
        List<BytePool.Loan> loans = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            loans.add(ofPublisher.lend(limits.frameBytes()).orElseThrow());
        }
        loans.forEach(BytePool.Loan::end);
        assertThat((long) ofPublisher.kept() * limits.frameBytes()).isEqualTo(limits.windowBytes());
    }

    @Test
    void whoGivesBackTwiceIsTold() {
        BytePool.Loan loan = pool.lend(1_000).orElseThrow();
        loan.end();
        assertThatThrownBy(loan::end).isInstanceOf(IllegalStateException.class);
        assertThat(pool.kept()).isEqualTo(1);
    }
}

package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Address;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkConfigTest {

    private static final String BASE = "zmq://127.0.0.1:5555?pattern=load-balance";

    private static WorkConfig config(String settings) {
        return WorkConfig.of(Address.parse(BASE + settings), ZmqConfig.Side.BINDING);
    }

    @Test
    void hasDefaultsForAllThatIsLeftOut() {
        WorkConfig config = config("");
        assertThat(config.group()).isEqualTo("workers");
        assertThat(config.prefetch()).isEqualTo(64);
        assertThat(config.deadline()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.deliveries()).isEqualTo(5);
        assertThat(config.deadLetter()).isEmpty();
        assertThat(config.keepsKeys()).isFalse();
        assertThat(config.isPlainPeer()).isFalse();
        assertThat(config.zmq().isBinding()).isTrue();
    }

    @Test
    void readsEachSetting() {
        WorkConfig config = config("&group=a.b-c_1&prefetch=10000&deadline=10ms&deliveries=1&dead-letter=dead.work&affinity=key"
                + "&peer=plain&evict=1s&bind=false&header=true");
        assertThat(config.group()).isEqualTo("a.b-c_1");
        assertThat(config.prefetch()).isEqualTo(10_000);
        assertThat(config.deadline()).isEqualTo(Duration.ofMillis(10));
        assertThat(config.deliveries()).isEqualTo(1);
        assertThat(config.deadLetter()).contains("dead.work");
        assertThat(config.keepsKeys()).isTrue();
        assertThat(config.isPlainPeer()).isTrue();
        assertThat(config.zmq().isBinding()).isFalse();
        assertThat(config.zmq().hasHeader()).isTrue();
        assertThat(config.limits().eviction()).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({"prefetch=0,prefetch", "prefetch=10001,prefetch", "prefetch=x,prefetch", "deadline=9ms,deadline", "deadline=25h,deadline",
            "deliveries=0,deliveries", "deliveries=1001,deliveries", "dead-letter=a..b,a..b", "affinity=topic,affinity",
            "peer=foreign,peer", "group=,group", "group=a b,group", "groups=a,groups"})
    void saysWhatIsWrongWithASetting(String setting, String named) {
        assertThatThrownBy(() -> config("&" + setting)).isInstanceOf(ConfigException.class).hasMessageContaining(named);
    }

    @Test
    void refusesAForeignPeerWithinAProcess() {
        Address address = Address.parse("zmq+inproc://x?pattern=load-balance&peer=plain");
        assertThatThrownBy(() -> WorkConfig.of(address, ZmqConfig.Side.CONNECTING)).hasMessageContaining("peer");
    }

    @Test
    void refusesPoliciesThatPutOneEventInAnothersPlaceOrSpill() {
        for (String policy : new String[] {"drop-same-key:10", "buffer:10,then=drop-same-key", "buffer:10,spill=1MiB"}) {
            assertThatThrownBy(() -> config("").requirePossible(FlowPolicy.parse(policy))).isInstanceOf(ConfigException.class);
        }
        for (String policy : new String[] {"drop-oldest:10", "drop-newest:10", "buffer:10", "backpressure:10"}) {
            FlowPolicy possible = FlowPolicy.parse(policy);
            assertThat(config("").requirePossible(possible)).isEqualTo(possible);
        }
    }

    @Test
    void aWorkerAsksForNoPolicyThatGivesUp() {
        try (var subscriber = Heliograph.subscriber("zmq+inproc://nobody?pattern=load-balance")) {
            assertThatThrownBy(() -> subscriber.subscribe(Interest.inAll().withPolicy(FlowPolicy.parse("drop-oldest:10")), d -> { }))
                    .isInstanceOf(ConfigException.class).hasMessageContaining("prefetch");
            subscriber.subscribe(Interest.inAll().withPolicy(FlowPolicy.parse("backpressure:10")), d -> { });
        }
    }
}

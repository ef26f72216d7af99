package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heliograph.AddressInUseException;
import io.heliograph.Heliograph;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Names within a process belong to whoever bound them, and to nobody once that is closed. */
@Timeout(30)
class InProcessNamesTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String ADDRESS = "zmq+inproc://whose";

    @RepeatedTest(20)
    void aNameThatIsAskedForTwiceStaysWithTheFirstAndIsFreeOnceThatIsClosed() throws Exception {
        try (var first = Heliograph.publisher(ADDRESS)) {
            assertThatThrownBy(() -> Heliograph.publisher(ADDRESS)).isInstanceOf(AddressInUseException.class);
            try (var subscriber = Heliograph.subscriber(ADDRESS)) {
                var received = new Received();
                subscriber.subscribe(">", received);
                assertThat(first.awaitSubscribers(1, SOON)).as("the name leads to the first").isTrue();
                first.publish("a", "1");
                await().atMost(SOON).until(() -> received.count() == 1);
            }
        }
        Heliograph.publisher(ADDRESS).close();
    }
}

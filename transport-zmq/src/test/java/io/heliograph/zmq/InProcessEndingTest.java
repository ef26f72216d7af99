package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.RequestException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What somebody within this process says last is heard, however soon it has gone after it. */
@Timeout(60)
class InProcessEndingTest {

    private static final int ROUNDS = 300;

    @Test
    void aRequesterHearsThatItsResponderClosesEachTime() throws Exception {
        String address = "zmq+inproc://ending?pattern=request-reply";
        var hanging = new Semaphore(0);
        var never = new CountDownLatch(1);
        for (int round = 0; round < ROUNDS; round++) {
            var responder = Heliograph.responder(address, request -> {
                hanging.release();
                never.await();
                return request;
            });
            try (var requester = Heliograph.requester(address)) {
                var answer = requester.request(Event.of("ask", "1"), Duration.ofSeconds(30));
                assertThat(hanging.tryAcquire(20, TimeUnit.SECONDS)).as("round %d is asked", round).isTrue();
                responder.close();
                RequestException failure = (RequestException) catchThrowableOfType(CompletionException.class, answer::join).getCause();
                assertThat(failure.reason()).as("round %d: %s", round, failure.getMessage()).isEqualTo(RequestException.Cause.CLOSED);
            }
        }
    }
}

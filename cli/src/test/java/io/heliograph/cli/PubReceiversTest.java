package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.LossReason;
import io.heliograph.cli.FakeServer.Answer;
import io.heliograph.ledger.SubscriberSums;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What {@code pub} tells of receivers that it knows itself. */
class PubReceiversTest {

    private static final String ONE_ACCEPTED =
            "ledger: {\"role\":\"publisher\",\"offered\":1,\"accepted\":1,\"dropped\":0,\"refused\":0,\"difference\":0}";

    @Test
    void hasALedgerLineOfItsReceiver() throws IOException {
        try (FakeServer server = FakeServer.answering(asked -> new Answer(204, "text/plain", ""))) {
            Invocation pub = Invocation.of("pub", server.url() + "/hook", "hello", "--count", "3");

            assertThat(pub.code()).isZero();
            assertThat(pub.messages()).containsExactly(
                    "ledger: {\"role\":\"publisher\",\"offered\":3,\"accepted\":3,\"dropped\":0,\"refused\":0,\"difference\":0}",
                    "ledger: {\"role\":\"subscriber\",\"known\":3,\"delivered\":3,\"filtered\":0,\"lost\":{},\"in_flight\":0,"
                            + "\"duplicates\":0,\"gaps\":0,\"difference\":0}");
        }
    }

    @Test
    void failsWhenItsReceiverGotNothing() throws IOException {
        try (FakeServer server = FakeServer.answering(asked -> new Answer(410, "text/plain", ""))) {
            Invocation pub = Invocation.of("pub", server.url() + "/hook", "hello");

            assertThat(pub.code()).isEqualTo(ExitCode.FAILED);
            assertThat(pub.messages()).containsSubsequence("pub: the receiver got none of 1 event (left 1)", ONE_ACCEPTED,
                    "ledger: {\"role\":\"subscriber\",\"known\":1,\"delivered\":0,\"filtered\":0,\"lost\":{\"left\":1},\"in_flight\":0,"
                            + "\"duplicates\":0,\"gaps\":0,\"difference\":0}");
        }
    }

    @Test
    void hasALedgerLineOfEachGroup() {
        String address = "zmq+inproc://" + UUID.randomUUID() + "?pattern=load-balance";
        Invocation pub = Invocation.start("pub", address, "x", "--count", "4", "--await-subscribers", "2").awaitMessage("waiting for 2");
        List<Invocation> workers = List.of(Invocation.start("sub", address + "&group=a"), Invocation.start("sub", address + "&group=b"));

        assertThat(pub.code()).isZero();
        assertThat(pub.messages().subList(1, 4)).containsExactly(
                "ledger: {\"role\":\"publisher\",\"offered\":4,\"accepted\":4,\"dropped\":0,\"refused\":0,\"difference\":0}",
                "ledger: {\"role\":\"subscriber\",\"known\":4,\"delivered\":4,\"filtered\":0,\"lost\":{},\"in_flight\":0,"
                        + "\"duplicates\":0,\"gaps\":0,\"difference\":0}",
                "ledger: {\"role\":\"subscriber\",\"known\":4,\"delivered\":4,\"filtered\":0,\"lost\":{},\"in_flight\":0,"
                        + "\"duplicates\":0,\"gaps\":0,\"difference\":0}");
        workers.forEach(worker -> worker.stop(Stop.Cause.TERMINATE).finish());
    }

    @Test
    void saysHowMuchWasLostAndWhy() {
        var sums = new SubscriberSums(9, 3, 1, Map.of(LossReason.DEAD_LETTER, 1L, LossReason.CLOSED, 4L), 0, 0, 0, 0);

        assertThat(new KnownReceiver("group g", false, sums).loss()).contains("group g lost 5 of 8 events (closed 4, dead_letter 1)");
        assertThat(new KnownReceiver("group g", false, sums).isWithoutAny()).isFalse();
        assertThat(new KnownReceiver("group g", false, SubscriberSums.ZERO).loss()).isEmpty();
        assertThat(new KnownReceiver("group g", false, SubscriberSums.ZERO).isWithoutAny()).isFalse();
    }
}

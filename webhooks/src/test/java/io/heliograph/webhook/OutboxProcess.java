package io.heliograph.webhook;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.spi.Environment;
import io.heliograph.store.CrashingProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;

/** A process that publishes and sends until it is killed. It says {@code ack N.} for each event that is on disk. */
final class OutboxProcess {

    private static final int PIPELINED = 100;
    private static final int WITHOUT_KEYS = 0;

    private OutboxProcess() {
    }

    /**
     * Starts one whose events have numbers from {@code from} on.
     *
     * @param scratch see {@link CrashingProcess#command}
     */
    static CrashingProcess start(Path folder, Path scratch, long from) {
        return startKeyed(folder, scratch, from, WITHOUT_KEYS);
    }

    /** The same, whose events have so many keys in turn, from {@code k-0} on. */
    static CrashingProcess startKeyed(Path folder, Path scratch, long from, int keys) {
        return CrashingProcess.start(OutboxProcess.class, scratch, folder.toString(), String.valueOf(from),
                String.valueOf(Integer.MAX_VALUE), String.valueOf(keys));
    }

    /** The command that starts one which publishes so many, and ends. */
    static List<String> command(Path folder, Path scratch, int from, int count) {
        return CrashingProcess.command(OutboxProcess.class, scratch, folder.toString(), String.valueOf(from), String.valueOf(count),
                String.valueOf(WITHOUT_KEYS));
    }

    private static Event event(int number, int keys) {
        Event event = OutboxFixture.event(number);
        return keys == WITHOUT_KEYS ? event : event.toBuilder().subject("k-" + number % keys).build();
    }

    /** Arguments: folder, first number, how many, of how many keys. */
    public static void main(String[] arguments) throws InterruptedException {
        try (WebhookClient client = WebhookClient.open(WebhookClientConfig.defaults(), WebhookClientFixture.loopback(),
                Environment.system());
                OutboxFixture fixture = OutboxFixture.open(Path.of(arguments[0]));
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            var places = new Semaphore(PIPELINED);
            int first = Integer.parseInt(arguments[1]);
            int count = Integer.parseInt(arguments[2]);
            int keys = Integer.parseInt(arguments[3]);
            for (int n = first; n - first < count && deliveries.underWay() >= 0; n++) {
                places.acquire();
                String line = "ack " + n + ".";
                var _ = fixture.outbox.publish(event(n, keys)).thenAccept(publication -> {
                    if (publication.result() == PublishResult.ACCEPTED) {
                        System.out.println(line);
                    }
                    places.release();
                });
            }
            places.acquire(PIPELINED);
        }
    }
}

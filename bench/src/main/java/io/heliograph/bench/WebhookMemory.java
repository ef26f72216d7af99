package io.heliograph.bench;

import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.webhook.DirectPublisher;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A publisher at the receiver's address, whose thread publishes as fast as it is let, or paced. */
final class WebhookMemory {

    private static final FlowPolicy POLICY = FlowPolicy.backPressure(Limit.events(1_000), Duration.ofSeconds(5));

    private WebhookMemory() {
    }

    static void measure(Nginx receiver, WebhookTask task, Tell tell) throws Exception {
        String address = receiver.url() + "?webhook-secret=" + HttpMessages.SECRET + "&webhook-concurrency=" + HttpRate.CONCURRENCY;
        Event event = HttpMessages.event(task.eventBytes());
        var isOver = new AtomicBoolean();
        HttpPace pace = HttpPace.of(task);
        var publisher = (DirectPublisher) Heliograph.publisher(address, POLICY);
        try (publisher) {
            Thread sender = Thread.ofPlatform().daemon().name("sender").start(() -> {
                for (long n = 0; !isOver.get(); n++) {
                    pace.await(n);
                    PublishResult result = publisher.publish(event);
                    if (result != PublishResult.ACCEPTED) {
                        throw new IllegalStateException("publish: " + result);
                    }
                }
            });
            HttpRate.tell(() -> publisher.receiverSums().delivered(), task, pace, tell);
            isOver.set(true);
            sender.join();
        }
        HttpRate.requireEqual(receiver.count(), publisher.sums().accepted());
        HttpRate.requireEqual(receiver.count(), publisher.receiverSums().delivered());
    }
}

package io.heliograph.demo;

import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.server.Problem;
import java.util.List;

/**
 * What the page's subscription does when its handler cannot keep up, changed at run time. The limit is small, so that a
 * stall of some seconds shows what a policy does. Thread-safe.
 */
final class PagePolicy {

    /** What may be chosen. */
    static final List<String> CHOICES = List.of("drop-oldest", "drop-newest", "drop-same-key");

    /** What waits at most. */
    static final int LIMIT_EVENTS = 40;

    /** In force when the demo starts. */
    static final FlowPolicy FIRST = FlowPolicy.dropOldest(Limit.events(LIMIT_EVENTS));

    private final Subscription subscription;
    // Guarded by this.
    private String choice = CHOICES.getFirst();

    PagePolicy(Subscription subscription) {
        this.subscription = subscription;
    }

    /**
     * Puts another policy in force.
     *
     * @throws Problem 400 if {@code name} is none of the choices
     */
    synchronized void choose(String name) {
        if (!CHOICES.contains(name)) {
            throw new Problem(400, "bad-policy", "policy '" + name.substring(0, Math.min(name.length(), 120))
                    + "': allowed are " + String.join(", ", CHOICES)).at("/policy");
        }
        subscription.replacePolicy(FlowPolicy.parse(name + ":" + LIMIT_EVENTS));
        choice = name;
    }

    /** The choice in force. */
    synchronized String choice() {
        return choice;
    }
}

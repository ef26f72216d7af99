package io.heliograph.testkit;

/** Whether a subscription was open when something was published. */
enum Hearing {
    SURELY,
    POSSIBLY,
    NEVER;

    static Hearing of(Span published, RecordedSubscription subscription) {
        Span joined = subscription.joined();
        boolean isAfterLeaving = subscription.left().filter(left -> left.isBefore(published)).isPresent();
        if (published.isBefore(joined) || isAfterLeaving) {
            return NEVER;
        }
        boolean isBeforeLeaving = subscription.left().filter(left -> !published.isBefore(left)).isEmpty();
        return joined.isBefore(published) && isBeforeLeaving ? SURELY : POSSIBLY;
    }
}

package io.heliograph.webhook;

/** An outbox that sends. Attempts are in real time, whatever clock the outbox is on; closes all of it. */
record Sending(OutboxFixture fixture, WebhookClient client, Deliveries deliveries) implements AutoCloseable {

    static Sending from(OutboxFixture fixture) {
        WebhookClient client = WebhookClientFixture.client();
        return new Sending(fixture, client, Deliveries.start(fixture.outbox, client, fixture.environment));
    }

    /** Until no attempt runs, and each that has ended is on disk. */
    void awaitIdle() {
        Soon.until(() -> deliveries.underWay() == 0);
    }

    @Override
    public void close() {
        deliveries.close();
        fixture.close();
        client.close();
    }
}

-- Idempotency keys that came with an event that was there already, by its source and id.
CREATE TABLE webhooks_repeated_key (
    tenant {text} NOT NULL,
    idempotency_key {text} NOT NULL,
    event BIGINT NOT NULL,
    PRIMARY KEY (tenant, idempotency_key)
);
CREATE INDEX webhooks_repeated_key_event ON webhooks_repeated_key (event);

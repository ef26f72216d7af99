-- Whom events are sent to, and what became of them: known - handed_on = delivered + lost + waiting, each counted where it happens.
CREATE TABLE webhooks_endpoint (
    id {text} PRIMARY KEY,
    tenant {text} NOT NULL,
    url {text} NOT NULL,
    topics {text} NOT NULL,
    secrets {text} NOT NULL,
    headers {text} NOT NULL,
    group_name {text},
    policy {text} NOT NULL,
    concurrency INTEGER NOT NULL,
    ordering {text} NOT NULL,
    rate_max INTEGER,
    rate_per_ms BIGINT,
    mode {text} NOT NULL,
    timeout_ms BIGINT NOT NULL,
    retry_ms {text} NOT NULL,
    state {text} NOT NULL,
    reason {text} NOT NULL,
    failures INTEGER NOT NULL,
    failing_since_ms BIGINT,
    known BIGINT NOT NULL DEFAULT 0,
    handed_on BIGINT NOT NULL DEFAULT 0,
    delivered BIGINT NOT NULL DEFAULT 0,
    lost_overflow BIGINT NOT NULL DEFAULT 0,
    lost_conflated BIGINT NOT NULL DEFAULT 0,
    lost_expired BIGINT NOT NULL DEFAULT 0,
    lost_dead_letter BIGINT NOT NULL DEFAULT 0,
    waiting BIGINT NOT NULL DEFAULT 0,
    waiting_bytes BIGINT NOT NULL DEFAULT 0,
    evictable BIGINT NOT NULL DEFAULT 0,
    evictable_bytes BIGINT NOT NULL DEFAULT 0
);

-- Each event once, whatever the number of its receivers. Content is its CloudEvents JSON.
CREATE TABLE webhooks_event (
    id {identity},
    tenant {text} NOT NULL,
    message {text} NOT NULL,
    source {text} NOT NULL,
    event_id {text},
    idempotency_key {text},
    topic {text} NOT NULL,
    event_key {text},
    content {bytes} NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX webhooks_event_message ON webhooks_event (message);
CREATE UNIQUE INDEX webhooks_event_identity ON webhooks_event (tenant, source, event_id) WHERE event_id IS NOT NULL;
CREATE UNIQUE INDEX webhooks_event_idempotency ON webhooks_event (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- One row for each receiver of an event. state: 0 ready, 1 leased, 2 parked behind another of its key, 3 delivered, 4 lost.
CREATE TABLE webhooks_delivery (
    id {identity},
    event BIGINT NOT NULL,
    endpoint {text} NOT NULL,
    order_key {text},
    size INTEGER NOT NULL,
    evictable INTEGER NOT NULL,
    state INTEGER NOT NULL,
    reason {text},
    attempts INTEGER NOT NULL,
    due_ms BIGINT NOT NULL,
    expires_ms BIGINT,
    lease_ms BIGINT
);
CREATE INDEX webhooks_delivery_ready ON webhooks_delivery (endpoint, due_ms, id) WHERE state = 0;
CREATE INDEX webhooks_delivery_leased ON webhooks_delivery (lease_ms) WHERE state = 1;
CREATE INDEX webhooks_delivery_key ON webhooks_delivery (endpoint, order_key, id) WHERE state <= 2 AND order_key IS NOT NULL;
CREATE INDEX webhooks_delivery_event ON webhooks_delivery (event);

CREATE TABLE webhooks_attempt (
    id {identity},
    delivery BIGINT NOT NULL,
    event BIGINT NOT NULL,
    endpoint {text} NOT NULL,
    at_ms BIGINT NOT NULL,
    latency_us BIGINT NOT NULL,
    status INTEGER,
    outcome {text} NOT NULL,
    detail {text} NOT NULL,
    snippet {text} NOT NULL
);
CREATE INDEX webhooks_attempt_endpoint ON webhooks_attempt (endpoint, id);
CREATE INDEX webhooks_attempt_event ON webhooks_attempt (event);

-- What callers publish in transactions of their own.
CREATE TABLE webhooks_inlet (
    id {identity},
    tenant {text} NOT NULL,
    message {text} NOT NULL,
    event_id {text},
    content {bytes} NOT NULL
);

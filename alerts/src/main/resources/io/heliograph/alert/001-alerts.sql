-- Grows with each change of a search or a field; who changes them holds its row, so that they are seen in its order.
CREATE TABLE alerts_generation (
    id INTEGER PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO alerts_generation (id, number) VALUES (1, 0);

-- How many searches a tenant has; events of tenants that have none need not be matched.
CREATE TABLE alerts_tenant (
    tenant {text} PRIMARY KEY,
    searches BIGINT NOT NULL
);

CREATE TABLE alerts_search (
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    revision BIGINT NOT NULL,
    spec {text} NOT NULL,
    created_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX alerts_search_revision ON alerts_search (revision);

CREATE TABLE alerts_tag (
    tenant {text} NOT NULL,
    tag {text} NOT NULL,
    search {text} NOT NULL,
    PRIMARY KEY (tenant, tag, search)
);
CREATE INDEX alerts_tag_search ON alerts_tag (tenant, search);

-- For those who have the search in memory.
CREATE TABLE alerts_deleted (
    revision BIGINT PRIMARY KEY,
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    at_ms BIGINT NOT NULL
);

-- The types of fields that searches use, so that they are the same in the next process.
CREATE TABLE alerts_field (
    tenant {text} NOT NULL,
    path {text} NOT NULL,
    type {text} NOT NULL,
    language {text},
    origin {text} NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (tenant, path)
);
CREATE INDEX alerts_field_revision ON alerts_field (revision);

-- matches = alerts + held + throttled + muted + looped + gathered, each counted where it happens; late ones are alerts of digests and timers.
CREATE TABLE alerts_statistics (
    tenant {text} NOT NULL,
    search {text} NOT NULL,
    matches BIGINT NOT NULL,
    alerts BIGINT NOT NULL,
    held BIGINT NOT NULL,
    throttled BIGINT NOT NULL,
    muted BIGINT NOT NULL,
    looped BIGINT NOT NULL,
    gathered BIGINT NOT NULL,
    late BIGINT NOT NULL,
    cost_ns BIGINT NOT NULL,
    last_ms BIGINT,
    PRIMARY KEY (tenant, search)
);

-- Events that are stored and not matched. It goes in the transaction that has their alerts. An event with many alerts goes in parts:
-- those of searches up to this one are there.
CREATE TABLE alerts_pending (
    event BIGINT PRIMARY KEY,
    tenant {text} NOT NULL,
    matched_to {text}
);

-- An alert of one event is written out when it is read; others have content of their own.
CREATE TABLE alerts_alert (
    id {identity},
    tenant {text} NOT NULL,
    alert_id {text} NOT NULL,
    search {text} NOT NULL,
    event BIGINT,
    hops INTEGER NOT NULL,
    details {text} NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX alerts_alert_identity ON alerts_alert (tenant, alert_id);
CREATE INDEX alerts_alert_tenant ON alerts_alert (tenant, id);
CREATE INDEX alerts_alert_search ON alerts_alert (tenant, search, id);
CREATE INDEX alerts_alert_event ON alerts_alert (event);
CREATE INDEX alerts_alert_at ON alerts_alert (at_ms);

-- Alerts that an address has not taken yet; the empty name is that of the webhook endpoints, where a full one holds them up.
CREATE TABLE alerts_outgoing (
    id {identity},
    recipient {text} NOT NULL,
    alert BIGINT NOT NULL
);
CREATE INDEX alerts_outgoing_recipient ON alerts_outgoing (recipient, id);
CREATE INDEX alerts_outgoing_alert ON alerts_outgoing (alert);

-- Matches that wait for the end of their digest's period.
CREATE TABLE alerts_period (
    tenant {text} NOT NULL,
    search {text} NOT NULL,
    began_ms BIGINT NOT NULL,
    due_ms BIGINT NOT NULL,
    matches BIGINT NOT NULL,
    PRIMARY KEY (tenant, search)
);
CREATE INDEX alerts_period_due ON alerts_period (due_ms);

CREATE TABLE alerts_gathered (
    id {identity},
    tenant {text} NOT NULL,
    search {text} NOT NULL,
    event BIGINT NOT NULL,
    hops INTEGER NOT NULL,
    details {text} NOT NULL
);
CREATE INDEX alerts_gathered_search ON alerts_gathered (tenant, search, id);
CREATE INDEX alerts_gathered_event ON alerts_gathered (event);

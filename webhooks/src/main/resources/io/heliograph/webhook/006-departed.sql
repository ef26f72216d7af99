-- What failed, and came twice, beside the sums. What waited for an endpoint that was removed is lost, and its sums stay with its tenant's.
ALTER TABLE webhooks_endpoint ADD COLUMN lost_left BIGINT NOT NULL DEFAULT 0;
ALTER TABLE webhooks_endpoint ADD COLUMN failed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE webhooks_endpoint ADD COLUMN duplicates BIGINT NOT NULL DEFAULT 0;
CREATE TABLE webhooks_departed (
    tenant {text} PRIMARY KEY,
    known BIGINT NOT NULL DEFAULT 0,
    handed_on BIGINT NOT NULL DEFAULT 0,
    delivered BIGINT NOT NULL DEFAULT 0,
    filtered BIGINT NOT NULL DEFAULT 0,
    lost_overflow BIGINT NOT NULL DEFAULT 0,
    lost_conflated BIGINT NOT NULL DEFAULT 0,
    lost_expired BIGINT NOT NULL DEFAULT 0,
    lost_dead_letter BIGINT NOT NULL DEFAULT 0,
    lost_left BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    duplicates BIGINT NOT NULL DEFAULT 0,
    waiting BIGINT NOT NULL DEFAULT 0,
    waiting_bytes BIGINT NOT NULL DEFAULT 0
);

-- What a removal before this version left behind when its process was killed: nobody would ever have sent it, or removed it.
INSERT INTO webhooks_departed (tenant, known, lost_left)
    SELECT e.tenant, count(*), count(*) FROM webhooks_delivery d JOIN webhooks_event e ON e.id = d.event
    WHERE d.state <= 2 AND d.endpoint NOT IN (SELECT id FROM webhooks_endpoint) GROUP BY e.tenant;
UPDATE webhooks_delivery SET state = 4, reason = 'left', lease_ms = NULL
    WHERE state <= 2 AND endpoint NOT IN (SELECT id FROM webhooks_endpoint);

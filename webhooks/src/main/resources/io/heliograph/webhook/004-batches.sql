-- Several deliveries in one request: how many at most, which batch a delivery went with first, and which an attempt was made at.
ALTER TABLE webhooks_endpoint ADD COLUMN batch INTEGER;
ALTER TABLE webhooks_delivery ADD COLUMN batch {text};
ALTER TABLE webhooks_attempt ADD COLUMN batch {text};
CREATE INDEX webhooks_delivery_batch ON webhooks_delivery (endpoint, batch) WHERE state <= 2 AND batch IS NOT NULL;

-- Which events of its topics an endpoint wants, and how many it did not: known - handed_on = delivered + filtered + lost + waiting.
ALTER TABLE webhooks_endpoint ADD COLUMN query {text};
ALTER TABLE webhooks_endpoint ADD COLUMN filtered BIGINT NOT NULL DEFAULT 0;

-- The sender's name that an endpoint's receiver agreed to.
ALTER TABLE webhooks_endpoint ADD COLUMN origin {text};

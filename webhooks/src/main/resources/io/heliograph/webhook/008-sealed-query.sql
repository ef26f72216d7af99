-- The query of an endpoint's URL, which may hold a credential, sealed as its secrets are. What stands in url itself is sealed when it is read.
ALTER TABLE webhooks_endpoint ADD COLUMN url_query {text};

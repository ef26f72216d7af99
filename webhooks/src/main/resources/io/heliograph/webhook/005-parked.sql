-- The oldest that waits behind others of its key, to make room.
CREATE INDEX webhooks_delivery_parked ON webhooks_delivery (endpoint, id) WHERE state = 2 AND evictable = 1;

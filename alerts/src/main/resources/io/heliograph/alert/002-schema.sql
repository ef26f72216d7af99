-- Tenants whose schema was closed, and those who opened it again; all others' are open.
CREATE TABLE alerts_schema (
    tenant {text} PRIMARY KEY,
    closed INTEGER NOT NULL,
    revision BIGINT NOT NULL
);
CREATE INDEX alerts_schema_revision ON alerts_schema (revision);

-- One row, which /healthz writes to see whether a write comes to the disk.
CREATE TABLE serve_probe (
    id INTEGER PRIMARY KEY,
    written BIGINT NOT NULL
);

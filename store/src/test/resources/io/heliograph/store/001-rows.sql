-- What the store's own tests write; a ';' in a comment or in quotes ends nothing.
CREATE TABLE test_row (
  id {identity},
  n BIGINT NOT NULL,
  name {text} UNIQUE,   /* NULL; many times */
  payload {bytes},
  weight DOUBLE PRECISION,
  mark TEXT NOT NULL DEFAULT 'a;b'
);
CREATE INDEX test_row_n ON test_row (n) WHERE n >= 0;
CREATE TABLE test_note (
  row_name {text} REFERENCES test_row (name) DEFERRABLE INITIALLY DEFERRED
);

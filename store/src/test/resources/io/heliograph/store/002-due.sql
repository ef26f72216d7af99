ALTER TABLE test_row ADD COLUMN due BIGINT NOT NULL DEFAULT 7;
CREATE INDEX test_row_due ON test_row (due);

-- Wikis that several processes share.

-- +goose Up

-- A row is for one shard; shards is how many there are. A row whose number of
-- shards is not that of row 1 does not count. expires_at is -1 where nobody has
-- held it since there are that many.
ALTER TABLE lease ADD COLUMN IF NOT EXISTS shards INTEGER NOT NULL DEFAULT 1;

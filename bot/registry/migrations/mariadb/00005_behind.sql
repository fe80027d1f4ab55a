-- Wikis that have to be caught up with, and findings that people do not want.

-- +goose Up

-- A time of which the changes on a wiki are still to be looked up there.
CREATE TABLE IF NOT EXISTS behind (
    wiki       VARCHAR(64) NOT NULL,
    from_at    BIGINT      NOT NULL,
    to_at      BIGINT      NOT NULL, -- 0: up to the present
    cause      VARCHAR(32) NOT NULL,
    missing    BIGINT      NOT NULL, -- events of all wikis; -1 if nobody knows
    found      BIGINT      NOT NULL, -- changes so far
    reached_at BIGINT      NOT NULL, -- of the last of them, 0 for none
    PRIMARY KEY (wiki, from_at, to_at)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Who took a mention off the noticeboard, and when; 0 for nobody.
ALTER TABLE mention
    ADD COLUMN IF NOT EXISTS dismissed_at BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS dismissed_by VARCHAR(400) NOT NULL DEFAULT '',
    ADD INDEX IF NOT EXISTS mention_dismissed (wiki, dismissed_at);

-- Wikis that have to be caught up with, and findings that people do not want.

-- +goose Up

-- A time of which the changes on a wiki are still to be looked up there.
CREATE TABLE behind (
    wiki       VARCHAR(64) NOT NULL,
    from_at    BIGINT      NOT NULL,
    to_at      BIGINT      NOT NULL, -- 0: up to the present
    cause      VARCHAR(32) NOT NULL,
    missing    BIGINT      NOT NULL, -- events of all wikis; -1 if nobody knows
    found      BIGINT      NOT NULL, -- changes so far
    reached_at BIGINT      NOT NULL, -- of the last of them, 0 for none
    PRIMARY KEY (wiki, from_at, to_at)
);

-- Who took a mention off the noticeboard, and when; 0 for nobody.
ALTER TABLE mention ADD COLUMN dismissed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mention ADD COLUMN dismissed_by VARCHAR(400) NOT NULL DEFAULT '';
CREATE INDEX mention_dismissed ON mention (wiki, dismissed_at);

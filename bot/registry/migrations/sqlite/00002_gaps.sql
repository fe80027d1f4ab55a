-- What the streams could not deliver, and the rest of a cursor.

-- +goose Up

-- A time that was looked up on a wiki because the stream had a gap.
CREATE TABLE gap (
    wiki      VARCHAR(64) NOT NULL,
    from_at   BIGINT      NOT NULL,
    to_at     BIGINT      NOT NULL,
    cause     VARCHAR(32) NOT NULL,
    missing   BIGINT      NOT NULL, -- events of all wikis; -1 if nobody knows
    found     BIGINT      NOT NULL, -- changes on this wiki
    filled_at BIGINT      NOT NULL,
    PRIMARY KEY (wiki, from_at, to_at)
);

-- What a cursor holds besides its id and time, as JSON.
ALTER TABLE stream_cursor ADD COLUMN rest MEDIUMTEXT NOT NULL DEFAULT '';

-- New sections on pages with proposals.

-- +goose Up

CREATE TABLE request (
    id        CHAR(64)     NOT NULL PRIMARY KEY,
    wiki      VARCHAR(64)  NOT NULL,
    title     VARCHAR(400) NOT NULL,
    revision  BIGINT       NOT NULL,
    section   TEXT         NOT NULL,
    user_name VARCHAR(400) NOT NULL,
    made_at   BIGINT       NOT NULL,
    body      TEXT         NOT NULL,
    withdrawn BIGINT       NOT NULL DEFAULT 0, -- since when it does not stand on the page
    redacted  INTEGER      NOT NULL DEFAULT 0  -- user_name, section and body are blanked for good
);
CREATE INDEX request_time ON request (wiki, made_at);
CREATE INDEX request_revision ON request (wiki, revision);

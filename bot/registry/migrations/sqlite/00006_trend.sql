-- How the verdicts on items change, and how many there were of each in a week.

-- +goose Up

-- How many items of a kind had a verdict in a week, when that was first known
-- in full.
CREATE TABLE tally (
    wiki    VARCHAR(64) NOT NULL,
    week    BIGINT      NOT NULL, -- its Monday, 0:00 UTC
    kind    VARCHAR(16) NOT NULL,
    verdict VARCHAR(32) NOT NULL,
    items   BIGINT      NOT NULL,
    PRIMARY KEY (wiki, week, kind, verdict)
);

-- From which verdict to which; '' for an item that is not there. Where both are
-- the same, that is how the item was when the first of its kind were seen.
CREATE TABLE turn (
    wiki      VARCHAR(64)  NOT NULL,
    kind      VARCHAR(16)  NOT NULL,
    item_key  VARCHAR(400) NOT NULL,
    turned_at BIGINT       NOT NULL,
    was       VARCHAR(32)  NOT NULL,
    became    VARCHAR(32)  NOT NULL,
    PRIMARY KEY (wiki, item_key, turned_at)
);
CREATE INDEX turn_time ON turn (wiki, kind, turned_at);

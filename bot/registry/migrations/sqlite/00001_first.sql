-- What the bot knows, first form. The types are those that SQLite and MariaDB
-- read alike. Times are microseconds since 1970 in UTC, 0 for never; flags are
-- 0 and 1.

-- +goose Up

-- An item as one source sees it on one wiki; View merges the sources.
CREATE TABLE presence (
    wiki             VARCHAR(64)  NOT NULL,
    source           VARCHAR(32)  NOT NULL,
    item_key         VARCHAR(400) NOT NULL,
    name             VARCHAR(400) NOT NULL,
    page             VARCHAR(400) NOT NULL,
    url              TEXT         NOT NULL,
    section          TEXT         NOT NULL,
    deployed         INTEGER      NOT NULL,
    listed           INTEGER      NOT NULL,
    on_by_default    INTEGER      NOT NULL,
    aliases          TEXT         NOT NULL, -- JSON list of strings
    changed_at       BIGINT       NOT NULL,
    changed_revision BIGINT       NOT NULL,
    gone_at          BIGINT       NOT NULL,
    PRIMARY KEY (wiki, source, item_key)
);
CREATE INDEX presence_item ON presence (item_key);

-- The last change of an item's own page, by the key that its title gives.
CREATE TABLE page_change (
    item_key   VARCHAR(400) NOT NULL PRIMARY KEY,
    wiki       VARCHAR(64)  NOT NULL,
    action     VARCHAR(16)  NOT NULL,
    changed_at BIGINT       NOT NULL,
    revision   BIGINT       NOT NULL,
    user_name  VARCHAR(400) NOT NULL
);
CREATE INDEX page_change_wiki ON page_change (wiki);

CREATE TABLE claim (
    id            BIGINT       NOT NULL PRIMARY KEY,
    source        VARCHAR(32)  NOT NULL,
    wiki          VARCHAR(64)  NOT NULL, -- the wiki that is served
    item_key      VARCHAR(400) NOT NULL,
    role          VARCHAR(16)  NOT NULL,
    holder_kind   VARCHAR(16)  NOT NULL,
    holder        VARCHAR(400) NOT NULL,
    standing      VARCHAR(16)  NOT NULL,
    page_wiki     VARCHAR(64)  NOT NULL, -- the wiki that the evidence is on
    page          VARCHAR(400) NOT NULL,
    revision      BIGINT       NOT NULL,
    user_name     VARCHAR(400) NOT NULL,
    made_at       BIGINT       NOT NULL,
    read_at       BIGINT       NOT NULL,
    superseded_at BIGINT       NOT NULL -- 0 while the claim is in force
);
CREATE INDEX claim_in_force ON claim (wiki, superseded_at, source);

-- Mentions as written; View resolves their items. The id is a hash of item,
-- wiki, revision and section, which together are unique.
CREATE TABLE mention (
    id        CHAR(64)     NOT NULL PRIMARY KEY,
    item_key  VARCHAR(400) NOT NULL,
    name      VARCHAR(400) NOT NULL,
    wiki      VARCHAR(64)  NOT NULL,
    title     VARCHAR(400) NOT NULL,
    revision  BIGINT       NOT NULL,
    section   TEXT         NOT NULL,
    rule_name VARCHAR(64)  NOT NULL,
    user_name VARCHAR(400) NOT NULL,
    made_at   BIGINT       NOT NULL,
    snippet   TEXT         NOT NULL,
    withdrawn BIGINT       NOT NULL DEFAULT 0, -- when the text was found gone
    redacted  INTEGER      NOT NULL DEFAULT 0  -- user_name and snippet are blanked for good
);
CREATE INDEX mention_time ON mention (wiki, made_at);
CREATE INDEX mention_item ON mention (wiki, item_key, withdrawn);
CREATE INDEX mention_revision ON mention (wiki, revision);

CREATE TABLE stream_cursor (
    streams    VARCHAR(512) NOT NULL PRIMARY KEY,
    sse_id     TEXT         NOT NULL,
    event_time BIGINT       NOT NULL
);

CREATE TABLE survey_state (
    wiki      VARCHAR(64) NOT NULL,
    source    VARCHAR(32) NOT NULL,
    read_at   BIGINT      NOT NULL,
    failed_at BIGINT      NOT NULL,
    reason    TEXT        NOT NULL,
    PRIMARY KEY (wiki, source)
);

-- How far the history of a page has been read for the Steward cells of a table.
CREATE TABLE cells_read (
    wiki     VARCHAR(64)  NOT NULL,
    position VARCHAR(400) NOT NULL, -- "Page title#table id"
    revision BIGINT       NOT NULL,
    PRIMARY KEY (wiki, position)
);

-- What became of the pages that the bot keeps a region on.
CREATE TABLE page_state (
    wiki  VARCHAR(64)  NOT NULL,
    name  VARCHAR(400) NOT NULL, -- "Page title#region id"
    state VARCHAR(16)  NOT NULL,
    PRIMARY KEY (wiki, name)
);

CREATE TABLE notice (
    notice_key  VARCHAR(700) NOT NULL PRIMARY KEY,
    wiki        VARCHAR(64)  NOT NULL,
    page        VARCHAR(400) NOT NULL,
    base        BIGINT       NOT NULL, -- revision that the edit was made from
    intended_at BIGINT       NOT NULL,
    revision    BIGINT       NOT NULL, -- 0 until the edit is known to be saved
    sent_at     BIGINT       NOT NULL
);
CREATE INDEX notice_wiki ON notice (wiki, sent_at);

-- What the wikis say of themselves.
CREATE TABLE wiki (
    wiki        VARCHAR(64)  NOT NULL PRIMARY KEY,
    article_url VARCHAR(400) NOT NULL -- $1 stands for the page's title
);

-- The last good rules of each wiki.
CREATE TABLE rules (
    wiki      VARCHAR(64)  NOT NULL PRIMARY KEY,
    revision  BIGINT       NOT NULL,
    user_name VARCHAR(400) NOT NULL,
    since_at  BIGINT       NOT NULL,
    body      TEXT         NOT NULL
);

-- What the running bot says of itself.
CREATE TABLE note (
    wiki VARCHAR(64)  NOT NULL,
    name VARCHAR(128) NOT NULL,
    body TEXT         NOT NULL,
    PRIMARY KEY (wiki, name)
);

-- One row: which process writes to the wikis.
CREATE TABLE lease (
    id         INTEGER      NOT NULL PRIMARY KEY,
    owner      VARCHAR(255) NOT NULL,
    expires_at BIGINT       NOT NULL
);
INSERT INTO lease (id, owner, expires_at) VALUES (1, '', 0);

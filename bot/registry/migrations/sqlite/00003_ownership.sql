-- What sources say besides who looks after an item: what it is, how much it
-- matters, how the accounts are doing that claims name. Everything about items
-- has their kind, so that the tables of one kind read no other.

-- +goose Up

CREATE TABLE seen (
    wiki             VARCHAR(64)  NOT NULL, -- '' for a source of all wikis
    kind             VARCHAR(16)  NOT NULL,
    source           VARCHAR(32)  NOT NULL,
    item_key         VARCHAR(400) NOT NULL,
    name             VARCHAR(400) NOT NULL,
    page             VARCHAR(400) NOT NULL,
    url              TEXT         NOT NULL,
    section          TEXT         NOT NULL,
    deployed         INTEGER      NOT NULL,
    listed           INTEGER      NOT NULL,
    on_by_default    INTEGER      NOT NULL,
    aliases          MEDIUMTEXT   NOT NULL, -- JSON list of strings, '' for none
    details          MEDIUMTEXT   NOT NULL, -- JSON, '' for none
    changed_at       BIGINT       NOT NULL,
    changed_revision BIGINT       NOT NULL,
    gone_at          BIGINT       NOT NULL,
    PRIMARY KEY (wiki, kind, source, item_key)
) WITHOUT ROWID; -- so that the items of a table stand together
INSERT INTO seen SELECT wiki, substr(item_key, 1, instr(item_key, ':') - 1), source, item_key, name, page, url, section, deployed, listed,
    on_by_default, CASE aliases WHEN 'null' THEN '' ELSE aliases END, '', changed_at, changed_revision, gone_at FROM presence;
DROP TABLE presence;
ALTER TABLE seen RENAME TO presence;
CREATE INDEX presence_item ON presence (item_key, source);
CREATE INDEX presence_source ON presence (wiki, source);
CREATE INDEX presence_deployed ON presence (kind, deployed, gone_at, item_key, wiki);

ALTER TABLE page_change ADD COLUMN kind VARCHAR(16) NOT NULL DEFAULT '';
UPDATE page_change SET kind = substr(item_key, 1, instr(item_key, ':') - 1);
DROP INDEX page_change_wiki;
CREATE INDEX page_change_wiki ON page_change (wiki, kind);
CREATE INDEX page_change_time ON page_change (changed_at);

-- When a claim in force was last read is the read_at of its source.
CREATE TABLE said (
    wiki          VARCHAR(64)   NOT NULL, -- the wiki that is served, '' for a source of all wikis
    kind          VARCHAR(16)   NOT NULL,
    id            BIGINT        NOT NULL,
    source        VARCHAR(32)   NOT NULL,
    item_key      VARCHAR(400)  NOT NULL,
    role          VARCHAR(16)   NOT NULL,
    holder_kind   VARCHAR(16)   NOT NULL,
    holder        VARCHAR(400)  NOT NULL,
    standing      VARCHAR(16)   NOT NULL,
    page_wiki     VARCHAR(64)   NOT NULL, -- the wiki that the evidence is on
    page          VARCHAR(2048) NOT NULL,
    revision      BIGINT        NOT NULL,
    user_name     VARCHAR(400)  NOT NULL,
    made_at       BIGINT        NOT NULL,
    superseded_at BIGINT        NOT NULL, -- 0 while the claim is in force
    PRIMARY KEY (wiki, kind, id)
) WITHOUT ROWID;
INSERT INTO said SELECT wiki, substr(item_key, 1, instr(item_key, ':') - 1), id, source, item_key, role, holder_kind, holder, standing,
    page_wiki, page, revision, user_name, made_at, superseded_at FROM claim;
DROP TABLE claim;
ALTER TABLE said RENAME TO claim;
CREATE UNIQUE INDEX claim_id ON claim (id);
CREATE INDEX claim_source ON claim (wiki, source, superseded_at);
CREATE INDEX claim_item ON claim (item_key, wiki);

ALTER TABLE mention ADD COLUMN kind VARCHAR(16) NOT NULL DEFAULT '';
ALTER TABLE mention ADD COLUMN author VARCHAR(400) NOT NULL DEFAULT ''; -- who signed the comment
ALTER TABLE mention ADD COLUMN aux TEXT NOT NULL DEFAULT '';            -- JSON list of strings, '' for none
UPDATE mention SET kind = substr(item_key, 1, instr(item_key, ':') - 1);
DROP INDEX mention_time;
CREATE INDEX mention_time ON mention (wiki, redacted, made_at);
CREATE INDEX mention_count ON mention (wiki, kind, made_at, withdrawn, item_key);
CREATE INDEX mention_title ON mention (wiki, title);

ALTER TABLE survey_state ADD COLUMN version BIGINT NOT NULL DEFAULT 0; -- grows when what the source says is written
ALTER TABLE survey_state ADD COLUMN mark TEXT NOT NULL DEFAULT '';
ALTER TABLE survey_state ADD COLUMN checkpoint MEDIUMTEXT NOT NULL DEFAULT '';
ALTER TABLE survey_state ADD COLUMN counted_at BIGINT NOT NULL DEFAULT 0; -- as_of of the measures that have 0 there
ALTER TABLE survey_state ADD COLUMN held_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE survey_state ADD COLUMN held_items BIGINT NOT NULL DEFAULT 0;
ALTER TABLE survey_state ADD COLUMN held_answer MEDIUMTEXT NOT NULL DEFAULT ''; -- what it named, hashed

-- One number about an item on a wiki.
CREATE TABLE measure (
    wiki     VARCHAR(64)  NOT NULL,
    source   VARCHAR(32)  NOT NULL,
    item_key VARCHAR(400) NOT NULL,
    metric   VARCHAR(32)  NOT NULL,
    kind     VARCHAR(16)  NOT NULL,
    amount   BIGINT       NOT NULL,
    at_least INTEGER      NOT NULL,
    as_of    BIGINT       NOT NULL, -- 0: counted_at of the source
    PRIMARY KEY (wiki, kind, source, item_key, metric)
) WITHOUT ROWID;
CREATE INDEX measure_source ON measure (wiki, source, item_key);

-- What a wiki shows of an account that claims name.
CREATE TABLE account (
    wiki          VARCHAR(64)  NOT NULL,
    source        VARCHAR(32)  NOT NULL,
    name          VARCHAR(255) NOT NULL,
    renamed_to    VARCHAR(255) NOT NULL,
    missing       INTEGER      NOT NULL,
    blocked       INTEGER      NOT NULL,
    blocked_until BIGINT       NOT NULL,
    locked        INTEGER      NOT NULL,
    bot           INTEGER      NOT NULL,
    last_edit     BIGINT       NOT NULL,
    last_action   BIGINT       NOT NULL,
    last_global   BIGINT       NOT NULL,
    read_at       BIGINT       NOT NULL, -- 0: read_at of the source
    PRIMARY KEY (wiki, name, source)
) WITHOUT ROWID;

-- Which items are like another one, the most alike first.
CREATE TABLE similar (
    wiki      VARCHAR(64)  NOT NULL,
    item_key  VARCHAR(400) NOT NULL,
    place     INTEGER      NOT NULL, -- 1 is the most alike
    other_key VARCHAR(400) NOT NULL,
    kind      VARCHAR(16)  NOT NULL,
    score     BIGINT       NOT NULL, -- thousandths of being the same
    PRIMARY KEY (wiki, item_key, place)
);

-- Grows by one with every new holder, so that what an earlier one still does
-- can be told apart.
ALTER TABLE lease ADD COLUMN fence BIGINT NOT NULL DEFAULT 0;

-- What the bot knows, as in the third form of the SQLite store. Times are
-- microseconds since 1970 in UTC, 0 for never; flags are 0 and 1. Texts compare
-- byte by byte, spaces at their end too. A step that was cut off runs again, so
-- every statement may be repeated.

-- +goose Up

-- An item as one source sees it on one wiki; View merges the sources.
CREATE TABLE IF NOT EXISTS presence (
    wiki             VARCHAR(64)  NOT NULL, -- '' for a source of all wikis
    source           VARCHAR(32)  NOT NULL,
    item_key         VARCHAR(400) NOT NULL,
    kind             VARCHAR(16)  NOT NULL,
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
    PRIMARY KEY (wiki, kind, source, item_key), -- so that the items of a table stand together
    INDEX presence_item (item_key, source),
    INDEX presence_source (wiki, source),
    INDEX presence_deployed (kind, deployed, gone_at, item_key, wiki)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- The last change of an item's own page, by the key that its title gives.
CREATE TABLE IF NOT EXISTS page_change (
    item_key   VARCHAR(400) NOT NULL PRIMARY KEY,
    kind       VARCHAR(16)  NOT NULL,
    wiki       VARCHAR(64)  NOT NULL,
    action     VARCHAR(16)  NOT NULL,
    changed_at BIGINT       NOT NULL,
    revision   BIGINT       NOT NULL,
    user_name  VARCHAR(400) NOT NULL,
    INDEX page_change_wiki (wiki, kind),
    INDEX page_change_time (changed_at)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- When a claim in force was last read is the read_at of its source.
CREATE TABLE IF NOT EXISTS claim (
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
    PRIMARY KEY (wiki, kind, id),
    UNIQUE INDEX claim_id (id),
    INDEX claim_source (wiki, source, superseded_at),
    INDEX claim_item (item_key, wiki)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Mentions as written; View resolves their items. The id is a hash of item,
-- wiki, revision and section, which together are unique.
CREATE TABLE IF NOT EXISTS mention (
    id        VARCHAR(64)  NOT NULL PRIMARY KEY,
    item_key  VARCHAR(400) NOT NULL,
    kind      VARCHAR(16)  NOT NULL,
    name      VARCHAR(400) NOT NULL,
    wiki      VARCHAR(64)  NOT NULL,
    title     VARCHAR(400) NOT NULL,
    revision  BIGINT       NOT NULL,
    section   TEXT         NOT NULL,
    rule_name VARCHAR(64)  NOT NULL,
    user_name VARCHAR(400) NOT NULL,
    author    VARCHAR(400) NOT NULL, -- who signed the comment
    made_at   BIGINT       NOT NULL,
    snippet   TEXT         NOT NULL,
    aux       TEXT         NOT NULL, -- JSON list of strings, '' for none
    withdrawn BIGINT       NOT NULL DEFAULT 0, -- when the text was found gone
    redacted  INTEGER      NOT NULL DEFAULT 0, -- user_name, author and snippet are blanked for good
    INDEX mention_time (wiki, redacted, made_at),
    INDEX mention_count (wiki, kind, made_at, withdrawn, item_key),
    INDEX mention_item (wiki, item_key, withdrawn),
    INDEX mention_revision (wiki, revision),
    INDEX mention_title (wiki, title)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS stream_cursor (
    streams    VARCHAR(512) NOT NULL PRIMARY KEY,
    sse_id     MEDIUMTEXT   NOT NULL,
    event_time BIGINT       NOT NULL,
    rest       MEDIUMTEXT   NOT NULL -- JSON: what a cursor holds besides
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS survey_state (
    wiki        VARCHAR(64) NOT NULL, -- '' for a source of all wikis
    source      VARCHAR(32) NOT NULL,
    read_at     BIGINT      NOT NULL,
    failed_at   BIGINT      NOT NULL,
    reason      TEXT        NOT NULL,
    version     BIGINT      NOT NULL, -- grows when what the source says is written
    mark        MEDIUMTEXT  NOT NULL,
    checkpoint  MEDIUMTEXT  NOT NULL,
    counted_at  BIGINT      NOT NULL, -- as_of of the measures that have 0 there
    held_at     BIGINT      NOT NULL,
    held_items  BIGINT      NOT NULL,
    held_answer MEDIUMTEXT  NOT NULL, -- what it named, hashed
    PRIMARY KEY (wiki, source)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- How far the history of a page has been read for the Steward cells of a table.
CREATE TABLE IF NOT EXISTS cells_read (
    wiki     VARCHAR(64)  NOT NULL,
    position VARCHAR(400) NOT NULL, -- "Page title#table id"
    revision BIGINT       NOT NULL,
    PRIMARY KEY (wiki, position)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What became of the pages that the bot keeps a region on.
CREATE TABLE IF NOT EXISTS page_state (
    wiki  VARCHAR(64)  NOT NULL,
    name  VARCHAR(400) NOT NULL, -- "Page title#region id"
    state VARCHAR(16)  NOT NULL,
    PRIMARY KEY (wiki, name)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS notice (
    notice_key  VARCHAR(700) NOT NULL PRIMARY KEY,
    wiki        VARCHAR(64)  NOT NULL,
    page        VARCHAR(400) NOT NULL,
    base        BIGINT       NOT NULL, -- revision that the edit was made from
    intended_at BIGINT       NOT NULL,
    revision    BIGINT       NOT NULL, -- 0 until the edit is known to be saved
    sent_at     BIGINT       NOT NULL,
    INDEX notice_wiki (wiki, sent_at)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What the wikis say of themselves.
CREATE TABLE IF NOT EXISTS wiki (
    wiki        VARCHAR(64)   NOT NULL PRIMARY KEY,
    article_url VARCHAR(2048) NOT NULL -- $1 stands for the page's title
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- The last good rules of each wiki.
CREATE TABLE IF NOT EXISTS rules (
    wiki      VARCHAR(64)  NOT NULL PRIMARY KEY,
    revision  BIGINT       NOT NULL,
    user_name VARCHAR(400) NOT NULL,
    since_at  BIGINT       NOT NULL,
    body      MEDIUMTEXT   NOT NULL
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What the running bot says of itself.
CREATE TABLE IF NOT EXISTS note (
    wiki VARCHAR(64)  NOT NULL,
    name VARCHAR(400) NOT NULL,
    body MEDIUMTEXT   NOT NULL,
    PRIMARY KEY (wiki, name)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- A time that was looked up on a wiki because the stream had a gap.
CREATE TABLE IF NOT EXISTS gap (
    wiki      VARCHAR(64) NOT NULL,
    from_at   BIGINT      NOT NULL,
    to_at     BIGINT      NOT NULL,
    cause     VARCHAR(32) NOT NULL,
    missing   BIGINT      NOT NULL, -- events of all wikis; -1 if nobody knows
    found     BIGINT      NOT NULL, -- changes on this wiki
    filled_at BIGINT      NOT NULL,
    PRIMARY KEY (wiki, from_at, to_at)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- One number about an item on a wiki.
CREATE TABLE IF NOT EXISTS measure (
    wiki     VARCHAR(64)  NOT NULL,
    source   VARCHAR(32)  NOT NULL,
    item_key VARCHAR(400) NOT NULL,
    metric   VARCHAR(32)  NOT NULL,
    kind     VARCHAR(16)  NOT NULL,
    amount   BIGINT       NOT NULL,
    at_least INTEGER      NOT NULL,
    as_of    BIGINT       NOT NULL, -- 0: counted_at of the source
    PRIMARY KEY (wiki, kind, source, item_key, metric),
    INDEX measure_source (wiki, source, item_key)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What a wiki shows of an account that claims name.
CREATE TABLE IF NOT EXISTS account (
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
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Which items are like another one, the most alike first.
CREATE TABLE IF NOT EXISTS similar (
    wiki      VARCHAR(64)  NOT NULL,
    item_key  VARCHAR(400) NOT NULL,
    place     INTEGER      NOT NULL, -- 1 is the most alike
    other_key VARCHAR(400) NOT NULL,
    kind      VARCHAR(16)  NOT NULL,
    score     BIGINT       NOT NULL, -- thousandths of being the same
    PRIMARY KEY (wiki, item_key, place)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- One row: which process writes to the wikis. A transaction that writes
-- anything locks it.
CREATE TABLE IF NOT EXISTS lease (
    id         INTEGER      NOT NULL PRIMARY KEY,
    owner      VARCHAR(255) NOT NULL,
    expires_at BIGINT       NOT NULL,
    fence      BIGINT       NOT NULL -- grows by one with every new holder
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
INSERT IGNORE INTO lease (id, owner, expires_at, fence) VALUES (1, '', 0, 0);

-- Who was told of what or was not, and what people said of messages to them.

-- +goose Up

CREATE TABLE told (
    id         VARCHAR(64)  NOT NULL PRIMARY KEY, -- what the row says, as a hash: told twice is once
    wiki       VARCHAR(64)  NOT NULL,
    notice_key VARCHAR(700) NOT NULL,
    user_name  VARCHAR(400) NOT NULL, -- '' for nobody in particular
    item_key   VARCHAR(400) NOT NULL,
    mention    VARCHAR(700) NOT NULL, -- key of its entry on the noticeboard, '' for none
    rung       VARCHAR(32)  NOT NULL,
    way        VARCHAR(32)  NOT NULL,
    told_at    BIGINT       NOT NULL,
    page       VARCHAR(400) NOT NULL,
    revision   BIGINT       NOT NULL, -- 0 until the edit is known to be saved, and for what was withheld
    withheld   VARCHAR(64)  NOT NULL -- why it was not sent, '' where it was
);
CREATE INDEX told_time ON told (wiki, told_at);
CREATE INDEX told_notice ON told (notice_key);

CREATE TABLE said (
    wiki      VARCHAR(64)  NOT NULL,
    about     VARCHAR(32)  NOT NULL, -- the page: 'sign-up' or 'opt-out'
    user_name VARCHAR(400) NOT NULL,
    words     TEXT         NOT NULL, -- JSON
    PRIMARY KEY (wiki, about, user_name)
);

-- Which edits the bot has saved.

-- +goose Up

CREATE TABLE edit (
    wiki     VARCHAR(64)  NOT NULL,
    revision BIGINT       NOT NULL, -- that the edit made
    title    VARCHAR(400) NOT NULL,
    region   VARCHAR(64)  NOT NULL,
    rules    BIGINT       NOT NULL, -- revision of the rules that it was made under, 0 for reports
    saved_at BIGINT       NOT NULL,
    PRIMARY KEY (wiki, revision)
);
CREATE INDEX edit_time ON edit (wiki, saved_at);
CREATE INDEX edit_page ON edit (wiki, title, saved_at);
CREATE INDEX edit_rules ON edit (wiki, rules);

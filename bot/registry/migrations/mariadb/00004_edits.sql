-- Which edits the bot has saved.

-- +goose Up

CREATE TABLE IF NOT EXISTS edit (
    wiki     VARCHAR(64)  NOT NULL,
    revision BIGINT       NOT NULL, -- that the edit made
    title    VARCHAR(400) NOT NULL,
    region   VARCHAR(64)  NOT NULL,
    rules    BIGINT       NOT NULL, -- revision of the rules that it was made under, 0 for reports
    saved_at BIGINT       NOT NULL,
    PRIMARY KEY (wiki, revision),
    INDEX edit_time (wiki, saved_at),
    INDEX edit_page (wiki, title, saved_at),
    INDEX edit_rules (wiki, rules)
) ENGINE InnoDB ROW_FORMAT DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- +goose Up
-- Working titles beside each other: looking through them reads no texts. Facts
-- have none. Ids grow with time, so what is new goes to the end.
CREATE INDEX drafts_titles ON drafts (edition_id, title) WHERE title <> '';

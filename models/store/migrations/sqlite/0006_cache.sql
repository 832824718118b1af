-- +goose Up
-- Which menu an entry stood in when it changed, so that what becomes public or
-- moves outside the menus leaves alone what shows them. '' is any.
ALTER TABLE changes ADD COLUMN nav TEXT NOT NULL DEFAULT '';

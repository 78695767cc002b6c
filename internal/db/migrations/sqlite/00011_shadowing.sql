-- +goose Up

-- Learning beside somebody ------------------------------------------------------------

-- Somebody learns a role beside one holder, but others may ask them too: that they could not would tell them that somebody has.
DROP INDEX shadowings_open;
CREATE UNIQUE INDEX shadowings_open ON shadowings (role_id, member_id) WHERE ended_at IS NULL AND agreed_at IS NOT NULL;
CREATE UNIQUE INDEX shadowings_pair ON shadowings (term_id, member_id) WHERE ended_at IS NULL;

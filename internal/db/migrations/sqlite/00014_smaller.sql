-- +goose Up

-- The group was so small that numbers would tell who answered what: of "yes" it says 1 where anybody would, and nothing else is kept.
ALTER TABLE askings ADD COLUMN few INTEGER NOT NULL DEFAULT 0;

-- Where too few stood, somebody can stand for three months at most.
ALTER TABLE candidates ADD COLUMN trial INTEGER NOT NULL DEFAULT 0;

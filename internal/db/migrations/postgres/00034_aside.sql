-- +goose Up

-- Who facilitated and handed over to speak about an item. It ends with the item.
ALTER TABLE meeting_items ADD COLUMN aside_id BIGINT REFERENCES members (id);

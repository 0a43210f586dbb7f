-- Endpoints that want events, and deliveries to them.

-- An event stream is resumed by the id of the last event seen. Ids rise with time, so the index
-- grows at its end.
CREATE UNIQUE INDEX events_id ON events (id);

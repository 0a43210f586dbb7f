-- Texts both ways and the inbox of what carriers told us. Rules: the head of 0001_start.sql.

-- Long texts: a rowid table. Every text goes through here, so each index says what it is for.
CREATE TABLE messages (
  position INTEGER PRIMARY KEY,
  organization_id BLOB NOT NULL,
  id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  number_id BLOB NOT NULL,
  agent_id BLOB,
  key_id BLOB,
  direction TEXT NOT NULL,
  status TEXT NOT NULL,
  step TEXT NOT NULL,
  purpose TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  body TEXT NOT NULL,
  media_urls TEXT NOT NULL,  -- JSON list
  segments INTEGER NOT NULL,
  price INTEGER NOT NULL CHECK (price >= 0),
  carrier TEXT NOT NULL,
  carrier_message_id TEXT,
  failure_code TEXT NOT NULL,
  failure_reason TEXT NOT NULL,
  metadata TEXT NOT NULL,  -- JSON object
  in_reply_to BLOB,
  request_id TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  queued_until INTEGER,
  intent_at INTEGER,
  sent_at INTEGER,
  delivered_at INTEGER,
  failed_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
-- One text; ids rise, so this grows at its end.
CREATE UNIQUE INDEX messages_id ON messages (id);
-- The texts of a number, one way or both.
CREATE INDEX messages_number ON messages (number_id, direction, id);
-- What a carrier reports names its own id; the same text told twice is one row.
CREATE UNIQUE INDEX messages_carrier ON messages (carrier, direction, carrier_message_id)
  WHERE carrier_message_id IS NOT NULL;

-- Keyed by id: no second tree for it. Bodies are short enough to stay in the key's tree.
CREATE TABLE inbox (
  id BLOB PRIMARY KEY,
  carrier TEXT NOT NULL,
  event_key TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  next_try_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- The same event told again is recognised.
CREATE UNIQUE INDEX inbox_event ON inbox (carrier, event_key);
-- What is still to be understood; an entry is in here for some milliseconds.
CREATE INDEX inbox_waiting ON inbox (next_try_at) WHERE state = 'received';
CREATE INDEX inbox_set_aside ON inbox (id) WHERE state = 'set_aside';

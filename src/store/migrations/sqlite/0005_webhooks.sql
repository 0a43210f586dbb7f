-- Endpoints that want events, and deliveries to them.

-- An event stream is resumed by the id of the last event seen. Ids rise with time, so the index
-- grows at its end.
CREATE UNIQUE INDEX events_id ON events (id);

CREATE TABLE webhook_endpoints (
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  id BLOB NOT NULL,
  user_id BLOB,
  agent_id BLOB,
  style TEXT NOT NULL,
  url TEXT NOT NULL,
  event_types TEXT NOT NULL,  -- separated by spaces
  sealed_secret BLOB NOT NULL,
  sealed_old_secret BLOB NOT NULL,
  old_secret_until INTEGER,
  secret_hint TEXT NOT NULL,
  display_name TEXT,
  version TEXT NOT NULL,
  active INTEGER NOT NULL,
  off_reason TEXT NOT NULL,
  failing_since INTEGER,
  since_position INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX webhook_endpoints_agent ON webhook_endpoints (organization_id, agent_id)
  WHERE agent_id IS NOT NULL;

-- Apart from endpoints because it is written with each event.
CREATE TABLE webhook_sequences (
  endpoint_id BLOB PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: events up to this position have become deliveries. What happened before this table was
-- made concerns nobody.
CREATE TABLE webhook_fan_out (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  position INTEGER NOT NULL
) STRICT;
INSERT INTO webhook_fan_out (only, position) SELECT 1, coalesce(max(position), 0) FROM events;

CREATE TABLE webhook_deliveries (
  id BLOB PRIMARY KEY,
  organization_id BLOB NOT NULL,
  endpoint_id BLOB NOT NULL,
  event_position INTEGER NOT NULL,
  event_id BLOB NOT NULL,
  type TEXT NOT NULL,
  agent_id BLOB,
  sequence INTEGER NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  last_status INTEGER,
  last_error TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;
-- What is due at one endpoint; a slow endpoint's rows are not in another's way.
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_at, id)
  WHERE status = 'pending';
-- The log of one endpoint, and the part of it that needs eyes.
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_open ON webhook_deliveries (endpoint_id, status, id)
  WHERE status <> 'delivered';

CREATE TABLE webhook_attempts (
  delivery_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  took_ms INTEGER NOT NULL,
  status INTEGER,
  error TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;

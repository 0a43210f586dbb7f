-- Calls at our numbers, and where agents take them.
CREATE TABLE calls (
  position INTEGER PRIMARY KEY,
  organization_id BLOB NOT NULL,
  id BLOB NOT NULL,  -- its time is started_at
  user_id BLOB NOT NULL,
  number_id BLOB NOT NULL,
  agent_id BLOB,
  carrier TEXT NOT NULL,
  carrier_call_id TEXT NOT NULL,
  direction TEXT NOT NULL,
  state TEXT NOT NULL,
  lead TEXT NOT NULL,
  caller TEXT NOT NULL,
  callee TEXT NOT NULL,
  account_type TEXT NOT NULL,
  parameters TEXT NOT NULL,  -- JSON object
  end_reason TEXT NOT NULL,
  error_message TEXT NOT NULL,
  sequence INTEGER,
  duration_s INTEGER CHECK (duration_s >= 0),
  started_at INTEGER NOT NULL,
  answered_at INTEGER,
  ended_at INTEGER,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX calls_id ON calls (id);
CREATE UNIQUE INDEX calls_carrier ON calls (carrier, carrier_call_id);
CREATE INDEX calls_open ON calls (updated_at) WHERE ended_at IS NULL;
CREATE INDEX calls_agent ON calls (agent_id, id) WHERE agent_id IS NOT NULL;

CREATE TABLE voice_endpoints (
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  agent_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  username TEXT NOT NULL,
  sealed_password BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, agent_id)
) STRICT, WITHOUT ROWID;

-- The first schema. Rules that hold everywhere in this file:
--
-- * Ids are 16-byte UUIDv7 blobs: they rise with time, so a table keyed by one grows at its end,
--   and one commit touches few pages. Rows of an organization are keyed (organization_id, id).
-- * Times are milliseconds since 1970 in UTC; money is whole micro-credits; enums are the names
--   that domain/*.hpp gives them; yes/no is 1/0; NULL means "not there".
-- * Every secondary index is written on each insert, and one whose values are scattered costs more
--   than the flush to disk. Hot tables (numbers, operations, operation_steps, jobs, audit, events,
--   ledger_entries) therefore have only indexes that a query cannot do without; each says which.
-- * Foreign keys are declared only between the small, rarely written tables. On hot tables each
--   one would cost a look-up per row, and the units that write them have just read the parent.
-- * WITHOUT ROWID keeps a row in its primary key's tree, which is cheapest for short rows. Rows
--   with long texts stay in a rowid table, where up to a whole page fits without overflow pages.

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE organizations (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  plan TEXT NOT NULL,
  slots_override INTEGER,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Apart from organizations because it is written with each provision and release.
CREATE TABLE slot_counters (
  organization_id BLOB PRIMARY KEY,
  slots_used INTEGER NOT NULL CHECK (slots_used >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  id BLOB NOT NULL,
  role TEXT NOT NULL,
  hash BLOB NOT NULL,
  hint TEXT NOT NULL,
  user_id BLOB,
  agent_id BLOB,
  spend_cap_per_day INTEGER,
  expires_at INTEGER,
  revoked_at INTEGER,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
-- Every request names its key by hash.
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

CREATE TABLE key_usage (
  key_id BLOB NOT NULL,
  day INTEGER NOT NULL,  -- days since 1970-01-01 UTC
  purchases INTEGER NOT NULL,
  spent INTEGER NOT NULL,
  PRIMARY KEY (key_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_kits (
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  is_default INTEGER NOT NULL,
  primitives TEXT NOT NULL,   -- JSON object
  connections TEXT NOT NULL,  -- JSON object
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_kits_default ON account_kits (organization_id, id) WHERE is_default = 1;

CREATE TABLE users (
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  id BLOB NOT NULL,
  external_id TEXT,
  email TEXT,
  label TEXT,
  kit_id BLOB NOT NULL,  -- of a deleted user the kit may be gone
  metadata TEXT NOT NULL,  -- JSON object
  status TEXT NOT NULL,
  is_default INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_active_at INTEGER,
  PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
-- Deleted users stay for the records that name them, but give their external id free.
CREATE UNIQUE INDEX users_external_id ON users (organization_id, external_id)
  WHERE external_id IS NOT NULL AND status <> 'deleted';
CREATE UNIQUE INDEX users_default ON users (organization_id) WHERE is_default = 1;
CREATE INDEX users_kit ON users (organization_id, kit_id);

CREATE TABLE legal_entities (
  organization_id BLOB NOT NULL,
  id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  status TEXT NOT NULL,
  record TEXT NOT NULL,  -- JSON object
  sealed_ein BLOB NOT NULL,
  ein_last_four TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX legal_entities_user ON legal_entities (organization_id, user_id, id);

CREATE TABLE agents (
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  tts_voice TEXT NOT NULL,
  tts_language TEXT NOT NULL,
  webhook TEXT,
  config TEXT NOT NULL,  -- JSON object
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE numbers (
  organization_id BLOB NOT NULL,
  id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  status TEXT NOT NULL,
  type TEXT NOT NULL,
  bought_through TEXT NOT NULL,
  e164 TEXT,  -- NULL while the purchase is pending
  label TEXT,
  area_code_asked TEXT NOT NULL,
  inbound_agent_id BLOB,
  campaign_id BLOB,
  campaign_attached INTEGER NOT NULL,
  carrier TEXT NOT NULL,
  mark TEXT NOT NULL,
  routing_set INTEGER NOT NULL,
  locked INTEGER NOT NULL,
  release_operation_id BLOB,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  released_at INTEGER,
  PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
-- The one scattered index: a call or text comes in by number, and no two live rows may share one.
CREATE UNIQUE INDEX numbers_live_e164 ON numbers (e164)
  WHERE e164 IS NOT NULL AND status <> 'released';
-- Lists of one user's numbers. Where an organization has one user this is no choice at all, but
-- then the index grows at its end and costs little; where it has a hundred thousand users with one
-- number each, the list would otherwise walk every number of the organization. Written once per
-- number: updates leave user_id out unless it changes.
CREATE INDEX numbers_user ON numbers (organization_id, user_id, id);
-- Lists of one agent's numbers, and letting them go when the agent is deleted.
CREATE INDEX numbers_inbound_agent ON numbers (organization_id, inbound_agent_id, id)
  WHERE inbound_agent_id IS NOT NULL;
-- The numbers of one campaign.
CREATE INDEX numbers_campaign ON numbers (organization_id, campaign_id, id)
  WHERE campaign_id IS NOT NULL;

-- How many numbers of a user are not released: counting rows would slow down as they grow.
CREATE TABLE number_counters (
  organization_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  live INTEGER NOT NULL CHECK (live >= 0),
  PRIMARY KEY (organization_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE assignments (
  organization_id BLOB NOT NULL,
  number_id BLOB NOT NULL,
  agent_id BLOB NOT NULL,
  send_sms INTEGER NOT NULL,
  receive_sms INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, number_id, agent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX assignments_agent ON assignments (organization_id, agent_id, number_id);

CREATE TABLE brands (
  organization_id BLOB NOT NULL,
  id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  entity_id BLOB NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX brands_user ON brands (organization_id, user_id, id);

CREATE TABLE campaigns (
  organization_id BLOB NOT NULL,
  id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  brand_id BLOB,
  number_id BLOB,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  carrier TEXT NOT NULL,
  carrier_reference TEXT NOT NULL,
  use_case TEXT NOT NULL,
  rejection_reason TEXT,
  submitted_at INTEGER,
  approved_at INTEGER,
  rejected_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
-- Toll-free verifications, one per number, are found through their number.
CREATE INDEX campaigns_ten_dlc ON campaigns (organization_id, user_id, id) WHERE kind = '10dlc';

-- The runner finds an operation by its bare id, so the organization is not part of the key.
CREATE TABLE operations (
  position INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  organization_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  key_id BLOB NOT NULL,
  request_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  step TEXT NOT NULL,
  asked_through TEXT NOT NULL,
  number_id BLOB,
  campaign_id BLOB,
  approval_id BLOB,
  request TEXT NOT NULL,
  carrier TEXT NOT NULL,
  e164 TEXT NOT NULL,
  mark TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  numbers_tried INTEGER NOT NULL,
  held INTEGER NOT NULL,
  slot_held INTEGER NOT NULL,
  intent_at INTEGER,
  outcome TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX operations_id ON operations (id);
-- What a start has to finish; holds only the few that are open.
CREATE INDEX operations_open ON operations (id) WHERE state = 'open';

CREATE TABLE operation_steps (
  operation_id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  step TEXT NOT NULL,
  detail TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (operation_id, sequence)
) STRICT, WITHOUT ROWID;

-- The outbox. `position` is the order of commit, because one connection writes.
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  organization_id BLOB NOT NULL,
  user_id BLOB,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE approvals (
  position INTEGER PRIMARY KEY,
  organization_id BLOB NOT NULL,
  id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  action_type TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL,
  sealed_request BLOB NOT NULL,
  shown_request TEXT NOT NULL,
  request_hash BLOB NOT NULL,
  quoted_price INTEGER NOT NULL,
  asked_through TEXT NOT NULL,
  requested_by_key BLOB NOT NULL,
  requested_by_type TEXT NOT NULL,
  requested_by_id TEXT NOT NULL,
  operation_id BLOB,
  result TEXT NOT NULL,
  failure TEXT NOT NULL,
  resolved_by_type TEXT NOT NULL,
  resolved_by_id TEXT NOT NULL,
  reason TEXT,
  replayed INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  resolved_at INTEGER
) STRICT;
-- A human looks at each of these rows, so they are few and may have their indexes: by bare id (the
-- memory of requests knows no more), lists of all and of one user's, those that still wait, and
-- equal requests.
CREATE UNIQUE INDEX approvals_id ON approvals (id);
CREATE INDEX approvals_all ON approvals (organization_id, id);
CREATE INDEX approvals_user ON approvals (organization_id, user_id, id);
CREATE INDEX approvals_pending ON approvals (organization_id, id) WHERE status = 'pending';
CREATE INDEX approvals_equal ON approvals (organization_id, request_hash, id);

CREATE TABLE ledger_balances (
  organization_id BLOB PRIMARY KEY,
  granted INTEGER NOT NULL,
  available INTEGER NOT NULL CHECK (available >= 0),
  held INTEGER NOT NULL CHECK (held >= 0),
  spent INTEGER NOT NULL,
  CHECK (granted + available + held + spent = 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_entries (
  organization_id BLOB NOT NULL,
  id BLOB NOT NULL,
  user_id BLOB,
  kind TEXT NOT NULL,
  from_account TEXT NOT NULL,
  to_account TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  action TEXT NOT NULL,
  reference TEXT NOT NULL,
  available_after INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;

-- Requests with an Idempotency-Key. `position` is the order they came in, by which the oldest are
-- forgotten without an index on time.
CREATE TABLE keyed_requests (
  position INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  body BLOB NOT NULL,
  operation_id BLOB,
  approval_id BLOB,
  sealed_answer BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX keyed_requests_key ON keyed_requests (key);

-- Requests without one, for clients that mark their retries. A fingerprint is a hash, so it is
-- scattered; the bucket of ten minutes in front of it keeps writes within the newest pages.
CREATE TABLE marked_requests (
  bucket INTEGER NOT NULL,  -- created_at / 600000
  fingerprint BLOB NOT NULL,
  id BLOB NOT NULL,
  highest_retry_count INTEGER NOT NULL,
  operation_id BLOB,
  approval_id BLOB,
  sealed_answer BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (bucket, fingerprint, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
  id BLOB PRIMARY KEY,
  organization_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  subject BLOB NOT NULL,
  run_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  leased_until INTEGER
) STRICT, WITHOUT ROWID;
-- A job is in exactly one of these: waiting until it is due, or held until the lease runs out.
CREATE INDEX jobs_waiting ON jobs (run_at) WHERE leased_until IS NULL;
CREATE INDEX jobs_leased ON jobs (leased_until) WHERE leased_until IS NOT NULL;

-- Entries are never changed: what the sealer adds is in audit_seals. `position` is the order of
-- commit, because one connection writes and nothing is ever deleted.
CREATE TABLE audit_entries (
  position INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  organization_id BLOB NOT NULL,
  actor_type TEXT NOT NULL,
  key_id BLOB,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  price INTEGER,
  detail TEXT NOT NULL,
  request_id TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit_seals (
  organization_id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  entry INTEGER NOT NULL,  -- audit_entries.position
  hash BLOB NOT NULL,
  PRIMARY KEY (organization_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_heads (
  organization_id BLOB PRIMARY KEY,
  sequence INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: every entry up to this position is sealed.
CREATE TABLE audit_sealed_up_to (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  position INTEGER NOT NULL
) STRICT;
INSERT INTO audit_sealed_up_to (only, position) VALUES (1, 0);

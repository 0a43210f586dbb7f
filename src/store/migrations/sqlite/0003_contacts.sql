-- Contacts, consents, opt-outs and the counters of caps.

-- One row per user and person, found with every text by its key. Its secondary indexes are written
-- when a contact is new or changes sides, which is rare.
CREATE TABLE contacts (
  organization_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  e164 TEXT NOT NULL,
  id BLOB NOT NULL,
  opted_out_at INTEGER,
  opted_in_at INTEGER,
  review_due_at INTEGER,
  review_phrase TEXT NOT NULL,
  last_inbound_at INTEGER,
  first_sent_at INTEGER,
  help_answered_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, user_id, e164)
) STRICT, WITHOUT ROWID;
-- Lists, newest first.
CREATE INDEX contacts_user ON contacts (organization_id, user_id, id);
CREATE INDEX contacts_opted_out ON contacts (organization_id, user_id, id)
  WHERE opted_out_at IS NOT NULL;

-- Opt-outs in force, per number that was told; a zero number stands for all of them.
CREATE TABLE opt_outs (
  organization_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  e164 TEXT NOT NULL,
  number_id BLOB NOT NULL,
  campaign_id BLOB,
  source TEXT NOT NULL,
  word TEXT NOT NULL,
  message_id BLOB,
  rules_version TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, user_id, e164, number_id)
) STRICT, WITHOUT ROWID;

-- Evidence: never changed.
CREATE TABLE consents (
  organization_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  e164 TEXT NOT NULL,
  id BLOB NOT NULL,
  method TEXT NOT NULL,
  wording TEXT NOT NULL,
  identifier TEXT NOT NULL,
  campaign_id BLOB,
  number_id BLOB,
  recorded_by BLOB,
  at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, user_id, e164, id)
) STRICT, WITHOUT ROWID;

-- One row per scope, whatever the windows: an ended one is overwritten by the next.
CREATE TABLE send_counters (
  organization_id BLOB NOT NULL,
  scope TEXT NOT NULL,
  subject BLOB NOT NULL,
  minute INTEGER NOT NULL,
  minute_texts INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  hour_new_recipients INTEGER NOT NULL,
  day INTEGER NOT NULL,  -- days since 1970-01-01 UTC
  day_texts INTEGER NOT NULL,
  day_spent INTEGER NOT NULL,
  PRIMARY KEY (organization_id, scope, subject)
) STRICT, WITHOUT ROWID;

-- The pace of a campaign, and the day of a brand.
CREATE TABLE send_paces (
  organization_id BLOB NOT NULL,
  subject BLOB NOT NULL,
  full_at_us INTEGER NOT NULL,
  promised_us INTEGER NOT NULL,
  day INTEGER NOT NULL,  -- by the calendar of Los Angeles
  day_parts INTEGER NOT NULL,
  PRIMARY KEY (organization_id, subject)
) STRICT, WITHOUT ROWID;

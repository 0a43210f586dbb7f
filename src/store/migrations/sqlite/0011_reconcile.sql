-- Comparisons with carriers, and rentals.

-- One row per comparison of one account: where it is, and what came of it. Written once per page,
-- so that a killed one goes on where it was.
CREATE TABLE reconciles (
  id BLOB PRIMARY KEY,
  carrier TEXT NOT NULL,
  state TEXT NOT NULL,
  may_act INTEGER NOT NULL,
  adopts INTEGER NOT NULL,
  cursor TEXT NOT NULL,
  has_cursor INTEGER NOT NULL,
  listed INTEGER NOT NULL,
  compared INTEGER NOT NULL,
  foreign_numbers INTEGER NOT NULL,
  checked_again INTEGER NOT NULL,
  unanswered INTEGER NOT NULL,
  found INTEGER NOT NULL,
  acted INTEGER NOT NULL,
  failure TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;
-- One at a time per account.
CREATE UNIQUE INDEX reconciles_open ON reconciles (carrier)
  WHERE state IN ('listing', 'comparing');
CREATE INDEX reconciles_carrier ON reconciles (carrier, id);

-- What the carrier listed in a comparison, put in the order of the numbers; dropped at its end.
CREATE TABLE reconcile_listed (
  reconcile_id BLOB NOT NULL,
  e164 TEXT NOT NULL,
  mark TEXT NOT NULL,
  bought_at INTEGER NOT NULL,
  is_owned INTEGER NOT NULL,
  standing TEXT NOT NULL,
  routing_set INTEGER NOT NULL,
  text_url TEXT NOT NULL,
  voice_url TEXT NOT NULL,
  campaign_reference TEXT NOT NULL,
  monthly_micro_usd INTEGER,
  PRIMARY KEY (reconcile_id, e164)
) STRICT, WITHOUT ROWID;

CREATE TABLE reconcile_findings (
  carrier TEXT NOT NULL,
  kind TEXT NOT NULL,
  e164 TEXT NOT NULL,
  state TEXT NOT NULL,
  organization_id BLOB,
  number_id BLOB,
  mark TEXT NOT NULL,
  detail TEXT NOT NULL,
  resolution TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  resolved_at INTEGER,
  last_run BLOB NOT NULL,
  PRIMARY KEY (carrier, kind, e164)
) STRICT, WITHOUT ROWID;
CREATE INDEX reconcile_findings_mark ON reconcile_findings (mark) WHERE mark <> '';
CREATE INDEX reconcile_findings_open ON reconcile_findings (carrier, kind, e164)
  WHERE state = 'open';

-- What each number costs after its first month. Made when its second month comes near, not with the
-- purchase, which has enough to write.
CREATE TABLE rentals (
  organization_id BLOB NOT NULL,
  number_id BLOB NOT NULL,
  state TEXT NOT NULL,
  months_settled INTEGER NOT NULL,
  since INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  unpaid_since INTEGER,
  PRIMARY KEY (organization_id, number_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rentals_next ON rentals (next_at) WHERE state <> 'exempt';
CREATE INDEX rentals_unpaid ON rentals (organization_id) WHERE unpaid_since IS NOT NULL;

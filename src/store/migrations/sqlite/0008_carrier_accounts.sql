-- Accounts at carriers, and the routing that imported numbers had before us.
CREATE TABLE carrier_accounts (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  organization_id BLOB REFERENCES organizations (id),  -- NULL: the installation's
  label TEXT,
  sealed_credentials BLOB NOT NULL,
  sealed_webhook_token BLOB NOT NULL,
  shown TEXT NOT NULL,
  options TEXT NOT NULL,
  place TEXT NOT NULL,
  preference INTEGER NOT NULL,
  state TEXT NOT NULL,
  state_detail TEXT NOT NULL,
  state_since INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- One account is not kept twice by the same owner.
CREATE UNIQUE INDEX carrier_accounts_place
  ON carrier_accounts (coalesce(organization_id, x''), kind, place) WHERE place <> '';
CREATE INDEX carrier_accounts_organization ON carrier_accounts (organization_id, id)
  WHERE organization_id IS NOT NULL;

CREATE TABLE imported_numbers (
  organization_id BLOB NOT NULL,
  number_id BLOB NOT NULL,
  sealed_routing BLOB NOT NULL,
  taken_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, number_id)
) STRICT, WITHOUT ROWID;

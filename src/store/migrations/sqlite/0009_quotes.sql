-- Quotes, and what bought numbers cost at their carriers. Amounts: credits in millionths of a
-- credit, carriers' prices in millionths of a US dollar.

CREATE TABLE quotes (
  id BLOB NOT NULL PRIMARY KEY,
  organization_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  key_id BLOB NOT NULL,
  e164 TEXT NOT NULL,
  type TEXT NOT NULL,
  carrier TEXT NOT NULL,
  locality TEXT NOT NULL,
  region TEXT NOT NULL,
  texts INTEGER NOT NULL,
  media INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  price INTEGER NOT NULL,
  monthly INTEGER NOT NULL,
  carrier_monthly_micro_usd INTEGER,
  carrier_upfront_micro_usd INTEGER NOT NULL,
  carrier_is_estimate INTEGER NOT NULL,
  reservation TEXT NOT NULL,
  used_by BLOB,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX quotes_expiry ON quotes (expires_at);

-- One per bought number; written with it, in rising order of ids.
CREATE TABLE number_purchases (
  number_id BLOB NOT NULL PRIMARY KEY,
  organization_id BLOB NOT NULL,
  carrier TEXT NOT NULL,
  reference TEXT NOT NULL,
  monthly_micro_usd INTEGER,
  upfront_micro_usd INTEGER NOT NULL,
  is_estimate INTEGER NOT NULL,
  bought_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

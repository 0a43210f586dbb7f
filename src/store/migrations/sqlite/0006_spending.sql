-- What each user's acts took from the balance, by calendar month: account kits limit it. Starts
-- empty, so that the month of the upgrade counts from the upgrade on.
CREATE TABLE user_spending (
  organization_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  month INTEGER NOT NULL,
  spent INTEGER NOT NULL CHECK (spent >= 0),
  PRIMARY KEY (organization_id, user_id, month)
) STRICT, WITHOUT ROWID;

-- What waits is found by what it waits for; numbers that move between accounts.

-- The job that waits for an operation, when a carrier tells that its order has ended. Jobs that are
-- being worked on, as fresh ones are from the start, are not in it: a purchase writes nothing more.
CREATE INDEX jobs_subject ON jobs (subject) WHERE leased_until IS NULL;

-- The quotes of one number, to hide it from others while one of them lives; and how many an
-- organization has, which is limited.
CREATE INDEX quotes_number ON quotes (e164, expires_at) WHERE used_by IS NULL;
CREATE INDEX quotes_open ON quotes (organization_id, expires_at) WHERE used_by IS NULL;

-- An imported number on its way to another account: which operation moves it, and the routing it had
-- there, kept before ours is set.
ALTER TABLE imported_numbers ADD COLUMN moved_by BLOB;
ALTER TABLE imported_numbers ADD COLUMN sealed_next BLOB NOT NULL DEFAULT x'';

-- How many of a user's numbers were imported: they do not count in a kit's max_numbers.
CREATE INDEX numbers_imported ON numbers (organization_id, user_id)
  WHERE imported = 1 AND status <> 'released';

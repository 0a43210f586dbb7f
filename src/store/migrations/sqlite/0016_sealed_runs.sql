-- One seal for a run of audit entries: neighbours of one organization that were sealed together.
-- `sequence` is the first one's, `entry` where it is, `hashes` the 32 bytes of each in turn, and the
-- run's entries are those of the organization from `entry` to `last_entry`. NULL there: one entry,
-- as all seals before this version are.
ALTER TABLE audit_seals RENAME COLUMN hash TO hashes;
ALTER TABLE audit_seals ADD COLUMN last_entry INTEGER;

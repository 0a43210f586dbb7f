-- An operation's first step and its end are in its own row: most operations of most installations
-- have no other, and a row each in operation_steps would be two more writes per number. Of
-- operations from before, the first step is in operation_steps, as all others are.
ALTER TABLE operations ADD COLUMN first_step TEXT;
ALTER TABLE operations ADD COLUMN first_detail TEXT;

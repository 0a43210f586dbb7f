-- Numbers in a rowid table. The first version kept them WITHOUT ROWID, keyed (organization_id, id),
-- as it does with all short rows. A number's row is not short: 350 to 400 bytes, and in such a tree
-- the inner pages hold whole rows too. Nine fit on a page, so a million numbers made six levels, of
-- which no reader's page cache could hold the inner ones, every ninth insert split a page, and each
-- secondary index repeated the 32 bytes of the key.
--
-- In a rowid table the inner pages hold nothing but rowids, some five hundred each; the ids have an
-- index of their own, a hundred to a page, and the other indexes end in a rowid of a few bytes.
-- New rows are appended, which SQLite does for rowid tables without moving any other row.
--
-- `position` follows from the id: the 48 bits of time and the 12 of the count behind them, which no
-- two ids of one server share. Who knows the id so finds the row without the index. Where two ids
-- do share them, as ids made elsewhere may, the later one lies at any other position and is found
-- by the index.
--
-- Columns: short ones that are always there first, what is mostly NULL or of any length last.

ALTER TABLE numbers RENAME TO numbers_keyed_by_id;
DROP INDEX numbers_live_e164;
DROP INDEX numbers_user;
DROP INDEX numbers_inbound_agent;
DROP INDEX numbers_campaign;
DROP INDEX numbers_imported;

CREATE TABLE numbers (
  position INTEGER PRIMARY KEY,  -- follows from id
  organization_id BLOB NOT NULL,
  id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  status TEXT NOT NULL,
  type TEXT NOT NULL,
  bought_through TEXT NOT NULL,
  campaign_attached INTEGER NOT NULL,
  routing_set INTEGER NOT NULL,
  locked INTEGER NOT NULL,
  imported INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  carrier TEXT NOT NULL,
  e164 TEXT,  -- NULL while the purchase is pending
  inbound_agent_id BLOB,
  campaign_id BLOB,
  attachment_since INTEGER,
  release_operation_id BLOB,
  released_at INTEGER,
  area_code_asked TEXT NOT NULL,
  mark TEXT NOT NULL,
  label TEXT,
  carrier_reference TEXT NOT NULL DEFAULT '',
  attachment_failure TEXT
) STRICT;

-- One number, and the lists of an organization. Ids rise, so it grows at an organization's end.
CREATE UNIQUE INDEX numbers_id ON numbers (organization_id, id);
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
-- How many numbers a campaign has is asked with each purchase: the released ones, which only pile
-- up, are not in its index.
CREATE INDEX numbers_campaign ON numbers (organization_id, campaign_id, id)
  WHERE campaign_id IS NOT NULL AND status <> 'released';
-- How many of a user's numbers were imported: they do not count in a kit's max_numbers.
CREATE INDEX numbers_imported ON numbers (organization_id, user_id)
  WHERE imported = 1 AND status <> 'released';

-- In the order of their places, so that pages are filled one after the other: only keys are sorted.
-- instr() is the value of a hexadecimal digit. IGNORE is for those whose place another one
-- has, and it also spares SQLite a copy of each page it changes, to undo this statement alone.
WITH placed AS MATERIALIZED (
  SELECT organization_id, id,
    (instr(d, substr(h, 1, 1)) << 56) | (instr(d, substr(h, 2, 1)) << 52)
    | (instr(d, substr(h, 3, 1)) << 48) | (instr(d, substr(h, 4, 1)) << 44)
    | (instr(d, substr(h, 5, 1)) << 40) | (instr(d, substr(h, 6, 1)) << 36)
    | (instr(d, substr(h, 7, 1)) << 32) | (instr(d, substr(h, 8, 1)) << 28)
    | (instr(d, substr(h, 9, 1)) << 24) | (instr(d, substr(h, 10, 1)) << 20)
    | (instr(d, substr(h, 11, 1)) << 16) | (instr(d, substr(h, 12, 1)) << 12)
    | (instr(d, substr(h, 14, 1)) << 8) | (instr(d, substr(h, 15, 1)) << 4)
    | (instr(d, substr(h, 16, 1)))
    AS position
  FROM (SELECT organization_id, id, hex(id) AS h, '123456789ABCDEF' AS d
    FROM numbers_keyed_by_id)
  ORDER BY position)
INSERT OR IGNORE INTO numbers (position, organization_id, id, user_id, status, type,
  bought_through, campaign_attached, routing_set, locked, imported, created_at, updated_at,
  carrier, e164, inbound_agent_id, campaign_id, attachment_since, release_operation_id, released_at,
  area_code_asked, mark, label, carrier_reference, attachment_failure)
SELECT p.position, o.organization_id, o.id, o.user_id, o.status, o.type, o.bought_through,
  o.campaign_attached, o.routing_set, o.locked, o.imported, o.created_at, o.updated_at,
  o.carrier, o.e164, o.inbound_agent_id, o.campaign_id, o.attachment_since,
  o.release_operation_id, o.released_at, o.area_code_asked, o.mark, o.label,
  o.carrier_reference, o.attachment_failure
FROM placed p CROSS JOIN numbers_keyed_by_id o
  ON o.organization_id = p.organization_id AND o.id = p.id;

-- Those: none, if all ids are ours.
INSERT INTO numbers (organization_id, id, user_id, status, type, bought_through,
  campaign_attached, routing_set, locked, imported, created_at, updated_at, carrier, e164,
  inbound_agent_id, campaign_id, attachment_since, release_operation_id, released_at,
  area_code_asked, mark, label, carrier_reference, attachment_failure)
SELECT organization_id, id, user_id, status, type, bought_through,
  campaign_attached, routing_set, locked, imported, created_at, updated_at, carrier, e164,
  inbound_agent_id, campaign_id, attachment_since, release_operation_id, released_at,
  area_code_asked, mark, label, carrier_reference, attachment_failure
FROM numbers_keyed_by_id o WHERE NOT EXISTS (
  SELECT 1 FROM numbers n WHERE n.organization_id = o.organization_id AND n.id = o.id);

DROP TABLE numbers_keyed_by_id;

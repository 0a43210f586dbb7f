-- Numbers that were at a carrier before us, and the carrier's own id of a number.
ALTER TABLE numbers ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;
ALTER TABLE numbers ADD COLUMN carrier_reference TEXT NOT NULL DEFAULT '';

-- Brands and campaigns as registrations of their own: states, what is to be corrected, fees, the
-- operation at work on them; and what became of a number's attachment to its campaign.

-- `status` holds the stage now. Until here a brand was never handed to a carrier by itself: a
-- pending one belongs to a purchase under way, a failed one to a purchase that came to nothing.
-- Its fee was part of the first number's price, so it counts as paid or, of a failed one, as given
-- back.
ALTER TABLE brands ADD COLUMN tier TEXT NOT NULL DEFAULT 'standard';
ALTER TABLE brands ADD COLUMN carrier TEXT NOT NULL DEFAULT '';
ALTER TABLE brands ADD COLUMN carrier_reference TEXT NOT NULL DEFAULT '';
ALTER TABLE brands ADD COLUMN submissions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE brands ADD COLUMN failure_reason TEXT;
ALTER TABLE brands ADD COLUMN findings TEXT NOT NULL DEFAULT '[]';  -- JSON array
ALTER TABLE brands ADD COLUMN mobile_number TEXT;
ALTER TABLE brands ADD COLUMN code_expires_at INTEGER;
ALTER TABLE brands ADD COLUMN operation_id BLOB;
ALTER TABLE brands ADD COLUMN fee INTEGER NOT NULL DEFAULT 0 CHECK (fee >= 0);
ALTER TABLE brands ADD COLUMN fee_state TEXT NOT NULL DEFAULT 'captured';
ALTER TABLE brands ADD COLUMN stage_since INTEGER NOT NULL DEFAULT 0;
UPDATE brands SET stage_since = updated_at,
  fee_state = iif(status = 'failed', 'returned', 'captured'),
  status = iif(status = 'verified', 'verified', 'draft');
-- How many sole proprietors one mobile number stands behind.
CREATE INDEX brands_mobile ON brands (mobile_number) WHERE mobile_number IS NOT NULL;

ALTER TABLE campaigns ADD COLUMN status_detail TEXT NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN findings TEXT NOT NULL DEFAULT '[]';  -- JSON array
ALTER TABLE campaigns ADD COLUMN submissions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN operation_id BLOB;
ALTER TABLE campaigns ADD COLUMN fee INTEGER NOT NULL DEFAULT 0 CHECK (fee >= 0);
ALTER TABLE campaigns ADD COLUMN fee_state TEXT NOT NULL DEFAULT 'captured';
ALTER TABLE campaigns ADD COLUMN status_since INTEGER NOT NULL DEFAULT 0;
UPDATE campaigns SET status_since = updated_at, submissions = iif(carrier_reference = '', 0, 1);
-- One operation per campaign from here on, where each number had its own: the others end by
-- themselves, and the one that is left attaches all numbers.
UPDATE campaigns SET operation_id = (SELECT min(o.id) FROM operations o
  WHERE o.state = 'open' AND o.kind = 'register_campaign' AND o.campaign_id = campaigns.id);
-- A campaign is for one use case of the company, which was not looked at until here: all were
-- filed for the first one.
UPDATE campaigns SET use_case = coalesce(
  (SELECT json_extract(e.record, '$.messaging.use_cases[0]')
   FROM brands b JOIN legal_entities e
     ON e.organization_id = b.organization_id AND e.id = b.entity_id
   WHERE b.organization_id = campaigns.organization_id AND b.id = campaigns.brand_id), use_case)
  WHERE kind = '10dlc';
-- Lists, newest first.
CREATE INDEX campaigns_user ON campaigns (organization_id, user_id, id);
-- What a carrier may still change after its approval.
CREATE INDEX campaigns_watched ON campaigns (organization_id, id)
  WHERE status IN ('active', 'suspended');

ALTER TABLE numbers ADD COLUMN attachment_failure TEXT;
ALTER TABLE numbers ADD COLUMN attachment_since INTEGER;
-- How many numbers a campaign has is asked with each purchase: the released ones, which only pile
-- up, are left out.
DROP INDEX numbers_campaign;
CREATE INDEX numbers_campaign ON numbers (organization_id, campaign_id, id)
  WHERE campaign_id IS NOT NULL AND status <> 'released';

// The server kills itself at each step of a registration. After the next start everything is filed
// once, paid once, attached, and the number may text.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  balance, completeEntity, ein, provisionNaive, soldCount, usage,
} from '../support/actions.mjs';
import { sqlite } from '../support/database_file.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import {
  feesOf, orderReview, phoneStatus, sandboxSettings, storedEvents, untilCampaign, untilMaySend,
} from '../support/registration.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const config = '[sandbox]\nsettling_ms = 400\nreview_ms = 300\nanswer_timeout_ms = 100\n';
const crashAt = (point) => ({ DIALPLANE_CRASH_AT: point });

async function attempt(send) {
  try {
    return await send();
  } catch {
    return undefined;
  }
}

// What the carrier has on its books.
function filed(server) {
  const file = join(server.dataDir, 'sandbox.db');
  const count = (table) => Number(sqlite(file, `SELECT count(*) FROM ${table};`));
  return { brands: count('brands'), campaigns: count('campaigns'),
    attachments: count('attachments') };
}

async function onlyNumber(server) {
  return until('the number is there', async () => {
    const { phones } = expectStatus(await server.agent.get('/v1/phone'), 200).body;
    return phones.find((each) => each.status === 'active');
  });
}

const filingPoints = [
  'brand_filing_committed', 'brand_filed', 'brand_in_review', 'brand_committed',
  'campaign_filing_committed', 'campaign_filed', 'campaign_in_review', 'campaign_committed',
  'attach_intent_committed', 'attach_answered', 'attach_committed',
];

for (const point of filingPoints) {
  test(`killed at ${point}: one filing, one fee, the number may text`, async () => {
    const server = await startServer({ config, env: crashAt(point) });
    await attempt(() => server.agent.post('/v1/phone/provision', { ein },
      { 'Idempotency-Key': 'first' }));
    await server.waitForCrash();
    await server.start({});
    const phone = await onlyNumber(server);
    await untilMaySend(server, phone.id);
    assert.equal(await soldCount(server), 1);
    assert.equal(await balance(server), 950);
    for (const [action, price] of [['phone.provision', 4], ['phone.brand_registration', 8],
      ['phone.campaign_registration', 38]]) {
      assert.deepEqual(await feesOf(server, action), [['hold', -price], ['charge', -price]]);
    }
    await checkInvariants(server);
    await server.stop();
    assert.deepEqual(filed(server), { brands: 1, campaigns: 1, attachments: 1 });
    const told = storedEvents(server, 'phone.capabilities_changed');
    assert.equal(told.length, 1, 'told once');
  });
}

test('killed between a failed attachment and its next try', async () => {
  const server = await startServer({ config });
  await orderReview(server, { outcome: 'attachment_fails', count: 3 });
  const { phone } = await provisionNaive(server);
  await untilCampaign(server, phone.id, { attachment_status: 'attachment_failed' });
  await server.kill();
  await server.start();
  await untilMaySend(server, phone.id);
  await checkInvariants(server);
  await server.stop();
});

test('killed at resubmission: reviewed again once, no second fee', async () => {
  for (const point of ['campaign_filing_committed', 'campaign_filed', 'campaign_committed']) {
    const server = await startServer({ config });
    await orderReview(server, { outcome: 'reject' });
    const { phone } = await provisionNaive(server);
    const { id } = await untilCampaign(server, phone.id, { status: 'rejected' });
    await server.restart({}, crashAt(point));
    await attempt(() => server.operator.post(`/v1/campaigns/${id}/resubmit`));
    await server.waitForCrash();
    await server.start({});
    await untilMaySend(server, phone.id);
    assert.equal(await balance(server), 950);
    await checkInvariants(server);
    await server.stop();
    assert.equal(filed(server).campaigns, 1, point);
    const words = sqlite(join(server.dataDir, 'sandbox.db'),
      'SELECT submission FROM campaign_decisions;').trim();
    assert.equal(words, '2', point);
  }
});

for (const point of ['end_accept_committed', 'end_intent_committed', 'end_answered',
  'end_committed']) {
  test(`killed at ${point}: the campaign is over, once`, async () => {
    const server = await startServer({ config });
    const { phone, campaign } = await provisionNaive(server);
    await untilMaySend(server, phone.id);
    expectStatus(await server.agent.delete(`/v1/phone/${phone.id}`), 200);
    await server.restart({}, crashAt(point));
    await attempt(() => server.operator.delete(`/v1/campaigns/${campaign.id}`));
    await server.waitForCrash();
    await server.start({});
    await until('the campaign has ended', async () => {
      const now = expectStatus(await server.agent.get(`/v1/campaigns/${campaign.id}`), 200).body;
      return now.status === 'expired';
    });
    expectStatus(await server.operator.delete(`/v1/campaigns/${campaign.id}`), 200);
    await checkInvariants(server);
    await server.stop();
    const told = storedEvents(server, 'campaign.updated')
      .filter((each) => each.status === 'expired');
    assert.equal(told.length, 1);
  });
}

test('killed after the carrier took the code: the person is verified all the same', async () => {
  const server = await startServer({ config });
  const user = expectStatus(await server.operator.post('/v1/users', {}), 201).body;
  const subject = { 'X-Naive-User-Id': user.id };
  const entity = expectStatus(await server.operator.post('/v1/formation',
    { ...completeEntity, entity_type: 'sole_proprietor' }, subject), 201).body;
  expectStatus(await server.operator.post(`/v1/formation/${entity.id}/submit`), 200);
  expectStatus(await server.operator.post(`/v1/formation/${entity.id}/complete`), 200);
  const { phone } = expectStatus(await server.agent.post('/v1/phone/provision',
    { tier: 'sole_proprietor' }, subject), 202).body;
  const awaited = async () =>
    (await phoneStatus(server, subject)).next_step === 'verify_otp';
  await until('the code is waited for', awaited);
  const { code } = (await sandboxSettings(server)).brand_codes[0];
  await server.restart({}, crashAt('code_confirmed'));
  await attempt(() => server.agent.post('/v1/phone/brand-verification/confirm', { code }, subject));
  await server.waitForCrash();
  await server.start({});
  await untilMaySend(server, phone.id, subject);
  assert.equal((await usage(server)).balance, 950);
  await checkInvariants(server);
  await server.stop();
});

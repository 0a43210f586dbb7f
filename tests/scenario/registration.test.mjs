// Registration: brand once per company, campaign once per use case, numbers attached to it, each
// filing's fee apart; what a reviewer says no to; suspension; the end of a campaign.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  balance, createReadyUser, ein, orderFault, provisionNaive, setReviewMs,
  soldCount, usage,
} from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import {
  blockers, campaignOf, carrierCalls, feesOf, orderReview, phoneRow, phoneStatus, sandboxSettings,
  storedEvents, untilCampaign, untilMaySend,
} from '../support/registration.mjs';
import { startServer, withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const path = '/v1/phone/provision';

async function demoFormation(server) {
  const { formations } = expectStatus(await server.operator.get('/v1/formation'), 200).body;
  return formations[0];
}

async function patchMessaging(server, entity, changes) {
  return expectStatus(await server.operator.patch(`/v1/formation/${entity.id}`,
    { messaging: { ...entity.messaging, ...changes } }), 200).body;
}

test('one brand, one campaign, every number attached, each fee once', async () => {
  await withServer({ slots: 10 }, async (server) => {
    await setReviewMs(server, 600);
    const first = await provisionNaive(server);
    assert.equal(first.credits_used, 50);
    assert.equal(first.credits_remaining, 950);
    const second = await provisionNaive(server, {});
    assert.equal(second.credits_used, 4);
    assert.equal(second.campaign.id, first.campaign.id);
    for (const { phone } of [first, second]) await untilMaySend(server, phone.id);
    const third = await provisionNaive(server, {});
    assert.equal(third.campaign.status, 'active');
    assert.equal(third.campaign.eta, null);
    await untilMaySend(server, third.phone.id);

    const calls = await carrierCalls(server);
    assert.equal(calls.file_brand, 1);
    assert.equal(calls.file_campaign, 1);
    assert.equal(calls.attach_number, 3);
    assert.deepEqual(await feesOf(server, 'phone.brand_registration'),
      [['hold', -8], ['charge', -8]]);
    assert.deepEqual(await feesOf(server, 'phone.campaign_registration'),
      [['hold', -38], ['charge', -38]]);
    assert.equal((await feesOf(server, 'phone.provision'))
      .filter(([kind]) => kind === 'charge').length, 3);
    const { campaigns, next_cursor: next } = expectStatus(
      await server.agent.get('/v1/campaigns'), 200).body;
    assert.equal(next, null);
    assert.deepEqual(campaigns.map((each) => [each.id, each.status, each.numbers]),
      [[first.campaign.id, 'active', 3]]);
    const one = expectStatus(await server.agent.get(`/v1/campaigns/${first.campaign.id}`), 200);
    assert.deepEqual(one.body, campaigns[0]);
    const status = await phoneStatus(server);
    assert.equal(status.account.brand_status, 'verified');
    assert.equal(status.account.status, 'ready');
    assert.equal(status.next_step, 'none');
    assert.ok(status.numbers.every((each) => each.send_readiness.may_send));
    await checkInvariants(server);
  });
});

test('a purchase that comes to nothing gives every fee back', async () => {
  await withServer({ waitMs: 300 }, async (server) => {
    await orderFault(server, { on: 'buy', outcome: 'refused', count: 1 });
    expectError(await server.agent.post(path, { ein }), 502, 'provider_error');
    assert.equal(await balance(server), 1000);
    assert.deepEqual(await feesOf(server, 'phone.brand_registration'),
      [['hold', -8], ['refund', 8]]);
    assert.deepEqual(await feesOf(server, 'phone.campaign_registration'),
      [['hold', -38], ['refund', 38]]);
    assert.equal((await carrierCalls(server)).file_brand, 0, 'nothing was filed');
    assert.deepEqual((await server.agent.get('/v1/campaigns')).body.campaigns, []);
    assert.equal((await phoneStatus(server)).account, null);
    const bought = await provisionNaive(server);
    assert.equal(bought.credits_used, 50);
    await untilMaySend(server, bought.phone.id);
    assert.equal((await carrierCalls(server)).file_brand, 1);
    await checkInvariants(server);
  });
});

test('two first purchases at once: one pays the registration, both join it', async () => {
  await withServer({ slots: 10, config: '[sandbox]\nreview_ms = 200\n' }, async (server) => {
    const both = await Promise.all([0, 1, 2].map(() => server.agent.post(path, { ein })));
    const used = both.map((answer) => expectStatus(answer, 202).body.credits_used).sort();
    assert.deepEqual(used, [4, 4, 50]);
    assert.equal(new Set(both.map((answer) => answer.body.campaign.id)).size, 1);
    for (const answer of both) await untilMaySend(server, answer.body.phone.id);
    assert.equal((await carrierCalls(server)).file_campaign, 1);
    assert.equal(await balance(server), 942);
    await checkInvariants(server);
  });
});

test('prices of the parts are configuration', async () => {
  const config = '[prices]\nbrand_registration = 1.5\ncampaign_registration = 2.25\n'
    + 'toll_free_verification = 3\n[sandbox]\nreview_ms = 100\n';
  await withServer({ config, slots: 10 }, async (server) => {
    assert.equal((await provisionNaive(server)).credits_used, 7.75);
    const tollFree = await provisionNaive(server, { type: 'toll_free' });
    assert.equal(tollFree.credits_used, 11);
    await untilMaySend(server, tollFree.phone.id);
    assert.deepEqual(await feesOf(server, 'phone.toll_free_verification'),
      [['hold', -3], ['charge', -3]]);
    await checkInvariants(server);
  });
});

test('what carriers would reject is not filed: the number stays, the fees come back', async () => {
  await withServer({ config: '[sandbox]\nreview_ms = 100\n' }, async (server) => {
    const entity = await demoFormation(server);
    await patchMessaging(server, entity, { message_samples: [
      'Your order leaves today, we will tell you more.',
      'We have refunded your order in full today.'] });
    const bought = await provisionNaive(server);
    assert.equal(bought.credits_used, 4);
    assert.equal(bought.credits_remaining, 996);
    assert.equal(bought.campaign.status, 'rejected');
    const campaign = await campaignOf(server, bought.phone.id);
    assert.equal(campaign.status_detail, 'not_filed');
    const rules = campaign.findings.map((each) => each.rule);
    assert.ok(rules.includes('sample_without_brand') && rules.includes('sample_without_opt_out'));
    assert.ok(campaign.fields.includes('messaging.message_samples'));
    assert.equal(campaign.submitted_at, null);
    const status = await phoneStatus(server);
    assert.equal(status.next_step, 'fix_campaign');
    assert.ok(status.account.errors.some((each) => each.field === 'messaging.message_samples'));
    assert.deepEqual(blockers(await phoneRow(server, bought.phone.id)),
      ['brand', 'campaign', 'attachment']);
    assert.equal((await carrierCalls(server)).file_brand, 0);
    assert.equal((await usage(server)).held, 0);

    const resubmit = () => server.operator.post(`/v1/campaigns/${campaign.id}/resubmit`);
    const refused = expectError(await resubmit(), 400, 'invalid_input',
      { reason: 'registration_incomplete' });
    assert.ok(refused.body.error.details.findings.length >= 2);
    expectError(await server.agent.post(`/v1/campaigns/${campaign.id}/resubmit`),
      403, 'forbidden');
    assert.equal(await balance(server), 996, 'a refusal costs nothing');
    await patchMessaging(server, entity, {});
    const again = expectStatus(await resubmit(), 202).body;
    assert.equal(again.status, 'created');
    assert.deepEqual(again.findings, []);
    expectError(await resubmit(), 409, 'conflict');
    await untilMaySend(server, bought.phone.id);
    assert.equal(await balance(server), 950, 'the registration is paid once');
    assert.equal((await carrierCalls(server)).file_brand, 1);
    await checkInvariants(server);
  });
});

test('rejected: reason and fields, corrected, handed in again, no second fee', async () => {
  const server = await startServer({ config: '[sandbox]\nreview_ms = 100\n' });
  await orderReview(server, { outcome: 'reject', reason: 'The opt-in is not described.',
    fields: ['messaging.consent_flow'] });
  const { phone } = await provisionNaive(server);
  const rejected = await untilCampaign(server, phone.id, { status: 'rejected' });
  assert.equal(rejected.rejection_reason, 'The opt-in is not described.');
  assert.deepEqual(rejected.fields, ['messaging.consent_flow']);
  assert.deepEqual(rejected.findings, []);
  assert.ok(rejected.rejected_at && rejected.submitted_at);
  assert.equal(rejected.attachment_status, 'attachment_pending');
  const [blocker] = (await phoneRow(server, phone.id)).send_readiness.blockers;
  assert.equal(blocker.what, 'campaign');
  assert.match(blocker.reason, /The opt-in is not described/);
  assert.match(blocker.next_step, /resubmit/);
  assert.ok(blocker.since);
  assert.equal((await phoneStatus(server)).next_step, 'fix_campaign');
  assert.equal(await balance(server), 950, 'a filing that was judged is not refunded');

  const entity = await demoFormation(server);
  await patchMessaging(server, entity,
    { consent_flow: 'Customers opt in on the form at https://bluebird.example/join.' });
  expectError(await server.operator.patch(`/v1/formation/${entity.id}`,
    { registered_name: 'Other LLC' }), 409, 'conflict');
  const key = { 'Idempotency-Key': 'again-1' };
  const url = `/v1/campaigns/${rejected.id}/resubmit`;
  const first = expectStatus(await server.operator.post(url, undefined, key), 202);
  const replay = expectStatus(await server.operator.post(url, undefined, key), 202);
  assert.equal(replay.text, first.text);
  await untilMaySend(server, phone.id);
  assert.equal(await balance(server), 950);
  assert.equal((await feesOf(server, 'phone.campaign_registration')).length, 2);
  await checkInvariants(server);
  await server.stop();
  const told = storedEvents(server, 'campaign.updated').filter((each) => each.id === rejected.id)
    .map((each) => [each.previous.status, each.status]);
  const at = told.findIndex(([, now]) => now === 'rejected');
  assert.ok(at >= 0, JSON.stringify(told));
  assert.equal(told.at(-1)[1], 'active');
  for (let i = 1; i < told.length; ++i) assert.equal(told[i][0], told[i - 1][1], 'no gap');
});

test('a resubmission costs what the operator says', async () => {
  const config = '[prices]\ncampaign_resubmission = 5\n[sandbox]\nreview_ms = 50\n';
  await withServer({ config, credits: 54 }, async (server) => {
    await orderReview(server, { outcome: 'reject' });
    const { phone } = await provisionNaive(server);
    const { id } = await untilCampaign(server, phone.id, { status: 'rejected' });
    const poor = expectError(await server.operator.post(`/v1/campaigns/${id}/resubmit`),
      402, 'insufficient_credits');
    assert.equal(poor.body.error.required, 5);
    assert.equal((await campaignOf(server, phone.id)).status, 'rejected');
    expectStatus(await server.operator.post('/v1/billing/topup', { pack_id: 'small' }), 200);
    expectStatus(await server.operator.post(`/v1/campaigns/${id}/resubmit`), 202);
    await untilMaySend(server, phone.id);
    assert.equal(await balance(server), 19);
    await checkInvariants(server);
  });
});

test('suspended later, and reinstated: the right to send goes and comes', async () => {
  const server = await startServer({ config: '[sandbox]\nreview_ms = 50\n' });
  const { phone } = await provisionNaive(server);
  await untilMaySend(server, phone.id);
  await orderReview(server, { outcome: 'suspend', reason: 'Complaints.' });
  const suspended = await untilCampaign(server, phone.id, { status_detail: 'suspended' });
  assert.equal(suspended.status, 'rejected', 'the four words of the dialect');
  assert.equal(suspended.rejection_reason, 'Complaints.');
  const row = await phoneRow(server, phone.id);
  assert.equal(row.capabilities.sms_outbound, false);
  assert.deepEqual(blockers(row), ['campaign']);
  expectError(await server.operator.post(`/v1/campaigns/${suspended.id}/resubmit`),
    409, 'conflict');
  await orderReview(server, { outcome: 'reinstate' });
  await untilMaySend(server, phone.id);
  assert.deepEqual((await sandboxSettings(server)).review, []);
  await checkInvariants(server);
  await server.stop();
  const told = storedEvents(server, 'phone.capabilities_changed')
    .map((each) => each.capabilities.sms_outbound);
  assert.deepEqual(told, [true, false, true]);
});

test('an attachment that fails is shown with its reason and tried again', async () => {
  await withServer({ config: '[sandbox]\nreview_ms = 50\n' }, async (server) => {
    await orderReview(server, { outcome: 'attachment_fails', reason: 'Busy network.', count: 4 });
    const { phone } = await provisionNaive(server);
    const failed = await untilCampaign(server, phone.id,
      { attachment_status: 'attachment_failed' });
    assert.equal(failed.status, 'active');
    assert.equal(failed.attachment_reason, 'Busy network.');
    const row = await phoneRow(server, phone.id);
    assert.deepEqual(blockers(row), ['attachment']);
    assert.equal(row.capabilities.sms_outbound, false);
    await untilMaySend(server, phone.id);
    const attached = await campaignOf(server, phone.id);
    assert.equal(attached.attachment_status, 'attached');
    assert.equal(attached.attachment_reason, null);
    await checkInvariants(server);
  });
});

test('a slow attachment is pending until the carrier says so', async () => {
  await withServer({ config: '[sandbox]\nreview_ms = 400\n' }, async (server) => {
    await orderReview(server, { outcome: 'attachment_slow' });
    const { phone } = await provisionNaive(server);
    await untilCampaign(server, phone.id,
      { status: 'active', attachment_status: 'attachment_pending' });
    assert.deepEqual(blockers(await phoneRow(server, phone.id)), ['attachment']);
    await untilMaySend(server, phone.id);
    await checkInvariants(server);
  });
});

test('a company not verified: number stays, unfiled fee back, corrected, again', async () => {
  const server = await startServer({ config: '[sandbox]\nreview_ms = 100\n' });
  await orderReview(server, { outcome: 'brand_fails', reason: 'The name does not match.' });
  const { phone } = await provisionNaive(server);
  const status = await until('the brand has failed', async () => {
    const now = await phoneStatus(server);
    return now.account.brand_status === 'failed' ? now : undefined;
  });
  assert.equal(status.account.status, 'error');
  assert.equal(status.next_step, 'fix_account');
  assert.deepEqual(status.account.errors,
    [{ field: 'registered_name', message: 'The name does not match.', type: 'carrier' }]);
  assert.equal(status.numbers[0].status, 'active', 'the number stays');
  assert.deepEqual(await feesOf(server, 'phone.brand_registration'),
    [['hold', -8], ['charge', -8]]);
  assert.deepEqual(await feesOf(server, 'phone.campaign_registration'),
    [['hold', -38], ['refund', 38]], 'no campaign was filed');
  assert.equal(await balance(server), 988);

  const entity = await demoFormation(server);
  expectStatus(await server.operator.patch(`/v1/formation/${entity.id}`,
    { registered_name: 'Bluebird Supply Company LLC' }), 200);
  const campaign = await campaignOf(server, phone.id);
  expectStatus(await server.operator.post(`/v1/campaigns/${campaign.id}/resubmit`), 202);
  await untilMaySend(server, phone.id);
  assert.equal(await balance(server), 950);
  assert.equal((await feesOf(server, 'phone.brand_registration')).length, 2, 'not paid again');
  await checkInvariants(server);
  await server.stop();
  const stages = storedEvents(server, 'brand.updated').map((each) => each.stage);
  assert.deepEqual(stages, ['submitted', 'failed', 'resubmitted', 'verified']);
});

test('beyond the numbers of a campaign: number_pool_required, nothing bought', async () => {
  const config = 'campaign_numbers_max = 2\n[sandbox]\nreview_ms = 50\n';
  await withServer({ config, slots: 10 }, async (server) => {
    const first = await provisionNaive(server);
    await provisionNaive(server, {});
    const before = await balance(server);
    const full = expectError(await server.agent.post(path, {}), 409, 'conflict',
      { reason: 'number_pool_required' });
    assert.equal(full.body.error.details.campaign_id, first.campaign.id);
    assert.equal(await soldCount(server), 2);
    assert.equal(await balance(server), before);
    await provisionNaive(server, { type: 'toll_free' });
    expectStatus(await server.agent.delete(`/v1/phone/${first.phone.id}`), 200);
    const next = await provisionNaive(server, {});
    assert.equal(next.campaign.id, first.campaign.id, 'a released number makes room');
    await checkInvariants(server);
  });
});

test('another use case is a campaign of its own; another user a company of its own', async () => {
  const config = '[prices]\nfurther_campaign_registration = 7\n[sandbox]\nreview_ms = 50\n';
  await withServer({ config, slots: 10 }, async (server) => {
    const first = await provisionNaive(server);
    await untilMaySend(server, first.phone.id);
    const entity = await demoFormation(server);
    await patchMessaging(server, entity, { use_cases: ['account_notification'] });
    const other = await provisionNaive(server, {});
    assert.notEqual(other.campaign.id, first.campaign.id);
    assert.equal(other.credits_used, 11);
    await untilMaySend(server, other.phone.id);
    const calls = await carrierCalls(server);
    assert.equal(calls.file_brand, 1);
    assert.equal(calls.file_campaign, 2);

    const user = await createReadyUser(server, { external_id: 'u1' });
    const subject = { 'X-Naive-User-Id': user.id };
    const theirs = await provisionNaive(server, {}, subject);
    assert.equal(theirs.credits_used, 50);
    await untilMaySend(server, theirs.phone.id, subject);
    assert.equal((await carrierCalls(server)).file_brand, 2);
    const list = async (headers) => expectStatus(
      await server.operator.get('/v1/campaigns', headers), 200).body.campaigns.map((c) => c.id);
    assert.deepEqual(await list(subject), [theirs.campaign.id]);
    assert.deepEqual(await list(), [theirs.campaign.id, other.campaign.id, first.campaign.id]);
    await checkInvariants(server);
  });
});

test('the last number of a campaign offers its end; in use it cannot end', async () => {
  const server = await startServer({ config: '[sandbox]\nreview_ms = 50\n', slots: 10 });
  const first = await provisionNaive(server);
  const second = await provisionNaive(server, {});
  await untilMaySend(server, first.phone.id);
  await untilMaySend(server, second.phone.id);
  const url = `/v1/campaigns/${first.campaign.id}`;
  expectError(await server.operator.delete(url), 409, 'conflict', { reason: 'campaign_in_use' });
  assert.equal((await campaignOf(server, first.phone.id)).end_campaign_offer, null);
  const one = expectStatus(await server.agent.delete(`/v1/phone/${first.phone.id}`), 200).body;
  assert.equal(one.end_campaign_offer, null, 'another number uses it');
  expectError(await server.operator.delete(url), 409, 'conflict', { reason: 'campaign_in_use' });
  const last = expectStatus(await server.agent.delete(`/v1/phone/${second.phone.id}`), 200).body;
  assert.deepEqual(last.end_campaign_offer,
    { campaign_id: first.campaign.id, command: `DELETE ${url}` });
  const offered = expectStatus(await server.agent.get(url), 200).body;
  assert.deepEqual(offered.end_campaign_offer, last.end_campaign_offer);
  assert.equal(offered.status, 'active', 'an offer ends nothing by itself');
  expectError(await server.agent.delete(url), 403, 'forbidden');
  const ended = expectStatus(await server.operator.delete(url), 200).body;
  assert.equal(ended.status, 'expired');
  assert.equal(ended.end_campaign_offer, null);
  assert.equal((await carrierCalls(server)).end_campaign, 1);
  expectStatus(await server.operator.delete(url), 200);
  assert.equal((await carrierCalls(server)).end_campaign, 1, 'once');
  const next = await provisionNaive(server, {});
  assert.notEqual(next.campaign.id, first.campaign.id);
  await untilMaySend(server, next.phone.id);
  await checkInvariants(server);
  await server.stop();
  const told = storedEvents(server, 'campaign.updated').filter((e) => e.id === first.campaign.id);
  assert.equal(told.at(-1).status, 'expired');
  assert.equal(told.at(-1).previous.status, 'active');
});

test('campaigns of others are not there; ids and pages', async () => {
  await withServer({ slots: 10, config: '[sandbox]\nreview_ms = 50\n' }, async (server) => {
    for (let i = 0; i < 3; ++i) await provisionNaive(server, { type: 'toll_free' });
    const page = expectStatus(await server.agent.get('/v1/campaigns?limit=2'), 200).body;
    assert.equal(page.campaigns.length, 2);
    const rest = expectStatus(await server.agent.get(
      `/v1/campaigns?limit=2&cursor=${encodeURIComponent(page.next_cursor)}`), 200).body;
    assert.equal(rest.campaigns.length, 1);
    assert.equal(rest.next_cursor, null);
    for (const id of ['nonsense', '0198c2a4-0000-7000-8000-000000000000']) {
      for (const [method, url] of [['get', `/v1/campaigns/${id}`],
        ['delete', `/v1/campaigns/${id}`], ['post', `/v1/campaigns/${id}/resubmit`]]) {
        expectError(await server.operator[method](url), 404, 'resource_not_found');
      }
    }
    expectError(await server.agent.get('/v1/campaigns?limit=0'), 400, 'invalid_input',
      { mentions: 'limit' });
    await checkInvariants(server);
  });
});

test('the reviewer\'s orders: shown, counted, taken back; wrong ones named', async () => {
  await withServer({}, async (server) => {
    const patch = (body) => server.operator.patch('/v1/sandbox', body);
    await orderReview(server, { outcome: 'reject', reason: 'No.', count: 2 });
    await orderReview(server, { outcome: 'wrong_code' });
    const shown = (await sandboxSettings(server)).review;
    assert.deepEqual(shown.map((each) => [each.outcome, each.reason, each.count]),
      [['reject', 'No.', 2], ['wrong_code', null, 1]]);
    assert.deepEqual(expectStatus(await patch({ review: null }), 200).body.review, []);
    for (const [body, field] of [[{}, 'review_ms'], [{ review: 5 }, 'review'],
      [{ review: {} }, 'review.outcome'], [{ review: { outcome: 'shred' } }, 'review.outcome'],
      [{ review: { outcome: 'reject', count: 0 } }, 'review.count'],
      [{ review: { outcome: 'reject', reasn: 'x' } }, 'reasn'],
      [{ code_ms: 0 }, 'code_ms'], [{ review_ms: -1 }, 'review_ms']]) {
      expectError(await patch(body), 400, 'invalid_input', { mentions: field });
    }
    assert.deepEqual((await sandboxSettings(server)).review, []);
  });
});

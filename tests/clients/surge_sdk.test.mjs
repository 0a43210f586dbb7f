// Surge's own npm client drives the played Surge, unmodified: if it can do its whole work here and
// accepts the webhooks, the dialect is right. Routes it has no method for go through its generic
// verbs.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import Surge from '@surgeapi/node';
import { startReceiver } from '../support/receiver.mjs';
import { startEmulator } from '../support/wire_emulator.mjs';

const company = {
  type: 'llc', registered_name: 'Bluebird Supply LLC', country: 'US',
  identifier_type: 'ein', identifier: '12-3456789',
  address: { line1: '1 Main St', locality: 'San Francisco', region: 'CA', postal_code: '94105' },
  contact: { first_name: 'Ada', last_name: 'Byron', email: 'ada@bluebird.example',
    phone_number: '+14155550142', title: 'ceo' },
  industry: 'retail', regions_of_operation: ['usa_and_canada'],
  website: 'https://bluebird.example',
};
const campaign = {
  description: 'Answers to customers who wrote to us about their orders.',
  consent_flow: 'Customers text us first.', volume: 'low', use_cases: ['customer_care'],
  message_samples: ['Bluebird: you are subscribed. Reply STOP to end.', 'Your order has left.'],
  privacy_policy_url: 'https://bluebird.example/privacy',
  terms_and_conditions_url: 'https://bluebird.example/terms',
};
const typeId = (prefix) => new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`);

let emulator;
let receiver;
let secret;
let surge;
before(async () => {
  emulator = await startEmulator('surge');
  receiver = await startReceiver();
  ({ webhook_secret: secret } = await emulator.state());
  await emulator.control('POST', 'account', { webhook_url: receiver.url });
  surge = client();
});
after(async () => {
  await receiver.close();
  await emulator.stop();
});

function client(options = {}) {
  return new Surge({ apiKey: 'sk_live_test', baseURL: emulator.origin, maxRetries: 0,
    webhookSigningSecret: secret, ...options });
}

const readyAccount = (name) => surge.accounts.create({ name, organization: company });
const ofType = (type) => (request) => request.body?.type === type;
const ofMessage = (type, id) => (request) =>
  request.body?.type === type && request.body.data.id === id;

// The rejection, which must be an error of the API.
async function refusal(promise) {
  const failure = await promise.then(() => assert.fail('it was accepted'), (why) => why);
  assert.ok(failure instanceof Surge.APIError, String(failure));
  return failure;
}
const typeOf = (failure) => failure.error.error.type;

test('accounts are made, completed step by step, and become ready', async () => {
  const account = await surge.accounts.create({ name: 'First', time_zone: 'America/New_York' });
  assert.match(account.id, typeId('acct'));
  assert.equal(account.time_zone, 'America/New_York');
  const status = (id) => surge.accounts.retrieveStatus(id, { capabilities: ['local_messaging'] });
  const early = (await status(account.id)).capabilities.local_messaging;
  assert.equal(early.status, 'incomplete');
  assert.ok(early.fields_needed.includes('organization.address.region'));
  assert.equal(typeOf(await refusal(surge.campaigns.create(account.id, campaign))),
    'account_not_ready');
  const { contact, ...rest } = company;
  await surge.accounts.update(account.id, { organization: rest });
  assert.deepEqual((await status(account.id)).capabilities.local_messaging.fields_needed,
    ['first_name', 'last_name', 'email', 'phone_number', 'title']
      .map((field) => `organization.contact.${field}`));
  const changed = await surge.accounts.update(account.id, { organization: { contact } });
  assert.equal(changed.organization.registered_name, company.registered_name);
  assert.equal((await status(account.id)).capabilities.local_messaging.status, 'ready');
  const listed = await surge.get('/accounts');
  assert.ok(listed.data.some((one) => one.id === account.id && one.name === 'First'));
  assert.equal((await surge.get(`/accounts/${account.id}`)).id, account.id);
});

test('what is wrong is said with type, message and detail', async () => {
  const blank = await refusal(surge.accounts.create({ name: '' }));
  assert.equal(blank.status, 422);
  assert.equal(typeOf(blank), 'validation_error');
  assert.deepEqual(Object.keys(blank.error.error.detail), ['name']);
  for (const [organization, field] of [
    [{ industry: 'juggling' }, 'organization.industry'],
    [{ identifier_type: 'ein', identifier: '12' }, 'organization.identifier'],
    [{ contact: { title: 'boss' } }, 'organization.contact.title'],
    [{ regions_of_operation: ['moon'] }, 'organization.regions_of_operation'],
  ]) {
    const failure = await refusal(surge.accounts.create({ name: 'x', organization }));
    assert.deepEqual(Object.keys(failure.error.error.detail), [field]);
  }
  const missing = await refusal(surge.get('/accounts/acct_nobody'));
  assert.ok(missing instanceof Surge.NotFoundError);
  assert.equal(typeOf(missing), 'account_not_found');
  const stranger = await refusal(client({ apiKey: 'nonsense' }).get('/accounts'));
  assert.ok(stranger instanceof Surge.AuthenticationError);
  assert.equal(typeOf(stranger), 'invalid_api_key');
  const demo = await refusal(client({ apiKey: 'sk_demo_x' }).accounts.create({ name: 'x' }));
  assert.ok(demo instanceof Surge.PermissionDeniedError);
  assert.equal(typeOf(demo), 'demo_api_key');
});

test('numbers: search, buy, list, get, rename, release', async () => {
  const { id } = await readyAccount('Numbers');
  const found = await surge.get(`/accounts/${id}/available_phone_numbers`,
    { query: { type: 'local', area_code: '415' } });
  assert.ok(found.data.length > 1);
  for (const one of found.data) {
    assert.match(one.number, /^\+1415555\d{4}$/);
    assert.deepEqual([one.country, one.type], ['US', 'local']);
  }
  const none = await surge.get(`/accounts/${id}/available_phone_numbers`,
    { query: { type: 'local', area_code: '000' } });
  assert.deepEqual(none.data, []);
  const wanted = found.data[1].number;
  const exact = await surge.phoneNumbers.purchase(id, { phone_number: wanted, name: 'mark-1' });
  assert.match(exact.id, typeId('pn'));
  assert.deepEqual([exact.number, exact.type, exact.name, exact.campaign_id],
    [wanted, 'local', 'mark-1', null]);
  const again = await refusal(surge.phoneNumbers.purchase(id, { phone_number: wanted }));
  assert.equal(typeOf(again), 'no_matching_numbers');
  const byCode = await surge.phoneNumbers.purchase(id, { area_code: '212', type: 'local' });
  assert.match(byCode.number, /^\+1212/);
  assert.match(byCode.name, /^\(212\) 555-\d{4}$/);
  const tollFree = await surge.phoneNumbers.purchase(id, { type: 'toll_free' });
  assert.equal(tollFree.type, 'toll_free');
  assert.equal(typeOf(await refusal(
    surge.phoneNumbers.purchase(id, { area_code: '000', type: 'local' }))), 'no_matching_numbers');

  const listed = await surge.get(`/accounts/${id}/phone_numbers`);
  assert.deepEqual(listed.data.map((one) => one.number).sort(),
    [exact.number, byCode.number, tollFree.number].sort());
  assert.equal(listed.pagination.next_cursor, null);
  const renamed = await surge.patch(`/phone_numbers/${exact.id}`,
    { body: { name: 'mark-1 Desk' } });
  assert.equal(renamed.name, 'mark-1 Desk');
  assert.equal((await surge.get(`/phone_numbers/${exact.id}`)).name, 'mark-1 Desk');
  assert.equal((await surge.delete(`/phone_numbers/${exact.id}`)).id, exact.id);
  assert.ok(await refusal(surge.get(`/phone_numbers/${exact.id}`)) instanceof Surge.NotFoundError);
  const state = await emulator.state();
  assert.ok(!state.numbers.some((one) => one.e164 === wanted));
  assert.ok(state.purchases.some((one) => one.e164 === wanted && one.mark === 'mark-1'));
});

test('lists go on from page to page, both ways', async () => {
  const { id } = await readyAccount('Pages');
  for (let i = 0; i < 60; ++i) {
    await surge.phoneNumbers.purchase(id, { area_code: '646', type: 'local' });
  }
  const path = `/accounts/${id}/phone_numbers`;
  const first = await surge.get(path);
  assert.equal(first.data.length, 50);
  assert.equal(first.pagination.previous_cursor, null);
  const second = await surge.get(path, { query: { after: first.pagination.next_cursor } });
  assert.equal(second.data.length, 10);
  assert.equal(second.pagination.next_cursor, null);
  assert.equal(new Set([...first.data, ...second.data].map((one) => one.id)).size, 60);
  const back = await surge.get(path, { query: { before: second.pagination.previous_cursor } });
  assert.deepEqual(back.data, first.data);
  assert.equal(typeOf(await refusal(surge.get(path, { query: { after: 'x' } }))),
    'invalid_pagination');
});

test('a campaign is reviewed, numbers are attached, and webhooks tell of both', async () => {
  const { id } = await readyAccount('Campaigns');
  const early = await surge.phoneNumbers.purchase(id, { area_code: '206', type: 'local' });
  const bad = await refusal(surge.campaigns.create(id, { ...campaign, message_samples: ['one'] }));
  assert.deepEqual(Object.keys(bad.error.error.detail), ['message_samples']);
  await emulator.control('POST', 'reviews', { outcome: 'reject', reason: 'No opt-in.' });
  const filed = await surge.campaigns.create(id, campaign);
  assert.match(filed.id, typeId('cpn'));
  assert.equal(filed.status, 'created');
  const path = `/campaigns/${filed.id}`;
  await emulator.advance(4_000);
  assert.equal((await surge.get(path)).status, 'in_review');
  assert.equal(typeOf(await refusal(surge.patch(path, { body: campaign }))), 'campaign_locked');
  await emulator.advance(30_000);
  assert.equal((await surge.get(path)).status, 'rejected');
  await surge.patch(path, { body: { ...campaign, description: `${campaign.description} Ours.` } });
  await emulator.advance(31_000);
  assert.equal((await surge.get(path)).status, 'active');
  const [approved] = await receiver.wait(1, ofMessage('campaign.approved', filed.id));
  assert.equal(surge.webhooks.unwrap(approved.text, { headers: approved.headers }).account_id, id);
  const pending = await surge.phoneNumbers.purchase(id, { area_code: '206', type: 'local' });
  assert.deepEqual(pending.campaign, { id: filed.id, attachment_status: 'attachment_pending' });
  await emulator.advance(6_000);
  for (const number of [early, pending]) {
    const now = await surge.get(`/phone_numbers/${number.id}`);
    assert.deepEqual(now.campaign, { id: filed.id, attachment_status: 'attached' });
    await receiver.wait(1, ofMessage('phone_number.attached_to_campaign', number.id));
  }
  assert.deepEqual((await surge.get(`/accounts/${id}/campaigns`)).data.map((one) => one.id),
    [filed.id]);
});

test('toll-free campaigns and the one-time code of a sole proprietor', async () => {
  const { id } = await readyAccount('Toll-free');
  const number = await surge.phoneNumbers.purchase(id, { type: 'toll_free' });
  const { consent_flow: script, volume, ...rest } = campaign;
  const body = { ...rest, phone_number_id: number.id, consent_flows: [{ type: 'verbal', script }] };
  const path = `/accounts/${id}/toll_free_campaigns`;
  const filed = await surge.post(path, { body });
  assert.match(filed.id, typeId('tfc'));
  assert.ok(await refusal(surge.post(path, { body })) instanceof Surge.ConflictError);
  await emulator.advance(31_000);
  assert.equal((await surge.get(`/toll_free_campaigns/${filed.id}`)).status, 'active');

  const { identifier, identifier_type: kind, ...person } = company;
  const alone = await surge.accounts.create({ name: 'Alone',
    organization: { ...person, type: 'sole_proprietor', mobile_number: '+14155550143' } });
  const status = async () => (await surge.accounts.retrieveStatus(alone.id,
    { capabilities: ['local_messaging'] })).capabilities.local_messaging.status;
  assert.equal(await status(), 'incomplete');
  assert.deepEqual(await surge.post(`/accounts/${alone.id}/brand_verification_messages`),
    { status: 'enqueued' });
  await emulator.control('POST', 'reviews', { outcome: 'code_answered', id: alone.id });
  assert.equal(await status(), 'ready');
});

test('messages go out and are reported, come in, and opt-outs are kept', async () => {
  const { id } = await readyAccount('Messages');
  assert.equal(typeOf(await refusal(surge.messages.create(id, { to: '+12125550147', body: 'x' }))),
    'no_phone_number');
  const number = await surge.phoneNumbers.purchase(id, { area_code: '312', type: 'local' });
  const sent = await surge.messages.create(id, { to: '+12125550147', from: number.id,
    body: 'Hello', metadata: { our_message_id: 'msg_ours' } });
  assert.match(sent.id, typeId('msg'));
  assert.equal(sent.conversation.contact.phone_number, '+12125550147');
  assert.equal(sent.conversation.phone_number.number, number.number);
  assert.equal((await surge.messages.retrieve(sent.id)).body, 'Hello');
  const [delivered] = await receiver.wait(1, ofMessage('message.delivered', sent.id));
  assert.equal(surge.webhooks.unwrap(delivered.text, { headers: delivered.headers })
    .data.metadata.our_message_id, 'msg_ours');
  const other = await surge.messages.create(id, { body: 'FAIL:invalid_mobile_number now',
    conversation: { contact: { phone_number: '+12125550148' } } });
  const [failed] = await receiver.wait(1, ofMessage('message.failed', other.id));
  assert.equal(failed.body.data.failure_reason, 'invalid_mobile_number');
  assert.equal((await surge.get(`/accounts/${id}/messages`)).data.length, 2);

  const came = await emulator.control('POST', 'texts',
    { from: '+12125550147', to: number.number, body: 'Stop' });
  const [received] = await receiver.wait(1, ofMessage('message.received', came.id));
  const event = surge.webhooks.unwrap(received.text, { headers: received.headers });
  assert.equal(event.data.body, 'Stop');
  assert.equal(event.data.conversation.id, sent.conversation.id);
  await receiver.wait(1, ofMessage('contact.opted_out', sent.conversation.contact.id));
  assert.equal(typeOf(await refusal(
    surge.messages.create(id, { to: '+12125550147', body: 'again' }))), 'opted_out');
  await emulator.control('POST', 'texts',
    { from: '+12125550147', to: number.number, body: 'START' });
  await receiver.wait(1, ofMessage('contact.opted_in', sent.conversation.contact.id));
  await surge.messages.create(id, { to: '+12125550147', body: 'again' });
});

test('contacts and verifications', async () => {
  const { id } = await readyAccount('Contacts');
  const made = await surge.contacts.create(id, { phone_number: '+12125550150', first_name: 'Bo' });
  assert.match(made.id, typeId('ctc'));
  await surge.contacts.update(made.id, { last_name: 'Peep' });
  const now = await surge.contacts.retrieve(made.id);
  assert.deepEqual([now.first_name, now.last_name], ['Bo', 'Peep']);
  assert.equal((await surge.get(`/accounts/${id}/contacts`)).data.length, 1);

  const asked = await surge.verifications.create({ phone_number: '+12125550150' });
  assert.equal(asked.status, 'pending');
  const { codes } = await emulator.state();
  const wrong = codes[asked.id] === '000000' ? '000001' : '000000';
  assert.equal((await surge.verifications.check(asked.id, { code: wrong })).result, 'incorrect');
  const right = await surge.verifications.check(asked.id, { code: codes[asked.id] });
  assert.deepEqual([right.result, right.verification.status, right.verification.attempt_count],
    ['ok', 'verified', 2]);
  assert.equal((await surge.verifications.check(asked.id, { code: wrong })).result,
    'already_verified');
  const scoped = await surge.post(`/accounts/${id}/verifications`,
    { body: { phone_number: '+12125550151' } });
  for (let i = 0; i < 4; ++i) await surge.verifications.check(scoped.id, { code: 'x' });
  assert.equal((await surge.verifications.check(scoped.id, { code: 'x' })).result, 'exhausted');
});

test('the client repeats a purchase whose answer was lost, and then owns two', async () => {
  const { id } = await readyAccount('Retries');
  const before = (await emulator.state()).purchases.length;
  for (const [fault, more] of [['lose_answer', {}], ['error_after', { status: 502 }]]) {
    await emulator.fault(fault, 'buy', more);
    await client({ maxRetries: 2 }).phoneNumbers.purchase(id, { area_code: '503', type: 'local' });
  }
  const state = await emulator.state();
  assert.equal(state.purchases.length, before + 4, 'Surge has no idempotency');
  // With the exact number a repeat can only be refused.
  await emulator.fault('lose_answer', 'buy');
  const number = { phone_number: '+15035550777', name: 'mark-x' };
  const repeated = await refusal(client({ maxRetries: 2 }).phoneNumbers.purchase(id, number));
  assert.equal(typeOf(repeated), 'no_matching_numbers');
  assert.equal((await emulator.state()).purchases.length, before + 5);
  await emulator.fault('rate_limited', 'buy');
  await client({ maxRetries: 1 }).phoneNumbers.purchase(id, { phone_number: '+15035550778' });
  await emulator.fault('number_limit', 'buy');
  assert.equal(typeOf(await refusal(surge.phoneNumbers.purchase(id, number))),
    'phone_number_limit');
  await emulator.fault('search_missing', 'search');
  assert.ok(await refusal(surge.get(`/accounts/${id}/available_phone_numbers`,
    { query: { type: 'local' } })) instanceof Surge.NotFoundError);
});

test('webhooks carry both signatures; every change is refused', async () => {
  const { id } = await readyAccount('Signatures');
  const number = await surge.phoneNumbers.purchase(id, { area_code: '617', type: 'local' });
  const text = (body) => emulator.control('POST', 'texts',
    { from: '+12125550160', to: number.number, body });
  const { id: first } = await text('one');
  const [got] = await receiver.wait(1, ofMessage('message.received', first));
  const unwrap = (body, headers) => surge.webhooks.unwrap(body, { headers });
  assert.equal(unwrap(got.text, got.headers).type, 'message.received');
  for (const [body, headers] of [
    [got.text.replace('one', 'two'), got.headers],
    [`${got.text} `, got.headers],
    [got.text, { ...got.headers, 'webhook-id': 'evt_other' }],
    [got.text, { ...got.headers, 'webhook-timestamp': '1700000000' }],
    [got.text, { ...got.headers, 'webhook-signature': 'v1,AAAA' }],
  ]) {
    assert.throws(() => unwrap(body, headers));
  }
  const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(got.headers['surge-signature']);
  assert.equal(createHmac('sha256', secret).update(`${seconds}.${got.text}`).digest('hex'), hex);
  assert.notEqual(createHmac('sha256', 'whsec_x').update(`${seconds}.${got.text}`).digest('hex'),
    hex);

  await emulator.fault('webhook_bad_signature', 'message.received');
  const { id: forged } = await text('forged');
  const [bad] = await receiver.wait(1, ofMessage('message.received', forged));
  assert.throws(() => unwrap(bad.text, bad.headers));
  await emulator.fault('webhook_twice', 'message.received');
  const { id: doubled } = await text('twice');
  const two = await receiver.wait(2, ofMessage('message.received', doubled));
  assert.equal(two[0].headers['webhook-id'], two[1].headers['webhook-id']);
});

test('a webhook that is not taken is tried again, twenty times in all', async () => {
  const { id } = await readyAccount('Persistence');
  const number = await surge.phoneNumbers.purchase(id, { area_code: '702', type: 'local' });
  receiver.answer = (request) => ({ status: ofType('message.received')(request) ? 500 : 200 });
  try {
    const { id: text } = await emulator.control('POST', 'texts',
      { from: '+12125550170', to: number.number, body: 'Anybody?' });
    const fits = ofMessage('message.received', text);
    for (let tries = 1; tries < 20; ++tries) {
      await receiver.wait(tries, fits);
      await untilAdvanced(tries + 1, fits);
    }
    await emulator.advance(7 * 3_600_000);
    assert.equal(receiver.requests.filter(fits).length, 20);
    assert.equal((await emulator.state()).webhooks_given_up, 1);
    const ids = new Set(receiver.requests.filter(fits).map((one) => one.headers['webhook-id']));
    assert.equal(ids.size, 1);
  } finally {
    receiver.answer = () => ({ status: 200 });
  }
});

// Skips ahead until that many tries have come: the emulator sets the next one only once it has read
// the answer to the last.
async function untilAdvanced(count, fits) {
  for (let round = 0; round < 200 && receiver.requests.filter(fits).length < count; ++round) {
    await emulator.advance(6 * 3_600_000);
    await emulator.state();
  }
  await receiver.wait(count, fits);
}

test('private webhook addresses are refused where that is asked for', async () => {
  const control = (order) => fetch(`${emulator.origin}/_emulator/account`,
    { method: 'POST', body: JSON.stringify(order) });
  for (const url of ['http://10.0.0.1/x', 'http://localhost/x', 'https://a.internal/x']) {
    const answer = await control({ refuse_private_webhooks: true, webhook_url: url });
    assert.equal(answer.status, 400);
  }
  assert.equal((await control({ refuse_private_webhooks: false })).status, 200);
});

test('an archived account is gone for good', async () => {
  const { id } = await readyAccount('Archived');
  const number = await surge.phoneNumbers.purchase(id, { area_code: '602', type: 'local' });
  await surge.accounts.archive(id);
  const gone = await refusal(surge.phoneNumbers.purchase(id, { area_code: '602', type: 'local' }));
  assert.deepEqual([gone.status, typeOf(gone)], [410, 'account_archived']);
  assert.ok(await refusal(surge.get(`/phone_numbers/${number.id}`)) instanceof Surge.NotFoundError);
});

// The client for Node that Telnyx ships, unmodified, against its emulator: if it can buy, route,
// send and register, and its webhook helper believes what is signed, the dialect is right.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import Telnyx from 'telnyx';
import { startReceiver } from '../support/receiver.mjs';
import { until } from '../support/waiting.mjs';
import { startEmulator } from '../support/wire_emulator.mjs';

let emulator;
let receiver;
let client;   // sends each request once
let patient;  // with the client's own retries: two, by default
before(async () => {
  emulator = await startEmulator('telnyx');
  receiver = await startReceiver();
  const options = { apiKey: 'KEY_test', baseURL: `${emulator.origin}/v2` };
  client = new Telnyx({ ...options, maxRetries: 0 });
  patient = new Telnyx(options);
});
after(async () => {
  await receiver.close();
  await emulator.stop();
});
afterEach(() => emulator.control('DELETE', 'faults'));

const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function offered(areaCode = '415', limit = 1) {
  const found = await client.availablePhoneNumbers.list({
    filter: { country_code: 'US', national_destination_code: areaCode,
      phone_number_type: 'local', features: ['sms', 'voice'], limit },
  });
  return found.data;
}

async function ended(order) {
  return until('the order has ended', async () => {
    const now = (await client.numberOrders.retrieve(order.id)).data;
    return now.status === 'pending' ? undefined : now;
  });
}

const exact = (number, more = {}) =>
  ({ phone_numbers: [{ phone_number: number.phone_number ?? number }], ...more });

async function bought(more = {}) {
  const [number] = await offered();
  const order = (await client.numberOrders.create(exact(number, more))).data;
  assert.equal((await ended(order)).status, 'success');
  return until('the number shows', async () => {
    const page = await client.phoneNumbers.list({ filter: { phone_number: number.phone_number } });
    return page.data[0];
  });
}

async function collect(list) {
  const all = [];
  for await (const each of list) all.push(each);
  return all;
}

const profileFor = async (name) => (await client.messagingProfiles.create({
  name, whitelisted_destinations: ['US'], webhook_url: receiver.url,
})).data;
const applicationFor = async (name) => (await client.texmlApplications.create({
  friendly_name: name, voice_url: receiver.url, status_callback: receiver.url,
})).data;

const company = {
  entityType: 'PRIVATE_PROFIT', displayName: 'Bluebird', companyName: 'Bluebird Supply LLC',
  country: 'US', email: 'ada@bluebird.example', vertical: 'RETAIL', ein: '123456789',
};

describe('numbers', () => {
  test('search, reservation, order, polling, look-up, routing, release', async () => {
    const numbers = await offered('415', 5);
    assert.equal(numbers.length, 5);
    for (const each of numbers) {
      assert.match(each.phone_number, /^\+1415\d{7}$/);
      assert.equal(each.best_effort, false);
      assert.match(each.cost_information.monthly_cost, /^\d+\.\d+$/);
      assert.equal(each.cost_information.currency, 'USD');
    }
    const [number] = numbers;
    const held = (await client.numberReservations.create(
      exact(number, { customer_reference: 'mark-r' }))).data;
    assert.match(held.id, isUuid);
    const lasts = Date.parse(held.phone_numbers[0].expired_at) - Date.parse(held.created_at);
    assert.equal(lasts, 30 * 60_000);
    await emulator.advance(60_000);
    const longer = (await client.numberReservations.actions.extend(held.id)).data;
    assert.ok(longer.phone_numbers[0].expired_at > held.phone_numbers[0].expired_at);

    const order = (await client.numberOrders.create(
      exact(number, { customer_reference: 'mark-1' }))).data;
    assert.equal(order.status, 'pending');
    assert.equal(order.phone_numbers_count, 1);
    const done = await ended(order);
    assert.equal(done.status, 'success');
    const orders = await collect(
      client.numberOrders.list({ filter: { customer_reference: 'mark-1' } }));
    assert.deepEqual(orders.map((each) => each.id), [order.id]);

    const page = await client.phoneNumbers.list({
      filter: { phone_number: number.phone_number } });
    const [mine] = page.data;
    assert.equal(mine.customer_reference, 'mark-1');
    assert.equal(mine.status, 'active');
    assert.notEqual(mine.id, done.phone_numbers[0].id, "an order's ids are not the numbers'");
    await assert.rejects(client.phoneNumbers.retrieve(done.phone_numbers[0].id),
      Telnyx.NotFoundError);

    const profile = await profileFor('one');
    const application = await applicationFor('one');
    const messaging = await client.phoneNumbers.messaging.update(mine.id,
      { messaging_profile_id: profile.id });
    assert.equal(messaging.data.messaging_profile_id, profile.id);
    const voice = await client.phoneNumbers.voice.update(mine.id,
      { connection_id: application.id });
    assert.equal(voice.data.connection_id, application.id);
    const now = (await client.phoneNumbers.retrieve(mine.id)).data;
    assert.equal(now.messaging_profile_id, profile.id);
    assert.equal(now.connection_id, application.id);
    await assert.rejects(
      client.phoneNumbers.update(mine.id, { messaging_profile_id: profile.id }),
      (failure) => failure instanceof Telnyx.UnprocessableEntityError);

    await client.phoneNumbers.update(mine.id, { deletion_lock_enabled: true });
    await assert.rejects(client.phoneNumbers.delete(mine.id), Telnyx.UnprocessableEntityError);
    await client.phoneNumbers.update(mine.id, { deletion_lock_enabled: false });
    assert.equal((await client.phoneNumbers.delete(mine.id)).data.status, 'deleted');
    await assert.rejects(client.phoneNumbers.delete(mine.id), Telnyx.NotFoundError);
  });

  test('auto-paging shows every number once, and ends', async () => {
    const mine = new Set();
    for (let each = 0; each < 7; ++each) mine.add((await bought()).phone_number);
    const listed = await collect(client.phoneNumbers.list({ 'page[size]': 3 }));
    const numbers = listed.map((each) => each.phone_number);
    assert.equal(new Set(numbers).size, numbers.length);
    for (const each of mine) assert.ok(numbers.includes(each));
    assert.ok((await collect(client.numberOrders.list({ 'page[size]': 2 }))).length >= 7);
  });

  test('a reservation ends after thirty minutes, and nobody else is shown the number', async () => {
    const [number] = await offered('212');
    await client.numberReservations.create(exact(number));
    await assert.rejects(client.numberReservations.create(exact(number)), Telnyx.ConflictError);
    await emulator.advance(30 * 60_000 + 1);
    await client.numberReservations.create(exact(number));
  });

  test('only what was seen in a search can be ordered; a repeated order is 409', async () => {
    await assert.rejects(client.numberOrders.create(exact('+14157499999')),
      Telnyx.BadRequestError);
    const mine = await bought();
    await assert.rejects(client.numberOrders.create(exact(mine)), (failure) => {
      assert.ok(failure instanceof Telnyx.ConflictError);
      assert.equal(failure.error.errors[0].code, '10012');
      return true;
    });
    const before = (await emulator.state()).purchases.length;
    const group = { count_requested: '1', country_iso: 'US', phone_number_type: 'local',
      national_destination_code: '212' };
    await client.inexplicitNumberOrders.create({ ordering_groups: [group] });
    await client.inexplicitNumberOrders.create({ ordering_groups: [group] });
    await until('both were bought', async () =>
      (await emulator.state()).purchases.length === before + 2);
  });

  test('orders stay pending, then succeed or fail', async () => {
    for (const [what, outcome] of [['order_pending', 'success'], ['order_fails', 'failure']]) {
      const [number] = await offered();
      await emulator.fault('order_pending', 'buy', { delay_ms: 120_000 });
      if (what === 'order_fails') await emulator.fault('order_fails', 'buy');
      const order = (await client.numberOrders.create(exact(number))).data;
      await emulator.advance(119_000);
      assert.equal((await client.numberOrders.retrieve(order.id)).data.status, 'pending');
      await emulator.advance(2_000);
      assert.equal((await client.numberOrders.retrieve(order.id)).data.status, outcome);
    }
  });
});

describe("with the client's own retries", () => {
  // What each fault makes of one create() with two retries: how it ends, and what was bought.
  for (const [what, count, ends] of [
    ['error_before', 1, 'well'], ['error_before', 3, 'failed'], ['lose_request', 1, 'well'],
    ['rate_limited', 1, 'well'], ['error_after', 1, 'conflict'], ['lose_answer', 1, 'conflict'],
  ]) {
    test(`${what} ${count} times: ${ends}, never bought twice`, async () => {
      const [number] = await offered();
      const { purchases, calls } = await emulator.state();
      await emulator.fault(what, 'buy', { count });
      const asked = patient.numberOrders.create(exact(number));
      if (ends === 'well') await ended((await asked).data);
      if (ends === 'failed') await assert.rejects(asked, Telnyx.InternalServerError);
      if (ends === 'conflict') await assert.rejects(asked, Telnyx.ConflictError);
      const now = await emulator.state();
      const mine = now.purchases.slice(purchases.length);
      assert.equal(mine.length, ends === 'failed' ? 0 : 1);
      // A conflict is tried again too, to no avail.
      const tries = { well: 2, failed: 3, conflict: 3 };
      assert.equal(now.calls.buy - calls.buy, tries[ends]);
    });
  }

  test('a number that went is a conflict, however often it is asked for', async () => {
    const [number] = await offered();
    await emulator.fault('gone', 'buy');
    await assert.rejects(patient.numberOrders.create(exact(number)), Telnyx.ConflictError);
    assert.ok(!(await emulator.state()).numbers.some((each) => each.e164 === number.phone_number));
  });

  test('a late commit: the repeat buys, and what arrives after it changes nothing', async () => {
    const [number] = await offered();
    const { purchases } = await emulator.state();
    await emulator.fault('late_commit', 'buy', { delay_ms: 30_000 });
    await ended((await patient.numberOrders.create(exact(number))).data);
    await emulator.advance(31_000);
    assert.equal((await emulator.state()).purchases.length, purchases.length + 1);
  });

  test('numbers hide for a while, filters are ignored, releases are 404', async () => {
    const [number] = await offered();
    await emulator.fault('hidden', 'buy', { delay_ms: 60_000 });
    const order = (await patient.numberOrders.create(exact(number))).data;
    assert.equal((await ended(order)).status, 'success');
    const filter = { phone_number: number.phone_number };
    assert.equal((await patient.phoneNumbers.list({ filter })).data.length, 0);
    await emulator.advance(60_001);
    const [mine] = (await patient.phoneNumbers.list({ filter })).data;
    await emulator.fault('filter_ignored', 'list');
    assert.ok((await patient.phoneNumbers.list({ filter })).data.length > 1);
    await emulator.fault('release_404', 'release');
    await assert.rejects(patient.phoneNumbers.delete(mine.id), Telnyx.NotFoundError);
    assert.equal((await patient.phoneNumbers.list({ filter })).data.length, 0);
  });

  test('slow is only slow', async () => {
    await emulator.fault('slow', 'balance', { delay_ms: 300 });
    assert.ok((await patient.balance.retrieve()).data.balance);
  });

  test('what is read is simply read again', async () => {
    await emulator.fault('error_before', 'list', { count: 1, status: 503 });
    await emulator.fault('lose_answer', 'list', { count: 1 });
    assert.ok((await patient.phoneNumbers.list()).data.length > 0);
  });

  test('a lost answer of a message is sent again: there is no key', async () => {
    const profile = await profileFor('twice');
    const from = await bought({ messaging_profile_id: profile.id });
    await emulator.fault('lose_answer', 'send');
    await patient.messages.send({ from: from.phone_number, to: '+12125550147', text: 'once?' });
    const sent = (await emulator.state()).texts.filter((each) => each.from === from.phone_number);
    assert.equal(sent.length, 2);
  });
});

test('no funds, revoked keys and rate limits have their codes and headers', async () => {
  const [number] = await offered();
  await emulator.fault('no_funds', 'buy');
  await assert.rejects(client.numberOrders.create(exact(number)), (failure) => {
    assert.equal(failure.error.errors[0].code, '20100');
    return true;
  });
  await emulator.fault('rate_limited', 'list');
  await assert.rejects(client.phoneNumbers.list(), (failure) => {
    assert.ok(failure instanceof Telnyx.RateLimitError);
    assert.equal(failure.error.errors[0].code, '10011');
    assert.equal(failure.headers.get('x-ratelimit-remaining'), '0');
    assert.match(failure.headers.get('x-ratelimit-reset'), /^\d+$/);
    return true;
  });
  assert.match((await client.balance.retrieve()).data.balance, /^\d+\.\d\d$/);
  await emulator.control('POST', 'account', { revoked: true });
  await assert.rejects(client.balance.retrieve(), (failure) => {
    assert.ok(failure instanceof Telnyx.AuthenticationError);
    assert.equal(failure.error.errors[0].code, '10009');
    return true;
  });
  await emulator.control('POST', 'account', { revoked: false });
});

test('a profile needs its destinations', async () => {
  await assert.rejects(client.messagingProfiles.create({ name: 'bare' }), Telnyx.BadRequestError);
  const profile = await profileFor('listed');
  const found = await collect(client.messagingProfiles.list({ filter: { name: 'listed' } }));
  assert.deepEqual(found.map((each) => each.id), [profile.id]);
  const changed = await client.messagingProfiles.update(profile.id, { webhook_url: '' });
  assert.equal(changed.data.webhook_url, '');
  await client.messagingProfiles.delete(profile.id);
  await assert.rejects(client.messagingProfiles.retrieve(profile.id), Telnyx.NotFoundError);
});

test('a text is queued, sent, delivered; one comes in; each is told', async () => {
  const profile = await profileFor('texts');
  const from = await bought({ messaging_profile_id: profile.id });
  const text = (await client.messages.send(
    { from: from.phone_number, to: '+12125550147', text: 'Hello' })).data;
  assert.equal(text.direction, 'outbound');
  assert.equal(text.to[0].status, 'queued');
  assert.equal(text.from.phone_number, from.phone_number);
  const about = (type) => (request) => request.body?.data?.event_type === type &&
    request.body.data.payload.id === text.id;
  await receiver.wait(1, about('message.sent'));
  const [told] = await receiver.wait(1, about('message.finalized'));
  assert.equal(told.body.data.payload.to[0].status, 'delivered');
  assert.equal((await client.messages.retrieve(text.id)).data.to[0].status, 'delivered');

  const { id } = await emulator.control('POST', 'texts',
    { from: '+12125550147', to: from.phone_number, body: 'STOP' });
  const [came] = await receiver.wait(1, (request) => request.body?.data?.payload?.id === id);
  assert.equal(came.body.data.event_type, 'message.received');
  assert.equal(came.body.data.payload.from.phone_number, '+12125550147');
  assert.equal(came.body.data.payload.to[0].phone_number, from.phone_number);
  await assert.rejects(client.messages.send(
    { from: from.phone_number, to: '+12125550147', text: 'Still there?' }), (failure) => {
    assert.equal(failure.error.errors[0].code, '40300');
    return true;
  });
  const deliveries = await collect(client.webhookDeliveries.list({ 'page[size]': 2 }));
  assert.ok(deliveries.some((each) => each.webhook.payload.id === id));
});

test('webhooks come twice, late, or never', async () => {
  const number = await bought({ messaging_profile_id: (await profileFor('unruly')).id });
  const textIn = async (body) => (await emulator.control('POST', 'texts',
    { from: '+12125550150', to: number.phone_number, body })).id;
  const arrived = (id) => receiver.requests.filter((each) => each.body?.data?.payload?.id === id);
  await emulator.fault('webhook_never', 'message.received');
  const never = await textIn('never');
  await emulator.fault('webhook_twice', 'message.received');
  const twice = await textIn('twice');
  await until('it came twice', () => arrived(twice).length === 2);
  const [first, second] = arrived(twice);
  assert.equal(first.body.data.id, second.body.data.id);
  await emulator.fault('webhook_late', 'message.received', { delay_ms: 3_600_000 });
  const late = await textIn('late');
  const next = await textIn('next');
  await until('the next came', () => arrived(next).length === 1);
  assert.equal(arrived(late).length, 0);
  await emulator.advance(3_600_000);
  await until('the late one came', () => arrived(late).length === 1);
  assert.equal(arrived(never).length, 0);
});

test('brand, campaign and assignment; only the last state sends', async () => {
  const { brand, campaignBuilder, campaign, phoneNumberCampaigns } = client.messaging10dlc;
  await emulator.control('POST', 'account', { enforce_10dlc: true });
  const profile = await profileFor('registered');
  const from = await bought({ messaging_profile_id: profile.id });
  const made = await brand.create(company);
  assert.match(made.brandId, isUuid);
  const verified = await until('the brand is verified', async () => {
    const now = await brand.retrieve(made.brandId);
    return now.status === 'OK' ? now : undefined;
  });
  assert.equal(verified.identityStatus, 'VERIFIED');
  const brands = await collect(brand.list());
  assert.ok(brands.some((each) => each.brandId === made.brandId));

  await emulator.control('POST', 'reviews', { outcome: 'reject', reason: 'No opt-in is shown.' });
  await campaignBuilder.brand.qualifyByUsecase('CUSTOMER_CARE', { brandId: made.brandId });
  const filed = await campaignBuilder.submit({ brandId: made.brandId, usecase: 'CUSTOMER_CARE',
    description: 'Answers to customers.', sample1: 'Bluebird: it has left. STOP to end.',
    messageFlow: 'Customers text first.', referenceId: 'mark-c' });
  assert.equal(filed.campaignStatus, 'TCR_PENDING');
  for (let step = 0; step < 3; ++step) await emulator.advance(1_000);
  const rejected = await campaign.retrieve(filed.campaignId);
  assert.equal(rejected.campaignStatus, 'TELNYX_FAILED');
  assert.equal(rejected.failureReasons, 'No opt-in is shown.');
  await campaign.update(filed.campaignId, { messageFlow: 'Customers text START first.' });
  await campaign.submitAppeal(filed.campaignId, { appeal_reason: 'Corrected.' });
  await assert.rejects(client.messages.send(
    { from: from.phone_number, to: '+12125550199', text: 'Too early' }), (failure) => {
    assert.equal(failure.error.errors[0].code, '40010');
    return true;
  });
  for (let step = 0; step < 5; ++step) await emulator.advance(1_000);
  const ready = await campaign.retrieve(filed.campaignId);
  assert.equal(ready.campaignStatus, 'MNO_PROVISIONED');
  const listed = await collect(campaign.list({ brandId: made.brandId }));
  assert.deepEqual(listed.map((each) => each.campaignId), [filed.campaignId]);

  const assigned = await phoneNumberCampaigns.create(
    { phoneNumber: from.phone_number, campaignId: filed.campaignId });
  assert.equal(assigned.assignmentStatus, 'PENDING_ASSIGNMENT');
  await emulator.advance(1_000);
  const now = await phoneNumberCampaigns.retrieve(from.phone_number);
  assert.equal(now.assignmentStatus, 'ASSIGNED');
  await client.messages.send({ from: from.phone_number, to: '+12125550199', text: 'Now' });
  await campaign.deactivate(filed.campaignId);
  assert.equal((await campaign.retrieve(filed.campaignId)).campaignStatus, 'TCR_EXPIRED');
  // The second spelling of the paths.
  const other = await client.get(`/v2/10dlc/phoneNumberCampaign/${from.phone_number}`);
  assert.equal(other.phoneNumber, from.phone_number);
  await emulator.control('POST', 'account', { enforce_10dlc: false });
});

test('a sole proprietor confirms by code', async () => {
  const { brand } = client.messaging10dlc;
  const made = await brand.create({ ...company, entityType: 'SOLE_PROPRIETOR', ein: undefined,
    companyName: undefined, mobilePhone: '+14155550111' });
  await until('the brand is registered', async () =>
    (await brand.retrieve(made.brandId)).status === 'OK');
  await brand.triggerSMSOtp(made.brandId, { pinSms: 'Your PIN is @OTP_PIN@', successSms: 'Yes' });
  const { code } = (await emulator.state()).codes.find((each) => each.brandId === made.brandId);
  const wrong = code === '000000' ? '000001' : '000000';
  await assert.rejects(brand.verifySMSOtp(made.brandId, { otpPin: wrong }),
    Telnyx.BadRequestError);
  await brand.verifySMSOtp(made.brandId, { otpPin: code });
  assert.ok((await brand.retrieveSMSOtpStatus(made.brandId)).verifyDate);
});

test('a toll-free verification is filed, rejected, corrected, verified', async () => {
  const { requests } = client.messagingTollfree.verification;
  await emulator.control('POST', 'reviews', { outcome: 'reject', reason: 'No opt-in.' });
  const body = { businessName: 'Bluebird', phoneNumbers: [{ phoneNumber: '+18337300000' }],
    useCase: 'Customer Support', additionalInformation: '' };
  const filed = await requests.create(body);
  await emulator.advance(3_000);
  assert.equal((await requests.retrieve(filed.id)).verificationStatus, 'Rejected');
  await requests.update(filed.id, body);
  await emulator.advance(3_000);
  assert.equal((await requests.retrieve(filed.id)).verificationStatus, 'Verified');
  const all = await collect(requests.list({ page: 1, page_size: 10 }));
  assert.ok(all.some((each) => each.id === filed.id));
});

test('a call asks for TeXML by a signed form, and what it got is kept', async () => {
  const application = await applicationFor('calls');
  const number = await bought({ connection_id: application.id });
  const plan = '<?xml version="1.0"?><Response><Say>Nobody is here.</Say></Response>';
  receiver.answer = (request) => ({ status: 200, body:
    request.text.includes('CallStatus=ringing') ? plan : '' });
  const { id } = await emulator.control('POST', 'calls',
    { from: '+12125550147', to: number.phone_number });
  const of = (status) => (request) => {
    const form = new URLSearchParams(request.text);
    return form.get('CallSid') === id && form.get('CallStatus') === status;
  };
  const [asked] = await receiver.wait(1, of('ringing'));
  assert.equal(new URLSearchParams(asked.text).get('To'), number.phone_number);
  const [told] = await receiver.wait(1, of('completed'));
  assert.equal(new URLSearchParams(told.text).get('CallbackSource'), 'call-progress-events');
  const { calls } = await emulator.control('GET', 'calls');
  assert.equal(calls.find((each) => each.id === id).answer, plan);
  receiver.answer = () => ({ status: 200 });
});

describe('webhook signatures', () => {
  let got;
  let publicKey;
  const fresh = async () => {
    const number = await bought({ messaging_profile_id: (await profileFor('signed')).id });
    const { id } = await emulator.control('POST', 'texts',
      { from: '+12125550147', to: number.phone_number, body: 'Signed?' });
    return (await receiver.wait(1, (each) => each.body?.data?.payload?.id === id))[0];
  };
  // Another emulator, whose time was not skipped: the client looks at the clock on the wall.
  before(async () => {
    await emulator.stop();
    emulator = await startEmulator('telnyx');
    client = new Telnyx({ apiKey: 'KEY_test', baseURL: `${emulator.origin}/v2`, maxRetries: 0 });
    publicKey = (await emulator.state()).public_key;
    got = await fresh();
  });
  const judge = (text, headers, key = publicKey) => client.webhooks.unwrap(text, { headers, key });
  const refused = (promise) => assert.rejects(promise, /signature|timestamp|Invalid/i);

  test('what is signed is believed', async () => {
    const event = await judge(got.text, got.headers);
    assert.equal(event.data.event_type, 'message.received');
  });
  test('one changed byte, another key and another time are not', async () => {
    await refused(judge(got.text.replace('Signed?', 'Signed!'), got.headers));
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
    await refused(judge(got.text, got.headers, other.subarray(-32).toString('base64')));
    const seconds = Number(got.headers['telnyx-timestamp']) + 1;
    await refused(judge(got.text, { ...got.headers, 'telnyx-timestamp': String(seconds) }));
  });
  test('a signature that the emulator was told to break is not', async () => {
    await emulator.fault('webhook_bad_signature', 'message.received');
    const broken = await fresh();
    await refused(judge(broken.text, broken.headers));
  });
  test('an event of 301 seconds ago is not', async () => {
    await emulator.advance(301_000);
    const early = await fresh();  // signed in the emulator's time, which is ahead
    await refused(judge(early.text, early.headers));
  });
});

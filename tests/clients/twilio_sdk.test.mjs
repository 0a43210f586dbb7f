// The unmodified client library `twilio` against the wire emulator: numbers, texts, calls,
// messaging services, registration, magic numbers, errors, and its judge of signatures.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { startReceiver } from '../support/receiver.mjs';
import { until } from '../support/waiting.mjs';
import { startEmulator } from '../support/wire_emulator.mjs';

const require = createRequire(import.meta.url);
const twilio = require('twilio');

let emulator;
let given;     // credentials
let client;
let tester;    // with the carrier's test credentials
let receiver;

// Sends every request to the emulator, whichever host it was meant for.
class ToEmulator extends twilio.RequestClient {
  request(options) {
    const url = new URL(options.uri);
    const to = new URL(emulator.origin);
    url.protocol = to.protocol;
    url.host = to.host;
    return super.request({ ...options, uri: url.toString() });
  }
}
const clientOf = (sid, token, more = {}) =>
  twilio(sid, token, { httpClient: new ToEmulator(), ...more });

before(async () => {
  emulator = await startEmulator('twilio');
  given = (await emulator.state()).credentials;
  client = clientOf(given.account_sid, given.auth_token);
  tester = clientOf(given.test_account_sid, given.test_auth_token);
  receiver = await startReceiver((request) => ({
    status: 200, headers: { 'content-type': 'text/xml' }, body: planFor(request.path),
  }));
});
after(async () => {
  await receiver.close();
  await emulator.stop();
});

// Made by the library's own writer.
function planFor(path) {
  const plan = new twilio.twiml.VoiceResponse();
  if (path.endsWith('/connect')) {
    const connect = plan.connect({ action: `${receiver.url}/after?a=1&b=2` });
    connect.stream({ url: 'wss://agent.example/media',
      statusCallback: `${receiver.url}/stream`, statusCallbackMethod: 'POST' });
  } else if (path.endsWith('/dial')) {
    plan.dial({ action: `${receiver.url}/dialled` }).sip('sip:agent@edge.example');
  }
  return plan.toString();
}

const rejectsWith = (code, status = 400) => (failure) => {
  assert.equal(failure.code, code);
  assert.equal(failure.status, status);
  assert.match(failure.moreInfo, new RegExp(`${code}$`));
  return true;
};
const formOf = (request) => {
  const fields = {};
  for (const [name, value] of new URLSearchParams(request.text)) {
    fields[name] = name in fields ? [].concat(fields[name], value) : value;
  }
  return fields;
};
const aNumber = async (more = {}) => {
  const [offer] = await client.availablePhoneNumbers('US').local.list({ areaCode: 415, limit: 1 });
  return client.incomingPhoneNumbers.create({ phoneNumber: offer.phoneNumber, ...more });
};

test('it is the published version', () => {
  assert.equal(require('twilio/package.json').version, '6.2.0');
});

test('numbers: search with filters', async () => {
  const local = await client.availablePhoneNumbers('US').local
    .list({ areaCode: 212, contains: '21', smsEnabled: true, mmsEnabled: true, limit: 5 });
  assert.equal(local.length, 5);
  for (const offer of local) {
    assert.match(offer.phoneNumber, /^\+1212\d{7}$/);
    assert.equal(offer.isoCountry, 'US');
    assert.equal(offer.locality, 'New York');
    assert.equal(offer.capabilities.MMS, true);
    assert.equal(typeof offer.latitude, 'string');
  }
  const [free] = await client.availablePhoneNumbers('US').tollFree
    .list({ areaCode: 888, limit: 1 });
  assert.match(free.phoneNumber, /^\+1888/);
  const none = await client.availablePhoneNumbers('US').local.list({ areaCode: 533 });
  assert.deepEqual(none, []);
  const inPlace = await client.availablePhoneNumbers('US').local
    .list({ inRegion: 'TX', inLocality: 'Austin', limit: 2 });
  assert.ok(inPlace.every((offer) => offer.phoneNumber.startsWith('+1512')));
});

test('numbers: buy, read, update, release', async () => {
  const bought = await aNumber({ friendlyName: 'mark-1', smsUrl: 'https://example.test/sms' });
  assert.match(bought.sid, /^PN[0-9a-f]{32}$/);
  assert.equal(bought.friendlyName, 'mark-1');
  assert.equal(bought.smsUrl, 'https://example.test/sms');
  assert.equal(bought.voiceUrl, '');
  assert.equal(bought.trunkSid, null);
  assert.equal(bought.status, 'in-use');
  assert.ok(bought.dateCreated instanceof Date && !Number.isNaN(bought.dateCreated.getTime()));
  assert.deepEqual(bought.capabilities, { voice: true, sms: true, mms: true, fax: false });

  const one = client.incomingPhoneNumbers(bought.sid);
  const changed = await one.update({ voiceUrl: 'https://example.test/voice', trunkSid: 'TK1' });
  assert.equal(changed.trunkSid, 'TK1');
  const switched = await one.update({ voiceApplicationSid: 'AP1' });
  assert.equal(switched.trunkSid, null, 'a trunk and an application exclude each other');
  assert.equal((await one.fetch()).friendlyName, 'mark-1');
  assert.equal(await one.remove(), true);
  await assert.rejects(one.fetch(), rejectsWith(20404, 404));
  await assert.rejects(one.remove(), rejectsWith(20404, 404));
});

test('numbers: an owned one is bought again, both ways', async () => {
  const bought = await aNumber({ friendlyName: 'first' });
  const again = () => client.incomingPhoneNumbers
    .create({ phoneNumber: bought.phoneNumber, friendlyName: 'second' });
  await assert.rejects(again(), rejectsWith(21422));
  await emulator.fault('buy_again_updates', 'buy');
  const updated = await again();
  assert.equal(updated.sid, bought.sid);
  assert.equal(updated.friendlyName, 'second');
  const purchases = (await emulator.state()).purchases
    .filter((one) => one.e164 === bought.phoneNumber);
  assert.equal(purchases.length, 1);
});

test('numbers: lists page by themselves and keep their filters', async () => {
  const sids = new Set();
  for (let i = 0; i < 7; ++i) sids.add((await aNumber({ friendlyName: 'paged' })).sid);
  const listed = await client.incomingPhoneNumbers
    .list({ friendlyName: 'paged', pageSize: 3, limit: 100 });
  assert.deepEqual(new Set(listed.map((one) => one.sid)), sids);
  assert.equal(listed.length, 7);
  let pages = 0;
  let page = await client.incomingPhoneNumbers.page({ friendlyName: 'paged', pageSize: 3 });
  for (; page; page = await page.nextPage()) ++pages;
  assert.equal(pages, 3);
  await emulator.fault('filter_ignored', 'list');
  const all = await client.incomingPhoneNumbers.page({ friendlyName: 'nobody', pageSize: 100 });
  assert.ok(all.instances.length > 7);
});

test('numbers: an emergency address stands in the way of a release', async () => {
  const bought = await aNumber();
  await emulator.control('POST', 'numbers',
    { e164: bought.phoneNumber, emergency_address: true });
  const one = client.incomingPhoneNumbers(bought.sid);
  await assert.rejects(one.remove(), rejectsWith(20409, 409));
  const without = await one.update({ emergencyAddressSid: '' });
  assert.equal(without.emergencyAddressSid, null);
  assert.equal(await one.remove(), true);
});

test('magic numbers of the test credentials', async () => {
  const buy = (order) => tester.incomingPhoneNumbers.create(order);
  await assert.rejects(buy({ phoneNumber: '+15005550000' }), rejectsWith(21422));
  await assert.rejects(buy({ phoneNumber: '+15005550001' }), rejectsWith(21421));
  assert.equal((await buy({ phoneNumber: '+15005550006' })).phoneNumber, '+15005550006');
  await assert.rejects(buy({ areaCode: '533' }), rejectsWith(21452));
  assert.equal((await buy({ areaCode: '500' })).phoneNumber, '+15005550006');

  const text = (from, to) => tester.messages.create({ from, to, body: 'hi' });
  const ok = '+15005550006';
  for (const [from, code] of [['+15005550001', 21212], ['+15005550007', 21606],
    ['+15005550008', 21611], ['+14155550100', 21606]]) {
    await assert.rejects(text(from, '+14155550199'), rejectsWith(code));
  }
  for (const [to, code] of [['+15005550001', 21211], ['+15005550002', 21612],
    ['+15005550003', 21408], ['+15005550004', 21610], ['+15005550009', 21614]]) {
    await assert.rejects(text(ok, to), rejectsWith(code));
  }
  assert.equal((await text(ok, '+14155550199')).status, 'queued');

  const call = (from, to) => tester.calls.create({ from, to, url: 'https://example.test/v' });
  await assert.rejects(call('+15005550001', '+14155550199'), rejectsWith(21212));
  await assert.rejects(call('+14155550100', '+14155550199'), rejectsWith(21210));
  for (const [to, code] of [['+15005550001', 21217], ['+15005550002', 21214],
    ['+15005550003', 21215], ['+15005550004', 21216]]) {
    await assert.rejects(call(ok, to), rejectsWith(code));
  }
  assert.equal((await call(ok, '+14155550199')).status, 'queued');
  await assert.rejects(tester.incomingPhoneNumbers.list(), rejectsWith(20008, 403));
});

test('errors: wrong token, rate limit, server error, no funds', async () => {
  const stranger = clientOf(given.account_sid, 'a wrong token of some length');
  await assert.rejects(stranger.incomingPhoneNumbers.list(), rejectsWith(20003, 401));
  await emulator.fault('rate_limited', 'list');
  await assert.rejects(client.incomingPhoneNumbers.list(), rejectsWith(20429, 429));
  await emulator.fault('error_before', 'list', { status: 503 });
  await assert.rejects(client.incomingPhoneNumbers.list(), rejectsWith(20503, 503));
  await emulator.fault('no_funds', 'buy');
  await assert.rejects(aNumber(), rejectsWith(20005, 403));
  const keyed = twilio(given.api_key_sid, given.api_key_secret,
    { accountSid: given.account_sid, httpClient: new ToEmulator() });
  assert.ok((await keyed.incomingPhoneNumbers.list({ limit: 1 })).length === 1);
});

test('accounts: state, balance, a suspended sub-account', async () => {
  const account = await client.api.v2010.accounts(given.account_sid).fetch();
  assert.equal(account.status, 'active');
  assert.equal((await client.balance.fetch()).currency, 'USD');
  const sub = await client.api.v2010.accounts.create({ friendlyName: 'A customer' });
  const number = await aNumber();
  const moved = await client.incomingPhoneNumbers(number.sid).update({ accountSid: sub.sid });
  assert.equal(moved.accountSid, sub.sid);
  const below = clientOf(sub.sid, sub.authToken);
  assert.equal((await below.incomingPhoneNumbers.list()).length, 1);
  await client.api.v2010.accounts(sub.sid).update({ status: 'suspended' });
  await assert.rejects(below.incomingPhoneNumbers.list(), rejectsWith(20005, 403));
});

test('texts: sent, reported with signatures the library accepts, found in lists', async () => {
  const number = await aNumber();
  const url = `${receiver.url}/status?text=m1`;
  const sent = await client.messages.create({
    from: number.phoneNumber, to: '+14155550142', body: 'Hello & welcome', statusCallback: url,
  });
  assert.equal(sent.status, 'queued');
  assert.equal(sent.errorCode, null);
  assert.equal(sent.numSegments, '1');
  await emulator.advance(200);
  const reports = await receiver.wait(4, (one) => one.path.includes('text=m1'));
  const statuses = reports.map((one) => formOf(one).MessageStatus);
  assert.ok(statuses.includes('sent') && statuses.includes('delivered'));
  assert.equal(statuses.filter((one) => one === 'sent').length, 2, 'reports repeat');
  for (const report of reports) {
    const signature = report.headers['x-twilio-signature'];
    const accepts = (token, at, fields) => twilio.validateRequest(token, signature, at, fields);
    assert.ok(accepts(given.auth_token, url, formOf(report)));
    assert.ok(!accepts(given.auth_token, `${url}2`, formOf(report)));
    assert.ok(!accepts(given.auth_token, url, { ...formOf(report), To: '+14155550143' }));
    assert.ok(!accepts(given.test_auth_token, url, formOf(report)));
  }
  const found = await client.messages(sent.sid).fetch();
  assert.equal(found.status, 'delivered');
  const listed = await client.messages.list({ from: number.phoneNumber, to: '+14155550142',
    dateSentAfter: new Date(Date.now() - 60_000) });
  assert.deepEqual(listed.map((one) => one.body), ['Hello & welcome']);

  await emulator.fault('text_fails', 'send', { text: '30034' });
  const lost = await client.messages.create(
    { from: number.phoneNumber, to: '+14155550142', body: 'x' });
  await emulator.advance(200);
  const ended = await client.messages(lost.sid).fetch();
  assert.equal(ended.status, 'undelivered');
  assert.equal(ended.errorCode, 30034);
});

test('texts: what comes in is posted and signed, and a STOP is kept', async () => {
  const url = `${receiver.url}/in`;
  const number = await aNumber({ smsUrl: url });
  await emulator.control('POST', 'texts', {
    from: '+14155550150', to: number.phoneNumber, body: 'What is 2 & 2?',
    media_urls: ['https://example.test/a.jpg'],
  });
  const [post] = await receiver.wait(1, (one) => one.path.endsWith('/in'));
  const fields = formOf(post);
  assert.equal(fields.Body, 'What is 2 & 2?');
  assert.equal(fields.MediaUrl0, 'https://example.test/a.jpg');
  assert.equal(fields.SmsStatus, 'received');
  assert.ok(twilio.validateRequest(given.auth_token, post.headers['x-twilio-signature'], url,
    fields));
  await emulator.control('POST', 'texts',
    { from: '+14155550150', to: number.phoneNumber, body: 'stop' });
  const [, stop] = await receiver.wait(2, (one) => one.path.endsWith('/in'));
  assert.equal(formOf(stop).OptOutType, 'STOP');
  await assert.rejects(client.messages.create(
    { from: number.phoneNumber, to: '+14155550150', body: 'x' }), rejectsWith(21610));
  const inbound = await client.messages.list({ from: '+14155550150' });
  assert.deepEqual(inbound.map((one) => one.direction), ['inbound', 'inbound']);
});

test('messaging services: numbers go in and out, and where their texts go', async () => {
  const service = await client.messaging.v1.services.create({
    friendlyName: 'A service', inboundRequestUrl: `${receiver.url}/service`,
    useInboundWebhookOnNumber: false,
  });
  assert.match(service.sid, /^MG/);
  const number = await aNumber({ smsUrl: `${receiver.url}/number` });
  const put = () => client.messaging.v1.services(service.sid).phoneNumbers
    .create({ phoneNumberSid: number.sid });
  assert.equal((await put()).phoneNumber, number.phoneNumber);
  await assert.rejects(put(), rejectsWith(21710, 409));
  const members = await client.messaging.v1.services(service.sid).phoneNumbers.list();
  assert.deepEqual(members.map((one) => one.sid), [number.sid]);
  const text = (body) => emulator.control('POST', 'texts',
    { from: '+14155550151', to: number.phoneNumber, body });
  await text('to the service');
  await receiver.wait(1, (one) => one.path.endsWith('/service'));
  await client.messaging.v1.services(service.sid).update({ useInboundWebhookOnNumber: true });
  await text('to the number');
  await receiver.wait(1, (one) => one.path.endsWith('/number'));
  const sent = await client.messages.create(
    { messagingServiceSid: service.sid, to: '+14155550142', body: 'From the service' });
  assert.equal(sent.from, number.phoneNumber);
  assert.equal(sent.status, 'accepted');
  await client.messaging.v1.services(service.sid).phoneNumbers(number.sid).remove();
  assert.deepEqual(await client.messaging.v1.services(service.sid).phoneNumbers.list(), []);
  assert.ok((await client.messaging.v1.services.list()).length >= 1);
});

test('calls: placed ones ask for a plan and report how they end', async () => {
  const number = await aNumber();
  const call = await client.calls.create({
    from: number.phoneNumber, to: '+14155550142', url: `${receiver.url}/plan`,
    statusCallback: `${receiver.url}/call`,
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
  });
  assert.match(call.sid, /^CA/);
  await emulator.advance(60);
  const [asked] = await receiver.wait(1, (one) => one.path.endsWith('/plan'));
  assert.equal(formOf(asked).CallSid, call.sid);
  assert.ok(twilio.validateRequest(given.auth_token, asked.headers['x-twilio-signature'],
    `${receiver.url}/plan`, formOf(asked)));
  const reports = await receiver.wait(4, (one) => one.path.endsWith('/call'));
  const last = reports.map(formOf).find((one) => one.CallStatus === 'completed');
  assert.equal(last.SequenceNumber, '3');
  assert.equal(last.CallDuration, '12');
  assert.equal((await client.calls(call.sid).fetch()).status, 'completed');

  const waiting = await client.calls.create(
    { from: number.phoneNumber, to: '+14155550142', twiml: '<Response/>' });
  const ended = await client.calls(waiting.sid).update({ status: 'canceled' });
  assert.equal(ended.status, 'canceled');
});

test('calls: one that comes in gets its plan from the number\'s address', async () => {
  const number = await aNumber({ voiceUrl: `${receiver.url}/voice` });
  const { sid } = await emulator.control('POST', 'calls',
    { from: '+14155550160', to: number.phoneNumber });
  const [asked] = await receiver.wait(1, (one) => one.path.endsWith('/voice'));
  assert.equal(formOf(asked).Direction, 'inbound');
  assert.equal(formOf(asked).CallStatus, 'ringing');
  const { calls } = await emulator.control('GET', 'calls');
  assert.equal(calls.find((one) => one.sid === sid).answers.length, 1);
});

test('calls: a stream or a dialled leg is reported, and its end asks what is next', async () => {
  const number = await aNumber({ voiceUrl: `${receiver.url}/connect`,
    statusCallback: `${receiver.url}/ended` });
  await emulator.control('POST', 'calls', { from: '+14155550161', to: number.phoneNumber });
  const streams = await receiver.wait(2, (one) => one.path.endsWith('/stream'));
  assert.deepEqual(new Set(streams.map((one) => formOf(one).StreamEvent)),
    new Set(['stream-started', 'stream-stopped']));
  await emulator.advance(150);
  const [next] = await receiver.wait(1, (one) => one.path.endsWith('/after?a=1&b=2'));
  assert.equal(formOf(next).CallStatus, 'in-progress');
  assert.ok(twilio.validateRequest(given.auth_token, next.headers['x-twilio-signature'],
    `${receiver.url}/after?a=1&b=2`, formOf(next)));
  await emulator.advance(150);
  const ends = await receiver.wait(3, (one) => one.path.endsWith('/ended'));
  assert.ok(ends.map(formOf).some((one) => one.CallStatus === 'completed'));

  await emulator.fault('stream_fails', 'call');
  await emulator.control('POST', 'calls', { from: '+14155550162', to: number.phoneNumber });
  const failed = await receiver.wait(1, (one) => one.path.endsWith('/stream') &&
    formOf(one).StreamEvent === 'stream-error');
  assert.equal(failed.length, 1);

  await client.incomingPhoneNumbers(number.sid).update({ voiceUrl: `${receiver.url}/dial` });
  await emulator.control('POST', 'calls',
    { from: '+14155550163', to: number.phoneNumber, leg_ends: 'no-answer' });
  // Its plan is fetched before time passes.
  await receiver.wait(1, (one) => one.path.endsWith('/dial'));
  const [dialled] = await until('the leg has ended', async () => {
    await emulator.advance(150);
    const all = receiver.requests.filter((one) => one.path.endsWith('/dialled'));
    return all.length > 0 && all;
  });
  assert.equal(formOf(dialled).DialCallStatus, 'no-answer');
});

// ---- registration ----------------------------------------------------------------------------

const hub = () => client.trusthub.v1;
const companyPolicy = 'RNdfbf3fae0e1107f8aded0e7cead80bf5';
const textingPolicy = 'RNb0d4771c2c98518d916a3d4cd70a8f8b';
const company = { business_name: 'Bluebird Supply LLC', business_registration_number: '123456789',
  business_type: 'Limited Liability Corporation', business_industry: 'RETAIL',
  website_url: 'https://bluebird.example' };
const person = { first_name: 'Ada', last_name: 'Bird', email: 'ada@bluebird.example',
  phone_number: '+14155550100' };

async function filledProfile(attributes = company) {
  const profile = await hub().customerProfiles.create(
    { friendlyName: 'Bluebird', email: 'ada@bluebird.example', policySid: companyPolicy });
  const assign = (objectSid) => hub().customerProfiles(profile.sid)
    .customerProfilesEntityAssignments.create({ objectSid });
  for (const [type, said] of [['customer_profile_business_information', attributes],
    ['authorized_representative_1', person]]) {
    await assign((await hub().endUsers.create(
      { friendlyName: type, type, attributes: said })).sid);
  }
  const address = await client.addresses.create({ customerName: 'Bluebird Supply LLC',
    street: '1 Main St', city: 'Oakland', region: 'CA', postalCode: '94607', isoCountry: 'US' });
  await assign((await hub().supportingDocuments.create({ friendlyName: 'Address',
    type: 'customer_profile_address', attributes: { address_sids: address.sid } })).sid);
  return profile;
}

async function approvedBrand(more = {}) {
  const profile = await filledProfile();
  const judged = await hub().customerProfiles(profile.sid).customerProfilesEvaluations
    .create({ policySid: companyPolicy });
  assert.equal(judged.status, 'compliant');
  const submitted = await hub().customerProfiles(profile.sid).update({ status: 'pending-review' });
  assert.equal(submitted.status, 'twilio-approved');
  const product = await hub().trustProducts.create(
    { friendlyName: 'Texting', email: 'ada@bluebird.example', policySid: textingPolicy });
  const user = await hub().endUsers.create({ friendlyName: 'Texting',
    type: 'us_a2p_messaging_profile_information', attributes: { company_type: 'private' } });
  for (const objectSid of [user.sid, profile.sid]) {
    await hub().trustProducts(product.sid).trustProductsEntityAssignments.create({ objectSid });
  }
  const texting = await hub().trustProducts(product.sid).trustProductsEvaluations
    .create({ policySid: textingPolicy });
  assert.equal(texting.status, 'compliant');
  await hub().trustProducts(product.sid).update({ status: 'pending-review' });
  return client.messaging.v1.brandRegistrations.create({
    customerProfileBundleSid: profile.sid, a2PProfileBundleSid: product.sid, ...more });
}

const campaign = { description: 'Answers questions of customers about orders they have placed.',
  messageFlow: 'Customers tick a box at checkout that says they agree to get texts.',
  messageSamples: ['Bluebird: your order has shipped. Reply STOP to end.',
    'Bluebird: your order arrives today between 2 and 4.'],
  usAppToPersonUsecase: 'CUSTOMER_CARE', hasEmbeddedLinks: false, hasEmbeddedPhone: false,
  subscriberOptIn: true, ageGated: false, directLending: false };

test('10DLC: trust hub, brand and campaign, with a rejection and its correction', async () => {
  const lacking = await filledProfile({ ...company, business_registration_number: '' });
  const judged = await hub().customerProfiles(lacking.sid).customerProfilesEvaluations
    .create({ policySid: companyPolicy });
  assert.equal(judged.status, 'noncompliant');
  assert.equal(judged.results[0].invalid[0].object_field, 'business_registration_number');

  const brand = await approvedBrand();
  assert.equal(brand.status, 'PENDING');
  const approved = await client.messaging.v1.brandRegistrations(brand.sid).fetch();
  assert.equal(approved.status, 'APPROVED');
  assert.match(approved.tcrId, /^B/);

  const service = await client.messaging.v1.services.create({ friendlyName: 'Campaign' });
  const registrations = client.messaging.v1.services(service.sid).usAppToPerson;
  await assert.rejects(registrations.create({ ...campaign, brandRegistrationSid: brand.sid,
    messageFlow: 'too short' }), rejectsWith(20001));
  await emulator.control('POST', 'reviews',
    { outcome: 'reject', reason: 'How do people opt in?', fields: ['MESSAGE_FLOW'] });
  const filed = await registrations.create({ ...campaign, brandRegistrationSid: brand.sid });
  assert.equal(filed.campaignStatus, 'IN_PROGRESS');
  await emulator.advance(3_001);
  const one = client.messaging.v1.services(service.sid).usAppToPerson(filed.sid);
  const rejected = await one.fetch();
  assert.equal(rejected.campaignStatus, 'FAILED');
  assert.deepEqual(rejected.errors[0].fields, ['MESSAGE_FLOW']);
  await one.update(campaign);
  await emulator.advance(3_001);
  assert.equal((await one.fetch()).campaignStatus, 'VERIFIED');
  assert.equal((await registrations.list()).length, 1);
  assert.equal(await one.remove(), true);
});

test('10DLC: a brand that fails says why and is handed in again; a sole proprietor waits',
  async () => {
    await emulator.control('POST', 'reviews',
      { outcome: 'brand_fails', reason: 'Unknown company.', fields: ['TAX_ID'] });
    const brand = await approvedBrand();
    const at = client.messaging.v1.brandRegistrations(brand.sid);
    const failed = await at.fetch();
    assert.equal(failed.status, 'FAILED');
    assert.equal(failed.failureReason, 'Unknown company.');
    assert.deepEqual(failed.brandFeedback, ['TAX_ID']);
    assert.equal((await at.update()).status, 'APPROVED');

    const sole = await approvedBrand({ brandType: 'SOLE_PROPRIETOR' });
    const person = client.messaging.v1.brandRegistrations(sole.sid);
    assert.equal((await person.fetch()).status, 'PENDING');
    assert.equal((await person.brandRegistrationOtps.create()).brandRegistrationSid, sole.sid);
    await emulator.control('POST', 'codes', { brand: sole.sid });
    assert.equal((await person.fetch()).status, 'APPROVED');
  });

test('toll-free verification', async () => {
  const [offer] = await client.availablePhoneNumbers('US').tollFree.list({ limit: 1 });
  const number = await client.incomingPhoneNumbers.create({ phoneNumber: offer.phoneNumber });
  const filed = await client.messaging.v1.tollfreeVerifications.create({
    businessName: 'Bluebird', businessWebsite: 'https://bluebird.example',
    notificationEmail: 'ada@bluebird.example', useCaseCategories: ['CUSTOMER_CARE'],
    useCaseSummary: 'Answers questions', productionMessageSample: 'Your order has shipped.',
    optInImageUrls: ['https://bluebird.example'], optInType: 'WEB_FORM', messageVolume: '1,000',
    tollfreePhoneNumberSid: number.sid, externalReferenceId: 'mark.1' });
  assert.equal(filed.status, 'PENDING_REVIEW');
  await emulator.advance(3_001);
  const done = await client.messaging.v1.tollfreeVerifications(filed.sid).fetch();
  assert.equal(done.status, 'TWILIO_APPROVED');
  assert.equal(done.externalReferenceId, 'mark.1');
});

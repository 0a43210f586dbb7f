// Signatures of carriers' webhooks, both ways. In: what the official packages sign is accepted by a
// running server and arrives; each single change of it is refused with 401 and leaves nothing, and
// where the package judges signatures it says the same of every one. Out: what the emulators sign
// is accepted by the server and by the packages, and every change of it is refused by both.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { allPages } from '../support/actions.mjs';
import { agentUrl, caller, callsOf, newAgent, putEndpoint } from '../support/calls.mjs';
import {
  formOf, formType, hashSignedByTwilio, oldSurgeBelieves, secondsNow, signedAsOldSurge,
  signedAsTelnyx, signedBySurge, signedByTwilio, surgeBelieves, telnyxBelieves, telnyxPublicKey,
  twilioBelieves,
} from '../support/carrier_signing.mjs';
import { startCarrierWorld } from '../support/carrier_world.mjs';
import { expectStatus, send } from '../support/http.mjs';
import { uuidOf } from '../support/ids.mjs';
import { inboundTexts } from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

let count = 0;
const unique = (length, prefix = '') => {
  count += 1;
  return prefix + String(count).padStart(length, '0');
};

// ---- a server with one number that an agent answers -------------------------------------------

async function openWorld(carrier, options) {
  const world = await startCarrierWorld(carrier, options);
  const { server } = world;
  world.origin = world.carrierGate.origin;  // our public address
  world.agent = await newAgent(server);
  expectStatus(await putEndpoint(server, world.agent.id), 200);
  const { id, number } = expectStatus(await server.agent.post('/agents/phone-numbers/provision',
    { label: 'At a carrier', agent_id: world.agent.id }), 201).body;
  world.number = number;
  world.phone = { id: uuidOf(id), e164: number };
  return world;
}

const post = ({ server }, { path, headers, body }) =>
  send(server.origin, 'POST', path, { body: Buffer.from(body), headers });

async function stored({ server, phone, agent }) {
  const inbox = [];
  for (const status of ['set_aside', 'received', 'processed']) {
    inbox.push(...await allPages(server.operator, `/v1/inbox?status=${status}`, 'entries'));
  }
  return { inbox: inbox.map((each) => each.id).sort(),
    texts: (await inboundTexts(server, phone)).map((each) => each.id).sort(),
    calls: (await callsOf(server, agent)).map((each) => each.id).sort() };
}

const textArrived = ({ server, phone }, words) => until(`"${words}" arrives`, async () =>
  (await inboundTexts(server, phone)).find((row) => row.body_preview === words));
const callArrived = ({ server, agent }, sid) => until(`call ${sid} arrives`, async () =>
  (await callsOf(server, agent, '', { 'Cartesia-Version': '2026-08-14' }))
    .find((row) => row.telephony_params.call_sid === sid));

// Every one of them refused, by us and by the judge, and nothing of them kept. A function makes its
// request when its turn comes: what must be new or old is so then.
async function allRefused(world, judge, forged) {
  assert.ok(forged.length > 0);
  const before = await stored(world);
  const waiting = [...forged];
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (waiting.length > 0) {
      const [what, given] = waiting.shift();
      const request = typeof given === 'function' ? given() : given;
      const answer = await post(world, request);
      assert.equal(answer.status, 401, `${what}: ${answer.status} ${answer.text}`);
      // Of a header that came twice, packages see what their framework made of it.
      const isTwice = Object.values(request.headers).some(Array.isArray);
      if (!judge || isTwice) continue;
      assert.equal(await judge(request), false, `${what}: the package believes it`);
    }
  }));
  assert.deepEqual(await stored(world), before);
}

async function allAccepted(world, judge, genuine) {
  for (const [what, given, arrives] of genuine) {
    const request = typeof given === 'function' ? given() : given;
    const answer = await post(world, request);
    assert.equal(answer.status, 200, `${what}: ${answer.status} ${answer.text}`);
    if (judge) assert.equal(await judge(request), true, `${what}: the package doubts it`);
    await arrives?.();
  }
}

// ---- changes that every scheme must notice ----------------------------------------------------

const withHeaders = (request, headers) =>
  ({ ...request, headers: { ...request.headers, ...headers } });

function withoutHeader(request, name) {
  const { [name]: gone, ...headers } = request.headers;
  assert.notEqual(gone, undefined);
  return { ...request, headers };
}

// Each byte of an ASCII text changed in one bit, of long ones each third: [[where, text], ...].
function eachByteChanged(text) {
  const step = text.length > 300 ? 3 : 1;
  return Array.from(text, (letter, at) => [at,
    text.slice(0, at) + String.fromCharCode(letter.charCodeAt(0) ^ 1) + text.slice(at + 1)])
    .filter(([at]) => at % step === 0 || at === text.length - 1);
}

const bodyChanges = (request) => [
  ...eachByteChanged(request.body).map(([at, body]) => [`byte ${at} of the body`,
    { ...request, body }]),
  ['a byte more', { ...request, body: `${request.body}A` }],
  ['a byte less', { ...request, body: request.body.slice(0, -1) }],
];

// Of headers that must be there once: missing, empty, twice, and changed in each byte.
function headerChanges(request, names) {
  return names.flatMap((name) => {
    const value = request.headers[name];
    return [
      [`no ${name}`, withoutHeader(request, name)],
      [`an empty ${name}`, withHeaders(request, { [name]: '' })],
      [`${name} twice`, withHeaders(request, { [name]: [value, value] })],
      [`${name} twice, the second wrong`, withHeaders(request, { [name]: [value, 'AAAA'] })],
      ...eachByteChanged(value).map(([at, changed]) =>
        [`byte ${at} of ${name}`, withHeaders(request, { [name]: changed })]),
    ];
  });
}

// ---- Twilio -----------------------------------------------------------------------------------

describe('twilio', () => {
  let world;
  let token;
  const judge = (request) => twilioBelieves(token, request);
  const textBody = (words, more = {}) => new URLSearchParams({
    MessageSid: unique(32, 'SM'), From: caller, To: world.number, Body: words, NumMedia: '0',
    ...more }).toString();
  const callBody = (sid, more = {}) => new URLSearchParams({ CallSid: sid, From: caller,
    To: world.number, CallStatus: 'ringing', Direction: 'inbound', ...more }).toString();
  const signed = (path, body, more) =>
    signedByTwilio(more?.token ?? token, world.origin, path, body, more);
  const texts = '/carriers/twilio/texts';
  const calls = '/carriers/twilio/calls';

  before(async () => {
    world = await openWorld('twilio');
    token = world.credentials.auth_token;
  });
  after(() => world?.stop());

  test('what the package signs arrives', async () => {
    const bare = `${world.origin.replace(/:\d+$/, '')}${texts}`;
    const sid = unique(32, 'CA');
    const umlauts = 'Grüße & mehr + 100 % = ☎';
    await allAccepted(world, judge, [
      ['a text', signed(texts, textBody('One')), () => textArrived(world, 'One')],
      ['another alphabet', signed(texts, textBody(umlauts)), () => textArrived(world, umlauts)],
      ['an empty field', signed(texts, textBody('Two', { FromCity: '' })),
        () => textArrived(world, 'Two')],
      ['a field twice, in one order', signed(texts, `${textBody('Three')}&X=b&X=a&X=b`),
        () => textArrived(world, 'Three')],
      ['signed without the port', signed(texts, textBody('Four'), { url: bare }),
        () => textArrived(world, 'Four')],
      ['with a query', signed(`${texts}?a=1&b=two%20words`, textBody('Five')),
        () => textArrived(world, 'Five')],
      ['at the other address', signed('/webhooks/twilio', textBody('Six')),
        () => textArrived(world, 'Six')],
      ['a call', signed(calls, callBody(sid)), () => callArrived(world, sid)],
      ['its report', signed(`${calls}/status`, callBody(sid, { CallStatus: 'completed' }))],
      ['a body covered by its hash', hashSignedByTwilio(token, world.origin, texts, '{"a":1}')],
    ]);
    const again = signed(texts, textBody('Once'));
    for (let i = 0; i < 3; ++i) expectStatus(await post(world, again), 200);
    await textArrived(world, 'Once');
    assert.equal((await inboundTexts(world.server, world.phone))
      .filter((row) => row.body_preview === 'Once').length, 1);
  });

  for (const [what, path, body] of [['text', texts, () => textBody('Forged + 1')],
    ['call', calls, () => callBody(unique(32, 'CA'))]]) {
    test(`each change of a ${what} is refused`, async () => {
      const good = signed(path, body());
      assert.equal(judge(good), true);
      const url = good.url;
      const mac = (algorithm, encoding) => createHmac(algorithm, token)
        .update(url + Object.entries(formOf(good.body)).sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => name + value).join('')).digest(encoding);
      assert.equal(mac('sha1', 'base64'), good.headers['x-twilio-signature']);
      const signedFor = (address) => signed(path, good.body, { url: address });
      await allRefused(world, judge, [
        ...bodyChanges(good),
        ...headerChanges(good, ['x-twilio-signature']),
        ['another token', signed(path, good.body, { token: token.replace(/^./, 'z') })],
        ['an empty token', signed(path, good.body, { token: '' })],
        ['SHA-256', withHeaders(good, { 'x-twilio-signature': mac('sha256', 'base64') })],
        ['hex', withHeaders(good, { 'x-twilio-signature': mac('sha1', 'hex') })],
        ['signed for https', signedFor(url.replace('http:', 'https:'))],
        ['signed for another host', signedFor(url.replace('127.0.0.1', 'other.example'))],
        ['signed for another port', signedFor(url.replace(/:\d+\//, ':1/'))],
        ['signed for another path', signedFor(`${url}/next`)],
        ['signed for upper case', signedFor(url.toUpperCase())],
        ['signed for a query', signedFor(`${url}?a=1`)],
        ['a query added', { ...good, path: `${path}?a=1`, url: `${url}?a=1` }],
        ['a field added', { ...good, body: `${good.body}&Extra=1` }],
        ['a field twice', { ...good, body: `${good.body}&From=%2B12125550199` }],
        ['another form', { ...signedFor(url), body: body() }],
      ]);
    });
  }

  test('a body covered by its hash: each change is refused', async () => {
    const good = hashSignedByTwilio(token, world.origin, texts, '{"hello":"world"}');
    const other = hashSignedByTwilio(token, world.origin, texts, '{"hello":"there"}');
    await allRefused(world, judge, [
      ...bodyChanges(good),
      ...headerChanges(good, ['x-twilio-signature']),
      ['another body\'s address', { ...good, path: other.path, url: other.url }],
      ['another body\'s signature', withHeaders(good, other.headers)],
    ]);
    // A text that claims to be JSON would be covered by nothing.
    await allRefused(world, undefined, [['a form called JSON', withHeaders(
      signed(texts, textBody('Forged')), { 'content-type': 'application/json' })]]);
  });

  test('what the emulator signs is believed; each change of it is not', async () => {
    await emulatedTextAndCall(world, (seen) => ({ path: seen.path, body: seen.requestText,
      url: world.origin + seen.path, headers: { 'content-type': formType,
        'x-twilio-signature': seen.requestHeaders['x-twilio-signature'] } }),
    judge, (good) => [...bodyChanges(good), ...headerChanges(good, ['x-twilio-signature'])],
    { texts, calls });
  });
});

// The emulator sends a text and, where `calls` are, rings: what it posted there is taken by the
// server, believed by the judge, and not changed without both noticing.
async function emulatedTextAndCall(world, requestOf, judge, changesOf, { texts, calls }) {
  const { emulator, server, carrierGate } = world;
  const words = 'From the emulator';
  const checkWhatCameTo = async (path) => {
    const seen = await until(`a webhook at ${path}`, () =>
      carrierGate.history.find((each) => each.path === path));
    assert.equal(seen.status, 200, seen.text);
    const good = requestOf(seen);
    assert.equal(await judge(good), true, `the package doubts ${path}`);
    expectStatus(await post(world, good), 200);
    await allRefused(world, judge, changesOf(good));
  };
  await emulator.control('POST', 'texts', { from: caller, to: world.number, body: words });
  await textArrived(world, words);
  await checkWhatCameTo(texts);
  assert.equal((await inboundTexts(server, world.phone))
    .filter((row) => row.body_preview === words).length, 1);
  if (calls === undefined) return;
  const before = (await stored(world)).calls.length;
  await emulator.control('POST', 'calls', { from: caller, to: world.number });
  await until('the call arrives', async () => (await stored(world)).calls.length > before);
  await checkWhatCameTo(calls);
  assert.equal((await stored(world)).calls.length, before + 1);
}

// ---- Telnyx -----------------------------------------------------------------------------------

describe('telnyx', () => {
  const pair = generateKeyPairSync('ed25519');
  const stranger = generateKeyPairSync('ed25519');
  const publicKey = telnyxPublicKey(pair.publicKey);
  const names = ['telnyx-signature-ed25519', 'telnyx-timestamp'];
  const texts = '/carriers/telnyx/texts';
  const calls = '/carriers/telnyx/calls';
  const judge = (request) => telnyxBelieves(publicKey, request);
  const signed = (path, body, more) => signedAsTelnyx(pair.privateKey, path, body, more);
  let world;
  const textBody = (words) => JSON.stringify({ data: { event_type: 'message.received',
    id: unique(12, '11111111-1111-4111-8111-'), occurred_at: new Date().toISOString(),
    record_type: 'event', payload: { id: unique(12, '22222222-2222-4222-8222-'),
      record_type: 'message', direction: 'inbound', type: 'SMS', from: { phone_number: caller },
      to: [{ phone_number: world.number, status: 'webhook_delivered' }], text: words,
      media: [], errors: [], received_at: new Date().toISOString() } }, meta: { attempt: 1 } });
  const callBody = (sid) => new URLSearchParams({ CallSid: sid, From: caller, To: world.number,
    CallStatus: 'ringing', Direction: 'inbound' }).toString();

  before(async () => {
    world = await openWorld('telnyx', { credentials: { public_key: publicKey } });
  });
  after(() => world?.stop());

  test('what its verifier expects arrives', async () => {
    const sid = unique(12, 'v3:');
    const at = (seconds) => ({ seconds: secondsNow() + seconds });
    await allAccepted(world, judge, [
      ['a text', signed(texts, textBody('One')), () => textArrived(world, 'One')],
      ['another alphabet', signed(texts, textBody('Grüße ☎')),
        () => textArrived(world, 'Grüße ☎')],
      ['almost five minutes old', () => signed(texts, textBody('Old'), at(-280)),
        () => textArrived(world, 'Old')],
      ['almost five minutes ahead', () => signed(texts, textBody('Ahead'), at(280)),
        () => textArrived(world, 'Ahead')],
      ['at the other address', signed('/webhooks/telnyx', textBody('Two')),
        () => textArrived(world, 'Two')],
      ['a call', signed(calls, callBody(sid), { type: formType }), () => callArrived(world, sid)],
    ]);
    const again = textBody('Once');
    for (let i = 0; i < 3; ++i) expectStatus(await post(world, signed(texts, again)), 200);
    await textArrived(world, 'Once');
    assert.equal((await inboundTexts(world.server, world.phone))
      .filter((row) => row.body_preview === 'Once').length, 1);
  });

  const cases = [['text', texts, () => textBody('Forged'), {}],
    ['call', calls, () => callBody(unique(12, 'v3:')), { type: formType }]];
  for (const [what, path, body, more] of cases) {
    test(`each change of a ${what} is refused`, async () => {
      const good = signed(path, body(), more);
      assert.equal(await judge(good), true);
      const [signature, time] = names.map((name) => good.headers[name]);
      const resigned = (signs) => signed(path, good.body, { ...more, signs });
      const late = (by) => signed(path, good.body, { ...more, seconds: secondsNow() + by });
      const hmac = createHmac('sha512', publicKey).update(`${time}|${good.body}`);
      await allRefused(world, judge, [
        ...bodyChanges(good),
        ...headerChanges(good, names),
        ['another key', signedAsTelnyx(stranger.privateKey, path, good.body, more)],
        ['too old', () => late(-302)],
        ['too new', () => late(303)],
        ['of an old time, the header new', withHeaders(late(-302), { 'telnyx-timestamp': time })],
        ['a time that is no number', signed(path, good.body, { ...more, seconds: 'soon' })],
        ['a time with a fraction', signed(path, good.body, { ...more, seconds: `${time}.0` })],
        ['only the body signed', resigned(good.body)],
        ['signed with a dot', resigned(`${time}.${good.body}`)],
        ['the hash signed', resigned(createHmac('sha512', '').update(good.body).digest('hex'))],
        ['HMAC with the public key', withHeaders(good, { [names[0]]: hmac.digest('base64') })],
        ['hex', withHeaders(good,
          { [names[0]]: Buffer.from(signature, 'base64').toString('hex') })],
        ['the same point and S + L', withHeaders(good, { [names[0]]: malleated(signature) })],
        ['the signature of Twilio instead', { ...good, headers: {
          'content-type': good.headers['content-type'], 'x-twilio-signature': signature } }],
      ]);
    });
  }

  // The emulator has a key of its own, so this one has a server of its own.
  test('what the emulator signs is believed; each change of it is not', async () => {
    const own = await openWorld('telnyx');
    try {
      const key = (await own.emulator.state()).public_key;
      await emulatedTextAndCall(own, (seen) => ({ path: seen.path, body: seen.requestText,
        headers: Object.fromEntries(['content-type', ...names].map((name) =>
          [name, seen.requestHeaders[name]])) }),
      (request) => telnyxBelieves(key, request),
      (good) => [...bodyChanges(good), ...headerChanges(good, names)], { texts, calls });
    } finally {
      await own.stop();
    }
  });
});

// An Ed25519 signature is R and S; S plus the group's order is the same point, and must not pass.
function malleated(signature) {
  const bytes = Buffer.from(signature, 'base64');
  let order = (1n << 252n) + 27742317777372353535851937790883648493n;
  let carry = 0;
  for (let at = 32; at < 64; ++at) {
    const sum = bytes[at] + Number(order & 255n) + carry;
    bytes[at] = sum & 255;
    carry = sum >> 8;
    order >>= 8n;
  }
  return bytes.toString('base64');
}

// ---- Surge ------------------------------------------------------------------------------------

describe('surge', () => {
  let world;
  let secret;
  const texts = '/carriers/surge/texts';
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  const judge = (request) => surgeBelieves(secret, request);
  const oldJudge = (request) => oldSurgeBelieves(secret, request);
  const signed = (body, more = {}) => signedBySurge(more.secret ?? secret, more.path ?? texts,
    body, { id: unique(12, 'evt_'), ...more });
  const signedOld = (body, more = {}) =>
    signedAsOldSurge(more.secret ?? secret, more.path ?? texts, body, more);
  const textBody = (words) => JSON.stringify({ type: 'message.received',
    account_id: 'acct_test', timestamp: new Date().toISOString(),
    data: { id: unique(26, 'msg_'), body: words, received_at: new Date().toISOString(),
      attachments: [], conversation: { id: unique(12, 'cnv_'),
        contact: { id: 'ctc_test', phone_number: caller },
        phone_number: { id: 'pn_test', number: world.number } } } });

  before(async () => {
    world = await openWorld('surge');
    secret = world.credentials.webhook_secret;
  });
  after(() => world?.stop());

  test('what the package signs arrives, and what the older header signs', async () => {
    const at = (seconds) => ({ seconds: secondsNow() + seconds });
    const arrives = (words) => () => textArrived(world, words);
    const listed = signed(textBody('Listed'));
    const signature = listed.headers['webhook-signature'];
    await allAccepted(world, judge, [
      ['a text', signed(textBody('One')), arrives('One')],
      ['another alphabet', signed(textBody('Grüße ☎')), arrives('Grüße ☎')],
      ['almost five minutes old', () => signed(textBody('Old'), at(-280)), arrives('Old')],
      ['almost five minutes ahead', () => signed(textBody('Ahead'), at(280)),
        arrives('Ahead')],
      ['one of several signatures',
        withHeaders(listed, { 'webhook-signature': `v2,AAAA v1,AAAA ${signature}` }),
        arrives('Listed')],
      ['at the other address', signed(textBody('Two'), { path: '/webhooks/surge' }),
        arrives('Two')],
    ]);
    await allAccepted(world, oldJudge, [
      ['the older header', signedOld(textBody('Older')), arrives('Older')],
      ['almost five minutes old', () => signedOld(textBody('Older and old'), at(-280)),
        arrives('Older and old')],
    ]);
    const again = textBody('Once');
    for (let i = 0; i < 3; ++i) {
      expectStatus(await post(world, signed(again, { id: 'evt_same' })), 200);
      expectStatus(await post(world, signedOld(again)), 200);
    }
    await textArrived(world, 'Once');
    assert.equal((await inboundTexts(world.server, world.phone))
      .filter((row) => row.body_preview === 'Once').length, 1);
  });

  test('each change is refused', async () => {
    const good = signed(textBody('Forged'));
    assert.equal(judge(good), true);
    const [id, time, signature] = names.map((name) => good.headers[name]);
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const content = `${id}.${time}.${good.body}`;
    const with64 = (algorithm, by, text) => withHeaders(good, { 'webhook-signature':
      `v1,${createHmac(algorithm, by).update(text).digest('base64')}` });
    assert.deepEqual(with64('sha256', key, content), good);
    const resigned = (changed) => withHeaders(good, { 'webhook-signature': changed });
    await allRefused(world, judge, [
      ...bodyChanges(good),
      ...headerChanges(good, names),
      ['another secret', signed(good.body, { secret: `whsec_${key.toString('base64')
        .replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}` })],
      ['too old', () => signed(good.body, { seconds: secondsNow() - 302 })],
      ['too new', () => signed(good.body, { seconds: secondsNow() + 303 })],
      ['another event\'s signature', withHeaders(good,
        { 'webhook-signature': signed(textBody('x')).headers['webhook-signature'] })],
      ['SHA-512', with64('sha512', key, content)],
      ['SHA-1', with64('sha1', key, content)],
      ['the secret not decoded', with64('sha256', secret, content)],
      ['the id not signed', with64('sha256', key, `${time}.${good.body}`)],
      ['the time not signed', with64('sha256', key, `${id}.${good.body}`)],
      ['only the body signed', with64('sha256', key, good.body)],
      ['called v2', resigned(signature.replace('v1,', 'v2,'))],
      ['called v1a', resigned(signature.replace('v1,', 'v1a,'))],
      ['without its version', resigned(signature.slice(3))],
      ['hex', resigned(`v1,${Buffer.from(signature.slice(3), 'base64').toString('hex')}`)],
    ]);
  });

  test('each change under the older header is refused', async () => {
    const good = signedOld(textBody('Forged'));
    const [, time, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(good.headers['surge-signature']);
    const header = (value) => withHeaders(good, { 'surge-signature': value });
    const mac = (algorithm, by, text) => createHmac(algorithm, by).update(text).digest('hex');
    await allRefused(world, oldJudge, [
      ...bodyChanges(good),
      ...headerChanges(good, ['surge-signature']),
      ['another secret', signedOld(good.body, { secret: `${secret}x` })],
      ['the secret decoded', header(`t=${time},v1=${mac('sha256',
        Buffer.from(secret.replace('whsec_', ''), 'base64'), `${time}.${good.body}`)}`)],
      ['too old', () => signedOld(good.body, { seconds: secondsNow() - 302 })],
      ['too new', () => signedOld(good.body, { seconds: secondsNow() + 303 })],
      ['two times', header(`t=${time},t=${time},v1=${hex}`)],
      ['no time', header(`v1=${hex}`)],
      ['no signature', header(`t=${time}`)],
      ['called v2', header(`t=${time},v2=${hex}`)],
      ['base64', header(`t=${time},v1=${Buffer.from(hex, 'hex').toString('base64')}`)],
      ['SHA-1', header(`t=${time},v1=${mac('sha1', secret, `${time}.${good.body}`)}`)],
      ['only the body signed', header(`t=${time},v1=${mac('sha256', secret, good.body)}`)],
    ]);
    // Where both are there, the newer one decides.
    const both = signed(good.body);
    await allRefused(world, judge, [['the older good, the newer bad', withHeaders(both, {
      ...good.headers, 'webhook-signature': 'v1,AAAA' })]]);
  });

  test('what the emulator signs is believed; each change of it is not', async () => {
    const requestOf = (seen, chosen) => ({ path: seen.path, body: seen.requestText,
      headers: Object.fromEntries(['content-type', ...chosen].map((name) =>
        [name, seen.requestHeaders[name]])) });
    await emulatedTextAndCall(world, (seen) => requestOf(seen, names), judge,
      (good) => [...bodyChanges(good), ...headerChanges(good, names)], { texts });
    const seen = world.carrierGate.history.find((each) => each.path === texts);
    assert.ok(seen.requestHeaders['surge-signature'], 'both headers are sent');
    const older = requestOf(seen, ['surge-signature']);
    assert.equal(oldJudge(older), true);
    await allRefused(world, oldJudge,
      [...bodyChanges(older), ...headerChanges(older, ['surge-signature'])]);
  });
});

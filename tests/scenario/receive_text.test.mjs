// Receiving: a text reaches the number once, whatever the carrier does; forgeries change nothing;
// what a carrier reports in any order ends the same.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { orderFault, provisionNaive } from '../support/actions.mjs';
import { api, expectError, expectStatus, send } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import {
  handset, inboundTexts, postWebhook, receivedBy, receivedEvent, sendText, setAside,
  signedHeaders, statusEvent, textArgs, textEnd, textFromOutside, textingNumber, textRow,
  webhookSecret,
} from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

let server;
let phone;
let secret;
before(async () => {
  server = await startServer({ slots: 100, credits: 10_000, args: textArgs });
  phone = await textingNumber(server);
  secret = await webhookSecret(server);
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

function arrival(body) {
  return until(`"${body}" is here`, async () =>
    (await inboundTexts(server, phone)).find((row) => row.body_preview === body));
}

test('a text from outside is read as documented', async () => {
  await textFromOutside(server, phone, 'hello number');
  const row = await arrival('hello number');
  assert.deepEqual(Object.keys(row),
    ['id', 'from', 'to', 'body_preview', 'num_media', 'received_at']);
  assert.equal(row.from, handset);
  assert.equal(row.to, phone.e164);
  const one = expectStatus(await server.agent.get(`/v1/phone/messages/${row.id}`), 200).body;
  assert.equal(one.body, 'hello number');
  assert.equal(one.phone_id, phone.id);
  assert.equal(one.direction, 'inbound');
  assert.deepEqual(one.media_urls, []);
  assert.deepEqual(one.metadata, {});
});

test('pictures come as addresses', async () => {
  expectStatus(await server.operator.post('/v1/sandbox/messages', { from: handset,
    to: phone.e164, body: 'look', media_urls: ['https://pictures.example/1.jpg'] }), 201);
  const row = await arrival('look');
  assert.equal(row.num_media, 1);
  const one = expectStatus(await server.agent.get(`/v1/phone/messages/${row.id}`), 200).body;
  assert.deepEqual(one.media_urls, ['https://pictures.example/1.jpg']);
});

test('short codes and names as senders; any script; a preview cuts no character', async () => {
  const body = '✓'.repeat(150);
  for (const from of ['72345', 'MyBank']) await textFromOutside(server, phone, body, from);
  const rows = await until('both are here', async () => {
    const found = (await inboundTexts(server, phone))
      .filter((row) => ['72345', 'MyBank'].includes(row.from));
    return found.length === 2 ? found : undefined;
  });
  for (const row of rows) assert.equal(row.body_preview, '✓'.repeat(100));
});

test('the same event, and the same text in another event, count once', async () => {
  const event = receivedEvent(phone, 'SBTtwice', 'only once');
  for (const id of ['evt_a', 'evt_a', 'evt_b']) {
    expectStatus(await postWebhook(server, secret, id, event), 200);
  }
  await arrival('only once');
  await until('all are processed', async () => {
    const { body } = expectStatus(await server.operator.get('/v1/inbox?status=received'), 200);
    return body.entries.length === 0;
  });
  const rows = await inboundTexts(server, phone);
  assert.equal(rows.filter((row) => row.body_preview === 'only once').length, 1);
});

test('forged, stale, unsigned and misdirected webhooks are refused, and nothing is kept',
  async () => {
    const known = async () => (await inboundTexts(server, phone)).length;
    const entries = async () => expectStatus(
      await server.operator.get('/v1/inbox?status=processed&limit=100'), 200).body.entries.length;
    const before = [await known(), await entries(), (await setAside(server)).length];
    const bytes = Buffer.from(JSON.stringify(receivedEvent(phone, 'SBTforged', 'forged')));
    const now = Math.floor(Date.now() / 1000);
    const good = signedHeaders(secret, 'evt_forged', bytes);
    const bad = [
      {}, { ...good, 'webhook-signature': undefined }, { ...good, 'webhook-id': 'evt_other' },
      { ...good, 'webhook-signature': 'v1,AAAA' }, { ...good, 'webhook-timestamp': 'soon' },
      signedHeaders('whsec_AAAA', 'evt_forged', bytes),
      signedHeaders(secret, 'evt_forged', bytes, now - 301),
      signedHeaders(secret, 'evt_forged', bytes, now + 330),
      signedHeaders(secret, 'evt_forged', Buffer.concat([bytes, Buffer.from(' ')])),
    ];
    const client = api(server, null);
    for (const headers of bad) {
      const answer = await client.call('POST', '/webhooks/sandbox', bytes, headers);
      expectError(answer, 401, 'unauthorized');
    }
    expectError(await client.call('POST', '/webhooks/nobody', bytes, good), 404, 'not_found');
    const twice = await send(server.origin, 'POST', '/webhooks/sandbox', { body: bytes,
      headers: { ...good, 'webhook-signature': [good['webhook-signature'], 'v1,x'] } });
    assert.notEqual(twice.status, 200, 'a signature given twice is none');
    assert.deepEqual([await known(), await entries(), (await setAside(server)).length], before);
    expectStatus(await postWebhook(server, secret, 'evt_forged',
      receivedEvent(phone, 'SBTforged', 'genuine')), 200);
    await arrival('genuine');
  });

// Every order in which three reports and our own receipt can come.
const reports = ['sent', 'delivered', 'failed'];
const orders = reports.flatMap((a) => reports.filter((b) => b !== a).flatMap((b) =>
  reports.filter((c) => c !== a && c !== b).map((c) => [a, b, c])));
for (const order of orders) {
  test(`reports in the order ${order.join(', ')}: delivered`, async () => {
    await orderFault(server, { on: 'report', outcome: 'lost_before', count: 1 });
    const name = `order ${order.join(' ')}`;
    const { id } = expectStatus(await sendText(server, phone, { body: name }), 202).body;
    const { carrier_message_id: theirs } = await textEnd(server, id, ['sent']);
    for (const status of order) {
      const event = statusEvent(theirs, id, status, status === 'failed'
        ? { failure_code: 'unreachable_carrier' } : {});
      for (const repeat of ['', ' again']) {
        expectStatus(await postWebhook(server, secret, `${name} ${status}${repeat}`, event), 200);
      }
    }
    const row = await textEnd(server, id, ['delivered']);
    await until('all reports are processed', async () => {
      const present = await textRow(server, id);
      return present.failed_at && present.delivered_at && present.sent_at ? present : undefined;
    });
    const last = await textRow(server, id);
    assert.equal(last.status, 'delivered');
    assert.equal(last.failure_code, null, 'what arrived has not failed');
    assert.equal(row.credits_used, 0.04);
  });
}

test('a report that comes before our own receipt is kept and applied', async () => {
  await orderFault(server, { on: 'send', outcome: 'slow', delay_ms: 1_500, count: 1 });
  const { id } = expectStatus(await sendText(server, phone, { body: 'slow receipt' }), 202).body;
  const row = await textEnd(server, id, ['delivered']);
  assert.ok(row.carrier_message_id);
  await until('our own receipt came later and changed nothing', async () => {
    const { report } = await import('../support/invariants.mjs')
      .then(({ storeCheck }) => storeCheck(server.dataDir));
    return report.jobs === 0;
  });
  assert.equal((await textRow(server, id)).status, 'delivered');
  assert.equal((await receivedBy(server)).filter((one) => one.id === id).length, 1);
});

test('texts of other numbers and tenants stay theirs', async () => {
  const other = (await provisionNaive(server)).phone;
  await textFromOutside(server, other, 'for the other');
  await until('it is there', async () => (await inboundTexts(server, other)).length === 1);
  const rows = await inboundTexts(server, phone);
  assert.ok(rows.every((row) => row.body_preview !== 'for the other'));
  const [mine] = await inboundTexts(server, other);
  const user = expectStatus(await server.operator.post('/v1/users', {}), 201).body;
  expectError(await server.operator.get(`/v1/users/${user.id}/phone/messages/${mine.id}`), 404,
    'resource_not_found');
  expectError(await server.operator.get(`/v1/users/${user.id}/phone/${other.id}/messages`), 404,
    'resource_not_found');
});

test('what a handset sends to nobody is dropped, counted and forgotten', async () => {
  const nowhere = { e164: '+14155550000' };
  assert.match(await textFromOutside(server, nowhere, 'hello?'), /^SBT/);
  assert.equal((await setAside(server)).length, 0);
});

test('wrong bodies of the sandbox routes', async () => {
  for (const [body, field] of [[{ to: phone.e164, body: 'x' }, 'from'],
    [{ from: handset, body: 'x' }, 'to'], [{ from: handset, to: phone.e164 }, 'body']]) {
    expectError(await server.operator.post('/v1/sandbox/messages', body), 400, 'invalid_input',
      { mentions: field });
  }
  expectError(await server.operator.get('/v1/sandbox/messages'), 400, 'invalid_input',
    { mentions: 'to' });
  expectError(await server.agent.post('/v1/sandbox/messages',
    { from: handset, to: phone.e164, body: 'x' }), 403, 'forbidden');
});

test('two hundred copies of one webhook at once are one text', async () => {
  const id = `flood ${randomBytes(4).toString('hex')}`;
  const event = receivedEvent(phone, `SBT${id}`, id);
  const answers = await Promise.all(Array.from({ length: 200 },
    () => postWebhook(server, secret, id, event)));
  assert.ok(answers.every((answer) => answer.status === 200));
  await arrival(id);
  const rows = await inboundTexts(server, phone);
  assert.equal(rows.filter((row) => row.body_preview === id).length, 1);
});

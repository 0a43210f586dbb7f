// The inbox under load and poison: a thousand webhooks, three times each, in random order, end in
// one state; what cannot be understood is set aside, seen, and tried again when asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import {
  inboundTexts, postWebhook, receivedEvent, sendText, setAside, statusEvent, textArgs, textEnd,
  textRow, textingNumber, webhookSecret,
} from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

// mulberry32: small, seeded, good enough to shuffle.
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled(items, random) {
  const list = [...items];
  for (let i = list.length - 1; i > 0; --i) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

async function inTurns(tasks, lanes) {
  let next = 0;
  await Promise.all(Array.from({ length: lanes }, async () => {
    while (next < tasks.length) await tasks[next++]();
  }));
}

const seed = Number(process.env.DIALPLANE_TEST_SEED ?? Date.now() % 1_000_000);

test(`1000 webhooks, three times each, in random order (seed ${seed})`, async () => {
  console.log(`# seed ${seed} (DIALPLANE_TEST_SEED)`);
  const random = randomFrom(seed);
  const server = await startServer({ slots: 10, credits: 10_000, args: textArgs });
  const phone = await textingNumber(server);
  const secret = await webhookSecret(server);
  await server.operator.post('/v1/sandbox/faults',
    { on: 'report', outcome: 'lost_before', count: 1000 });
  const sent = [];
  for (let i = 0; i < 50; ++i) {
    sent.push(expectStatus(await sendText(server, phone, { body: `out ${i}` }), 202).body.id);
  }
  const rows = await Promise.all(sent.map((id) => textEnd(server, id, ['sent'])));
  const received = Array.from({ length: 850 }, (_, i) =>
    [`in-${i}`, receivedEvent(phone, `SBTin${i}`, `text ${i}`,
      `+1415555${String(1000 + i % 500)}`)]);
  const reports = rows.flatMap((row, i) => ['sent', 'delivered', 'failed'].map((status) =>
    [`${row.id}-${status}`, statusEvent(row.carrier_message_id, i % 2 ? row.id : undefined,
      status)]));
  const events = [...received, ...reports];
  assert.equal(events.length, 1000);
  const tasks = shuffled([...events, ...events, ...events], random).map(([id, event]) =>
    async () => expectStatus(await postWebhook(server, secret, id, event), 200));
  await inTurns(tasks, 32);
  await until('every entry is processed', async () => {
    const { body } = expectStatus(await server.operator.get('/v1/inbox?status=received'), 200);
    return body.entries.length === 0;
  }, { timeoutMs: 30_000 });
  const here = await inboundTexts(server, phone);
  assert.equal(here.length, 850);
  assert.deepEqual(new Set(here.map((row) => row.body_preview)),
    new Set(received.map(([, event]) => event.data.body)));
  for (const id of sent) assert.equal((await textRow(server, id)).status, 'delivered');
  assert.deepEqual(await setAside(server), []);
  await checkInvariants(server);
  await server.stop();
});

test('poison is set aside after five tries, seen, and can be tried again', async () => {
  const server = await startServer({ slots: 10, args: textArgs });
  const phone = await textingNumber(server);
  const secret = await webhookSecret(server);
  const poison = [
    Buffer.from('{"type":"text.received","data":'), Buffer.from('[]'),
    Buffer.from('{"type":"text.received"}'),
    Buffer.from('{"type":"text.status","data":{"id":"x","status":"read","at":"now"}}'),
    Buffer.from([0xff, 0xfe, 0x00]),
  ];
  for (const [i, body] of poison.entries()) {
    expectStatus(await postWebhook(server, secret, `poison-${i}`, body), 200);
  }
  expectStatus(await postWebhook(server, secret, 'good', receivedEvent(phone, 'SBTgood', 'good')),
    200);
  await until('the good one is not held up', async () =>
    (await inboundTexts(server, phone)).length === 1, { timeoutMs: 5_000 });
  const aside = await until('the poison is set aside', async () => {
    const entries = await setAside(server);
    return entries.length === poison.length ? entries : undefined;
  });
  for (const entry of aside) {
    assert.equal(entry.attempts, 5);
    assert.ok(entry.last_error);
    assert.equal(entry.carrier, 'sandbox');
    assert.equal(entry.body, undefined, 'what people wrote is nobody\'s to see here');
  }
  const [first] = aside;
  const retry = await server.operator.post(`/v1/inbox/${first.id}/retry`);
  assert.equal(expectStatus(retry, 202).body.status, 'received');
  expectError(await server.operator.post(`/v1/inbox/${first.id}/retry`), 409, 'conflict');
  await until('it is set aside again', async () =>
    (await setAside(server)).some((entry) => entry.id === first.id && entry.attempts === 5));
  expectError(await server.operator.post(
    '/v1/inbox/0198c2a4-0000-7000-8000-000000000000/retry'), 404, 'not_found');
  expectError(await server.agent.get('/v1/inbox'), 403, 'forbidden');
  await checkInvariants(server);
  await server.stop();
});

test('a kind of event that does not concern us is processed and forgotten', async () => {
  const server = await startServer({ args: textArgs });
  const secret = await webhookSecret(server);
  expectStatus(await postWebhook(server, secret, 'other', { type: 'weather.changed', data: {} }),
    200);
  await until('it is processed', async () => {
    const { body } = expectStatus(await server.operator.get('/v1/inbox?status=processed'), 200);
    return body.entries.some((entry) => entry.event_key === 'other');
  });
  assert.deepEqual(await setAside(server), []);
  await server.stop();
});

test('a text for a number that is bought right after it is not lost', async () => {
  const server = await startServer({ slots: 10, args: textArgs });
  const secret = await webhookSecret(server);
  const ghost = { e164: '+14155559999' };
  expectStatus(await postWebhook(server, secret, 'ghost', receivedEvent(ghost, 'SBTg', 'boo')),
    200);
  const waiting = await until('it has been tried', async () => {
    const { body } = expectStatus(await server.operator.get('/v1/inbox?status=received'), 200);
    return body.entries.find((entry) => entry.event_key === 'ghost' && entry.attempts > 0);
  });
  assert.match(waiting.last_error, /not here/);
  await server.kill();
  await server.start();
  await until('it is set aside in the end', async () => (await setAside(server)).length === 1,
    { timeoutMs: 60_000 });
  await server.stop();
});

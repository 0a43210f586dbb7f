// Sending: the documented answer, segments before and after, credits held and settled, repeats, and
// every way a carrier can answer or fail to.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { balance, clearFaults, orderFault, usage } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import {
  handset, receivedBy, sendText, textArgs, textEnd, textRow, textingNumber,
} from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

let server;
let phone;
before(async () => {
  server = await startServer({ slots: 100, credits: 10_000,
    config: '[sandbox]\nsettling_ms = 600\nanswer_timeout_ms = 100\n',
    args: textArgs });
  phone = await textingNumber(server);
});
after(async () => {
  await checkInvariants(server, { timeoutMs: 60_000 });
  await server.stop();
});

const sends = (body) => sendText(server, phone, { body });
const copies = async (body) => (await receivedBy(server)).filter((one) => one.body === body);

test('the documented answer, and the text arrives once', async () => {
  const before = await balance(server);
  const answer = expectStatus(await sends('Hello from an agent'), 202);
  assert.deepEqual(Object.keys(answer.body), ['id', 'to', 'from', 'status', 'surge_message_id',
    'segments', 'credits_used', 'credits_remaining', 'carrier_message_id', 'encoding']);
  assert.equal(answer.body.id, answer.body.surge_message_id);
  assert.equal(answer.body.status, 'queued');
  assert.equal(answer.body.from, phone.e164);
  assert.equal(answer.body.segments, 1);
  assert.equal(answer.body.encoding, 'GSM-7');
  assert.equal(answer.body.credits_used, 0.04);
  assert.ok(Math.abs(answer.body.credits_remaining - (before - 0.04)) < 1e-6);
  const row = await textEnd(server, answer.body.id);
  assert.equal(row.status, 'delivered');
  assert.ok(row.carrier_message_id && row.sent_at && row.delivered_at);
  assert.equal(row.credits_used, 0.04);
  const there = await copies('Hello from an agent');
  assert.equal(there.length, 1);
  assert.equal(there[0].id, answer.body.id);
  assert.equal(there[0].from, phone.e164);
  assert.equal((await usage(server)).held, 0);
});

test('dry_run counts and judges, and nothing happens', async () => {
  const before = await balance(server);
  const long = 'ä'.repeat(100) + '😀';
  const forecast = expectStatus(await sendText(server, phone, { body: long, dry_run: true }), 200);
  assert.equal(forecast.body.allowed, true);
  assert.equal(forecast.body.encoding, 'UCS-2');
  assert.equal(forecast.body.segments, 2);
  assert.equal(forecast.body.credits, 0.08);
  const refused = expectStatus(await sendText(server, phone,
    { to: '+19005550142', body: 'x', dry_run: true }), 200);
  assert.equal(refused.body.allowed, false);
  assert.equal(refused.body.refusal.reason, 'destination_not_allowed');
  assert.equal(await balance(server), before);
  assert.equal((await copies(long)).length, 0);
});

test('lists show sent texts only when asked', async () => {
  const { id } = expectStatus(await sends('in the list'), 202).body;
  await textEnd(server, id);
  const path = `/v1/phone/${phone.id}/messages`;
  const inbound = expectStatus(await server.agent.get(path), 200).body.messages;
  assert.ok(inbound.every((row) => row.id !== id && row.direction === undefined));
  for (const direction of ['outbound', 'all']) {
    const rows = expectStatus(await server.agent.get(`${path}?direction=${direction}`), 200)
      .body.messages;
    const row = rows.find((one) => one.id === id);
    assert.equal(row.direction, 'outbound');
    assert.equal(row.status, 'delivered');
    assert.equal(row.body_preview, 'in the list');
  }
  expectError(await server.agent.get(`${path}?direction=sideways`), 400, 'invalid_input');
});

test('pages and time cursors', async () => {
  for (let i = 0; i < 3; ++i) expectStatus(await sends(`page ${i}`), 202);
  const path = `/v1/phone/${phone.id}/messages?direction=all&limit=1`;
  const first = expectStatus(await server.agent.get(path), 200).body;
  assert.equal(first.messages.length, 1);
  const second = expectStatus(await server.agent.get(
    `${path}&cursor=${encodeURIComponent(first.next_cursor)}`), 200).body;
  assert.ok(second.messages[0].id < first.messages[0].id);
  const past = expectStatus(await server.agent.get(`${path}&cursor=2020-01-01T00:00:00Z`), 200);
  assert.deepEqual(past.body.messages, []);
  const now = encodeURIComponent(new Date(Date.now() + 60_000).toISOString());
  const recent = expectStatus(await server.agent.get(`${path}&cursor=${now}`), 200).body;
  assert.equal(recent.messages[0].id, first.messages[0].id);
  expectError(await server.agent.get(`${path}&cursor=nonsense`), 400, 'invalid_input');
});

test('a key makes one text of many requests; without one, two are two', async () => {
  const key = { 'Idempotency-Key': 'text-1' };
  const first = expectStatus(await sendText(server, phone, { body: 'keyed' }, key), 202);
  const again = expectStatus(await sendText(server, phone, { body: 'keyed' }, key), 202);
  assert.deepEqual(again.raw, first.raw);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  expectError(await sendText(server, phone, { body: 'other' }, key), 409, 'idempotency_conflict');
  await sends('twice');
  const last = expectStatus(await sends('twice'), 202);
  await textEnd(server, last.body.id);
  const mark = (count) => ({ 'x-stainless-retry-count': String(count) });
  const marked = expectStatus(await sendText(server, phone, { body: 'marked' }, mark(0)), 202);
  const retry = expectStatus(await sendText(server, phone, { body: 'marked' }, mark(1)), 202);
  assert.equal(retry.body.id, marked.body.id);
  await textEnd(server, marked.body.id);
  assert.equal((await copies('keyed')).length, 1);
  assert.equal((await copies('twice')).length, 2);
  assert.equal((await copies('marked')).length, 1);
});

test('parallel requests with one key are one text', async () => {
  const key = { 'Idempotency-Key': 'text-parallel' };
  const answers = await Promise.all(Array.from({ length: 8 },
    () => sendText(server, phone, { body: 'parallel' }, key)));
  const ids = new Set(answers.map((answer) => expectStatus(answer, 202).body.id));
  assert.equal(ids.size, 1);
  await textEnd(server, [...ids][0]);
  assert.equal((await copies('parallel')).length, 1);
});

const survivable = [
  [{ on: 'send', outcome: 'rate_limited' }],
  [{ on: 'send', outcome: 'rate_limited', count: 4 }],
  [{ on: 'send', outcome: 'slow', delay_ms: 200 }],
  [{ on: 'send', outcome: 'lost_before' }],
  [{ on: 'send', outcome: 'lost_after' }],
  [{ on: 'send', outcome: 'late', delay_ms: 700 }],
  [{ on: 'send', outcome: 'lost_after' }, { on: 'lookup', outcome: 'lost_before' }],
  [{ on: 'send', outcome: 'lost_after' }, { on: 'lookup', outcome: 'hidden', delay_ms: 500 }],
  [{ on: 'send', outcome: 'lost_before', count: 2 }],
];
for (const reports of [true, false]) {
  for (const faults of survivable) {
    const name = faults.map((f) => `${f.on} ${f.outcome} x${f.count ?? 1}`).join(', ');
    test(`sent once in spite of ${name}${reports ? '' : ', without reports'}`, async () => {
      const body = `fault ${name} ${reports}`;
      const before = await balance(server);
      for (const fault of faults) await orderFault(server, { count: 1, ...fault });
      if (!reports) await orderFault(server, { on: 'report', outcome: 'lost_before', count: 9 });
      const { id } = expectStatus(await sends(body), 202).body;
      const row = await textEnd(server, id, reports ? ['delivered', 'failed'] : ['sent', 'failed'],
        30_000);
      assert.equal(row.status, reports ? 'delivered' : 'sent');
      // What is late arrives late, also after its report-less settlement.
      await until('it is on the handset', async () => (await copies(body)).length > 0);
      await clearFaults(server);
      assert.equal((await copies(body)).length, 1);
      assert.ok(Math.abs(await balance(server) - (before - 0.04)) < 1e-6, 'charged once');
    });
  }
}

test('a carrier that refuses: failed, in plain words, nothing charged', async () => {
  const before = await balance(server);
  await orderFault(server, { on: 'send', outcome: 'refused', count: 1 });
  const { id } = expectStatus(await sends('refused'), 202).body;
  const row = await textEnd(server, id);
  assert.equal(row.status, 'failed');
  assert.equal(row.failure_code, 'carrier_refused');
  assert.match(row.failure_reason, /refused/);
  assert.equal(row.credits_used, 0);
  assert.equal(await balance(server), before);
  assert.equal((await copies('refused')).length, 0);
});

test('a delivery that fails later keeps its charge and says why', async () => {
  const before = await balance(server);
  const { id } = expectStatus(await sends('FAIL:unreachable_destination'), 202).body;
  const row = await textEnd(server, id);
  assert.equal(row.status, 'failed');
  assert.equal(row.failure_code, 'unreachable_destination');
  assert.match(row.failure_reason, /cannot be reached/);
  assert.ok(Math.abs(await balance(server) - (before - 0.04)) < 1e-6);
});

test('media goes along where the carrier takes it', async () => {
  const media = ['https://files.example/a.png'];
  const answer = expectStatus(await sendText(server, phone,
    { body: 'see', media_urls: media }), 202);
  const row = await textEnd(server, answer.body.id);
  assert.deepEqual(row.media_urls, media);
  assert.equal(row.num_media, 1);
  expectError(await sendText(server, phone, { body: 'x', media_urls: ['file:///etc/passwd'] }),
    400, 'invalid_input', { mentions: 'media_urls' });
});

test('wrong bodies name what is wrong, and send nothing', async () => {
  const path = `/v1/phone/${phone.id}/sms`;
  const before = await balance(server);
  const wrong = [
    [{ to: handset }, 'body'], [{ body: 'x' }, 'to'], [{ to: '4155550142', body: 'x' }, 'to'],
    [{ to: handset, body: '' }, 'body'], [{ to: handset, body: 'x'.repeat(1601) }, 'body'],
    [{ to: handset, body: 'x', purpose: 'spam' }, 'purpose'],
    [{ to: handset, body: 'x', media_url: 'y' }, 'media_urls'],
    [{ to: handset, body: 'x', dry_run: 'yes' }, 'dry_run'],
  ];
  for (const [body, field] of wrong) {
    expectError(await server.agent.post(path, body), 400, 'invalid_input', { mentions: field });
  }
  assert.equal(await balance(server), before);
});

test('numbers that are not there', async () => {
  const nowhere = '0198c2a4-0000-7000-8000-000000000000';
  expectError(await server.agent.post(`/v1/phone/${nowhere}/sms`, { to: handset, body: 'x' }),
    404, 'resource_not_found');
  expectError(await server.agent.get(`/v1/phone/messages/${nowhere}`), 404, 'resource_not_found');
  expectError(await server.agent.get(`/v1/phone/${nowhere}/messages`), 404, 'resource_not_found');
});

test('two texts race for the last credit: one goes', async () => {
  const poor = await startServer({ slots: 5, credits: 51, args: textArgs });
  const line = await textingNumber(poor);
  for (const filler of ['a', 'b']) {
    const long = expectStatus(await sendText(poor, line, { body: filler.repeat(1530) }), 202);
    assert.equal(long.body.segments, 10);
    await textEnd(poor, long.body.id);
  }
  assert.ok(Math.abs(await balance(poor) - 0.2) < 1e-6);
  const answers = await Promise.all([1, 2, 3, 4].map((i) =>
    sendText(poor, line, { body: String(i).repeat(765) })));
  assert.equal(answers.filter((answer) => answer.status === 202).length, 1);
  for (const answer of answers.filter((one) => one.status !== 202)) {
    expectError(answer, 402, 'insufficient_credits');
  }
  const sent = answers.find((answer) => answer.status === 202);
  await textEnd(poor, sent.body.id);
  assert.equal((await receivedBy(poor)).length, 3);
  assert.equal(await balance(poor), 0);
  await checkInvariants(poor);
  await poor.stop();
});

test('failed texts are refunded where the operator says so', async () => {
  const kind = await startServer({ slots: 5, args: ['--messaging-refund-failed-texts'] });
  const line = await textingNumber(kind);
  const before = await balance(kind);
  const { id } = expectStatus(await sendText(kind, line, { body: 'FAIL:gone' }), 202).body;
  const row = await textEnd(kind, id);
  assert.equal(row.credits_used, 0);
  assert.equal(await balance(kind), before);
  await checkInvariants(kind);
  await kind.stop();
});

test('a text that must wait for the pace is queued, then goes', async () => {
  const slow = await startServer({ slots: 5, credits: 1000 });
  const line = await textingNumber(slow);
  const ids = [];
  for (let i = 0; i < 14; ++i) {
    ids.push(expectStatus(await sendText(slow, line, { body: `paced ${i}` }), 202).body.id);
  }
  const rows = await Promise.all(ids.map((id) => textRow(slow, id)));
  assert.ok(rows.some((row) => row.status === 'queued' && row.queued_until !== null),
    'some wait');
  for (const id of ids) {
    assert.equal((await textEnd(slow, id, ['delivered', 'failed'], 40_000)).status, 'delivered');
  }
  assert.equal((await receivedBy(slow)).length, ids.length);
  await checkInvariants(slow);
  await slow.stop();
});

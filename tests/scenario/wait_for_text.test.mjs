// Waiting for one-time codes: the text that fits ends the wait at once, the end of the time ends it
// with null, and nobody misses a text or keeps a place he no longer needs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { runJson } from '../support/cli.mjs';
import { startServer } from '../support/server.mjs';
import {
  handset, inboundTexts, textArgs, textFromOutside, textingNumber,
} from '../support/texts.mjs';
import { provisionNaive } from '../support/actions.mjs';
import { until } from '../support/waiting.mjs';

let server;
let phone;
before(async () => {
  server = await startServer({ slots: 100, credits: 10_000, args: textArgs });
  phone = await textingNumber(server);
});
after(() => server.stop());

const wait = (body, options = {}, number = phone) => server.operator.post(
  `/v1/phone/${number.id}/messages/wait`, { timeout_ms: 10_000, ...body }, {}, options);
const got = async (answer) => expectStatus(await answer, 200).body.message;

// The text is sent once the wait is surely registered: asked until the figure rises is not possible
// from outside, so the text goes out again and again until the wait has ended.
async function sendUntilEnded(promise, body, from, number = phone) {
  let ended = false;
  const done = promise.finally(() => { ended = true; });
  await until('the wait has ended', async () => {
    if (!ended) await textFromOutside(server, number, body, from);
    return ended;
  }, { intervalMs: 50 });
  return done;
}

test('the next text ends the wait', async () => {
  const message = await sendUntilEnded(got(wait({})), 'your code is 123456');
  assert.equal(message.body, 'your code is 123456');
  assert.equal(message.direction, 'inbound');
  assert.equal(message.phone_id, phone.id);
});

test('null at the end of the time', async () => {
  const started = performance.now();
  assert.equal(await got(wait({ timeout_ms: 300 })), null);
  const took = performance.now() - started;
  assert.ok(took >= 290 && took < 5_000, `${took} ms`);
  assert.equal(await got(wait({ timeout_ms: 0 })), null);
});

test('sender and pattern choose', async () => {
  const number = (await provisionNaive(server)).phone;
  const waiting = got(wait({ from: '72345', pattern: '(?i)code[: ]+\\d{6}$' }, {}, number));
  await textFromOutside(server, number, 'CODE: 111111', handset);
  await textFromOutside(server, number, 'code 12345', '72345');
  const message = await sendUntilEnded(waiting, 'Your Code: 654321', '72345', number);
  assert.equal(message.body, 'Your Code: 654321');
  assert.equal(message.from, '72345');
});

test('after: what is here already counts, oldest first', async () => {
  const number = (await provisionNaive(server)).phone;
  const start = new Date(Date.now() - 60_000).toISOString();
  for (const body of ['first 1', 'second 2', 'third 3']) {
    await textFromOutside(server, number, body);
    await until('it is here', async () => (await inboundTexts(server, number))
      .some((row) => row.body_preview === body));
  }
  const first = await got(wait({ after: start }, {}, number));
  assert.equal(first.body, 'first 1');
  const second = await got(wait({ after: first.id }, {}, number));
  assert.equal(second.body, 'second 2');
  const third = await got(wait({ after: start, pattern: 'third \\d' }, {}, number));
  assert.equal(third.body, 'third 3');
  assert.equal(await got(wait({ timeout_ms: 100 }, {}, number)), null, 'old ones do not count');
  assert.equal(await got(wait({ timeout_ms: 100, after: third.id }, {}, number)), null);
});

test('many wait at once, each for its own', async () => {
  const number = (await provisionNaive(server)).phone;
  const senders = Array.from({ length: 20 }, (_, i) => `9000${10 + i}`);
  const start = new Date(Date.now() - 1000).toISOString();
  const waits = senders.map((from) => got(wait({ from, after: start }, {}, number)));
  await Promise.all(senders.map((from) => textFromOutside(server, number, `for ${from}`, from)));
  const messages = await Promise.all(waits);
  assert.deepEqual(messages.map((message) => message.body), senders.map((from) => `for ${from}`));
});

test('places are bounded, and come back when clients leave', async () => {
  const number = (await provisionNaive(server)).phone;
  const leaving = new AbortController();
  const client = api(server, server.operatorKey);
  const path = `/v1/phone/${number.id}/messages/wait`;
  const waitLong = () => client.post(path, { timeout_ms: 60_000 }, {},
    { signal: leaving.signal, timeoutMs: 70_000 }).catch((gone) => gone.name);
  const waits = Array.from({ length: 32 }, waitLong);
  const refusal = await until('all places are taken', async () => {
    const answer = await wait({ timeout_ms: 0 }, {}, number);
    if (answer.status === 429) return answer;
    // The question itself had a place for a moment, which one of them may have missed.
    waits.push(waitLong());
    return undefined;
  });
  expectError(refusal, 429, 'rate_limited');
  leaving.abort();
  const outcomes = await Promise.all(waits);
  for (const one of outcomes) if (one !== 'AbortError') expectError(one, 429, 'rate_limited');
  assert.ok(outcomes.filter((one) => one === 'AbortError').length >= 32, 'all places were had');
  await until('a place is free', async () =>
    (await wait({ timeout_ms: 0 }, {}, number)).status === 200);
});

test('a key that acts for an agent needs receive_sms to read and send_sms to send', async () => {
  const number = await textingNumber(server);
  const made = await runJson(['keys', 'create', '--role', 'agent', '--agent', server.agentId,
    '--data-dir', server.dataDir]);
  const bound = api(server, made.key);
  await textFromOutside(server, number, 'secret');
  const [row] = await until('it is here', async () => {
    const rows = await inboundTexts(server, number);
    return rows.length === 1 ? rows : undefined;
  });
  const path = `/v1/phone/${number.id}`;
  const reads = () => [bound.get(`${path}/messages`), bound.get(`/v1/phone/messages/${row.id}`),
    bound.post(`${path}/messages/wait`, { timeout_ms: 0 })];
  const sends = () => bound.post(`${path}/sms`, { to: handset, body: 'bound' });
  const assign = async (permissions) => expectStatus(await server.operator.post(
    `${path}/assign`, { agent_id: server.agentId, permissions }), 200);
  for (const permissions of [null, ['send_sms']]) {
    if (permissions) await assign(permissions);
    for (const answer of await Promise.all(reads())) {
      expectError(answer, 403, 'forbidden', { reason: 'missing_permission' });
    }
  }
  expectStatus(await sends(), 202);
  await assign(['receive_sms']);
  for (const answer of await Promise.all(reads())) expectStatus(answer, 200);
  expectError(await sends(), 403, 'forbidden', { reason: 'missing_permission' });
});

test('wrong bodies', async () => {
  for (const [body, field] of [[{ timeout_ms: 60_001 }, 'timeout_ms'], [{ timeout_ms: -1 },
    'timeout_ms'], [{ pattern: '(a' }, 'pattern'], [{ pattern: 'a{1000}' }, 'pattern'],
  [{ pattern: '(?=a)' }, 'pattern'], [{ pattern: '\\1' }, 'pattern'], [{ after: 'yesterday' },
    'after'], [{ from: '' }, 'from'], [{ patern: 'a' }, 'pattern']]) {
    expectError(await wait(body), 400, 'invalid_input', { mentions: field });
  }
  expectError(await wait({}, {}, { id: '0198c2a4-0000-7000-8000-000000000000' }), 404,
    'resource_not_found');
});

test('a stop of the server answers who waits', async () => {
  const own = await startServer({ args: textArgs });
  const number = (await provisionNaive(own)).phone;
  const waits = Array.from({ length: 3 }, () => own.operator.post(
    `/v1/phone/${number.id}/messages/wait`, { timeout_ms: 60_000 }, {}, { timeoutMs: 70_000 }));
  // One that has no time left is answered when the others are registered, too: same connection
  // loop, same order.
  expectStatus(await own.operator.post(`/v1/phone/${number.id}/messages/wait`,
    { timeout_ms: 200 }), 200);
  await own.stop();
  for (const answer of await Promise.all(waits)) {
    assert.equal(expectStatus(answer, 200).body.message, null);
  }
});

// The unmodified official client @cartesia/cartesia-js against this server: typed calls, generic
// verbs, paging both ways, and its retries when answers are lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Cartesia, { APIError, BadRequestError, NotFoundError, AuthenticationError }
  from '@cartesia/cartesia-js';
import { CursorIDPage } from '@cartesia/cartesia-js/pagination';
import {
  allNumbers, balance, ein, orderFault, provisionNaive, sold, soldCount, usage,
} from '../support/actions.mjs';
import { startAnswerLosingProxy } from '../support/answer_losing_proxy.mjs';
import { checkAnswer } from '../support/contract.mjs';
import { answeredNumber, callFromOutside } from '../support/calls.mjs';
import { unknownAgentId, unknownUuid, wireIdOf } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer, withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const provisionPath = '/agents/phone-numbers/provision';
let server;
let gate;
let client;    // straight to the server
let unlucky;   // through the gate that loses answers

before(async () => {
  server = await startServer({ slots: 1000, credits: 100_000 });
  await provisionNaive(server);
  gate = await startAnswerLosingProxy(server);
  client = new Cartesia({ apiKey: server.agentKey, baseURL: server.origin });
  unlucky = new Cartesia({ apiKey: server.agentKey, baseURL: gate.origin, timeout: 20_000 });
});
after(async () => {
  await gate.stop();
  await checkInvariants(server);
  await server.stop();
});

const provision = (through, body, options = {}) =>
  through.post(provisionPath, { body, ...options });

test('it is the published version', async () => {
  const { createRequire } = await import('node:module');
  const { readFileSync } = await import('node:fs');
  const entry = createRequire(import.meta.url).resolve('@cartesia/cartesia-js');
  const manifest = JSON.parse(readFileSync(new URL('./package.json', `file://${entry}`), 'utf8'));
  assert.equal(manifest.version, '4.2.0');
});

test('status and templates', async () => {
  const status = await client.getStatus();
  assert.equal(status.ok, true);
  assert.equal(typeof status.version, 'string');
  assert.deepEqual(await client.agents.listTemplates(), { templates: [] });
});

test('agents: list, retrieve, update, phone numbers, delete', async () => {
  const created = await client.post('/v1/agents', { body: { name: 'Made by the client' } });
  const { summaries } = await client.agents.list();
  assert.ok(summaries.some((each) => each.id === created.id));
  const agent = await client.agents.retrieve(created.id);
  assert.equal(agent.name, 'Made by the client');
  assert.equal(typeof agent.deployment_count, 'number');
  const updated = await client.agents.update(created.id,
    { name: 'Renamed', description: 'd', tts_language: 'de', tts_voice: 'v' });
  assert.equal(updated.name, 'Renamed');
  assert.equal(updated.tts_language, 'de');
  assert.deepEqual(await client.agents.listPhoneNumbers(created.id), []);
  const number = await provision(client, { label: 'Line', agent_id: created.id });
  const list = await client.agents.listPhoneNumbers(created.id);
  assert.deepEqual(list.map((each) => [each.number, each.is_cartesia_managed]),
    [[number.number, true]]);
  const again = await client.agents.retrieve(created.id);
  assert.deepEqual(again.phone_numbers, [{ id: number.id, number: number.number }]);
  // 204 without a body; the client has asked for */*.
  assert.ok([null, undefined].includes(await client.agents.delete(created.id)));
  await assert.rejects(client.agents.retrieve(created.id), NotFoundError);
  const left = await client.get(`/agents/phone-numbers/${number.id}`);
  assert.equal(left.agent, null);
});

test('managed agents through the generic verbs', async () => {
  const agent = await client.post('/v1/agents', { body: { name: 'Managed' } });
  const read = await client.get(`/v1/agents/${agent.id}`);
  assert.deepEqual(read, agent);
  const patched = await client.patch(`/v1/agents/${agent.id}`,
    { body: { config: { instructions: 'Be kind.' } } });
  assert.equal(patched.config.instructions, 'Be kind.');
  assert.equal(await client.delete(`/v1/agents/${agent.id}`), null);
});

test('calls: list by pages both ways, retrieve', async () => {
  const { agent, number } = await answeredNumber(server);
  for (let i = 0; i < 5; ++i) await callFromOutside(server, number);
  const calls = [];
  for await (const call of client.agents.calls.list({ agent_id: agent.id, limit: 2 })) {
    calls.push(call);
  }
  assert.equal(calls.length, 5);
  assert.equal(new Set(calls.map((call) => call.id)).size, 5);
  const [newest] = calls;
  assert.equal(newest.transcript, undefined);
  assert.deepEqual(newest.telephony_params.to, number.number);
  const one = await client.agents.calls.retrieve(newest.id);
  assert.deepEqual(one, { ...newest, transcript: [] });
  assert.equal(one.status, 'completed');
  const withWords = await client.agents.calls.list({ agent_id: agent.id, expand: 'transcript' });
  assert.deepEqual(withWords.data[0].transcript, []);
  const back = [];
  for await (const call of client.agents.calls.list(
    { agent_id: agent.id, limit: 2, ending_before: calls[4].id })) back.push(call.id);
  assert.equal(new Set(back).size, 4);
  await assert.rejects(client.agents.calls.retrieve(wireIdOf('ac', unknownUuid)), NotFoundError);
  await assert.rejects(client.agents.calls.list({ agent_id: unknownAgentId }), NotFoundError);
  await assert.rejects(client.agents.calls.list({}), BadRequestError);
});

test('numbers: provision, get, update, unassign, delete', async () => {
  const number = await provision(client, { label: 'Support line', agent_id: server.agentId });
  assert.equal(number.agent.name, 'Customer support');
  assert.equal(number.provider, undefined);
  const one = `/agents/phone-numbers/${number.id}`;
  assert.deepEqual((await client.get(one)).provider, { type: 'cartesia' });
  assert.equal((await client.patch(one, { body: { label: 'New' } })).label, 'New');
  await assert.rejects(client.delete(one), (failure) =>
    failure instanceof BadRequestError && failure.error.error_code === 'number_assigned');
  assert.equal((await client.patch(one, { body: { agent_id: null } })).agent, null);
  assert.equal(await client.delete(one), null);
  await assert.rejects(client.delete(one), NotFoundError);
});

test('the raw response and its headers', async () => {
  const { data, response } = await provision(client, { label: 'Raw' }).withResponse();
  assert.equal(response.status, 201);
  assert.match(response.headers.get('x-request-id'), /^[0-9a-f-]{36}$/);
  assert.match(data.id, /^pn_/);
});

test('errors have the client\'s classes and fields', async () => {
  const soldBefore = await soldCount(server);
  await assert.rejects(provision(client, { label: 'x', agent_id: unknownAgentId }), (failure) =>
    failure instanceof NotFoundError && failure.error.error_code === 'not_found' &&
    failure.message.startsWith('404 '));
  await assert.rejects(provision(client, {}), (failure) =>
    failure instanceof BadRequestError && failure.message.includes('label'));
  const stranger = new Cartesia({ apiKey: 'sk_car_unknown', baseURL: server.origin });
  await assert.rejects(stranger.agents.list(), AuthenticationError);
  await withServer({ slots: 1 }, async (small) => {
    const other = new Cartesia({ apiKey: small.agentKey, baseURL: small.origin });
    await provision(other, { label: 'one' });
    await assert.rejects(provision(other, { label: 'two' }), (failure) =>
      failure instanceof APIError && failure.status === 402 &&
      failure.error.error_code === 'quota_exceeded');
  });
  assert.equal(await soldCount(server), soldBefore);
});

test('definite refusals are not retried', async () => {
  const attempts = async (call) => {
    gate.plan();
    await assert.rejects(call());
    return gate.seen.length;
  };
  assert.equal(await attempts(() => provision(unlucky, {})), 1);
  assert.equal(await attempts(() => unlucky.get('/agents/phone-numbers/pn_x')), 1);
  const key = { 'Idempotency-Key': 'sdk-conflict' };
  gate.plan();
  await provision(unlucky, { label: 'a' }, { headers: key });
  assert.equal(await attempts(() => provision(unlucky, { label: 'b' }, { headers: key })), 1,
    'a 409 would be retried without x-should-retry: false');
  await orderFault(server, { on: 'search', outcome: 'empty', count: 100_000 });
  assert.equal(await attempts(() => provision(unlucky, { label: 'c' })), 1,
    'number_unavailable is final');
  await server.operator.delete('/v1/sandbox/faults');
});

test('older versions through defaultHeaders', async () => {
  for (const version of ['2024-06-10', '2025-04-16', '2026-03-01']) {
    const old = new Cartesia({ apiKey: server.agentKey, baseURL: server.origin,
      defaultHeaders: { 'Cartesia-Version': version } });
    assert.ok((await old.agents.list()).summaries.length > 0);
    await assert.rejects(old.agents.retrieve('agent_x'), (failure) =>
      failure instanceof NotFoundError);
  }
});

test('paging forward to the end', async () => {
  while ((await allNumbers(server.agent)).length < 7) await provision(client, { label: 'Page' });
  const expected = (await allNumbers(server.agent)).map((number) => number.id);
  for (const limit of [1, 2, 3, expected.length, 100]) {
    const seen = [];
    for await (const number of client.getAPIList('/agents/phone-numbers', CursorIDPage,
      { query: { limit } })) {
      seen.push(number.id);
      assert.ok(seen.length <= expected.length, 'it never stops');
    }
    assert.deepEqual(seen, expected);
  }
});

test('paging backward to the end', async () => {
  const expected = (await allNumbers(server.agent)).map((number) => number.id);
  const pages = [];
  let page = await client.getAPIList('/agents/phone-numbers', CursorIDPage,
    { query: { limit: 2, ending_before: expected.at(-1) } });
  for (;;) {
    pages.unshift(page.data.map((number) => number.id));
    if (!page.hasNextPage()) break;
    page = await page.getNextPage();
    assert.ok(pages.length <= expected.length, 'it never stops');
  }
  assert.deepEqual(pages.flat(), expected.slice(0, -1));
  let steps = 0;
  for await (const number of client.getAPIList('/agents/phone-numbers', CursorIDPage,
    { query: { limit: 3, ending_before: expected[4] } })) {
    assert.ok(expected.slice(0, 4).includes(number.id));
    assert.ok(++steps <= 4, 'it never stops');
  }
  assert.equal(steps, 4);
});

test('paging managed agents', async () => {
  for (let i = 0; i < 3; ++i) await client.post('/v1/agents', { body: { name: `Paged ${i}` } });
  const seen = [];
  for await (const agent of client.getAPIList('/v1/agents', CursorIDPage,
    { query: { limit: 2, q: 'paged' } })) seen.push(agent.name);
  assert.deepEqual(seen, ['Paged 2', 'Paged 1', 'Paged 0']);
});

// What can happen to the answers of one call of the client, which tries three times.
const losses = {
  'dropped once': [{ outcome: 'drop' }],
  'dropped twice': [{ outcome: 'drop' }, { outcome: 'drop' }],
  '500 once': [{ outcome: 'error' }],
  '500, then dropped': [{ outcome: 'error' }, { outcome: 'drop' }],
};

for (const [what, plan] of Object.entries(losses)) {
  test(`an answer ${what}: one purchase, one slot`, async () => {
    const before = { sold: await soldCount(server), numbers: await allNumbers(server.agent) };
    gate.plan(...plan);
    const number = await provision(unlucky, { label: `Lost: ${what}` });
    assert.equal(gate.seen.length, plan.length + 1, 'the client tried again');
    const counts = gate.seen.map((each) => each.requestHeaders['x-stainless-retry-count']);
    assert.deepEqual(counts, gate.seen.map((_, i) => String(i)));
    for (const each of gate.seen) {
      assert.equal(each.status, 201);
      assert.equal(JSON.parse(each.text).id, number.id, 'each attempt was told the same number');
    }
    assert.equal(await soldCount(server), before.sold + 1);
    assert.equal((await allNumbers(server.agent)).length, before.numbers.length + 1);
    assert.ok((await sold(server)).some((row) => row.e164 === number.number));
  });

  test(`naive through the same client, ${what}: one charge`, async () => {
    const before = { sold: await soldCount(server), balance: await balance(server) };
    gate.plan(...plan);
    const answer = await unlucky.post('/v1/phone/provision',
      { body: { ein, area_code: '415', label: `Lost: ${what}` } });
    assert.equal(answer.phone.status, 'active');
    assert.equal(gate.seen.length, plan.length + 1);
    assert.equal(await soldCount(server), before.sold + 1);
    assert.equal(await balance(server), before.balance - 4);
    assert.equal((await usage(server)).held, 0);
  });
}

test('every answer of a call lost: the client fails, still one purchase', async () => {
  const before = await soldCount(server);
  gate.plan({ outcome: 'drop' }, { outcome: 'drop' }, { outcome: 'drop' });
  await assert.rejects(provision(unlucky, { label: 'All lost' }));
  assert.equal(gate.seen.length, 3);
  assert.equal(await soldCount(server), before + 1);
});

test('an answer that comes after the client gave up: one purchase', async () => {
  const before = await soldCount(server);
  gate.plan({ outcome: 'late', delayMs: 900 });
  const number = await provision(unlucky, { label: 'Late' }, { timeout: 400 });
  assert.ok(gate.seen.length >= 2);
  assert.equal(await soldCount(server), before + 1);
  assert.ok((await sold(server)).some((row) => row.e164 === number.number));
});

test('a purchase that is slower than the client\'s patience: one purchase', async () => {
  const before = await soldCount(server);
  gate.plan();
  await orderFault(server, { on: 'buy', outcome: 'slow', delay_ms: 1200, count: 1 });
  const number = await provision(unlucky, { label: 'Slow' }, { timeout: 700, maxRetries: 5 });
  assert.match(number.number, /^\+1/);
  assert.equal(await soldCount(server), before + 1);
});

test('lost answers at the client and at the carrier together: one purchase', async () => {
  const before = { sold: await soldCount(server), balance: await balance(server) };
  await orderFault(server, { on: 'buy', outcome: 'lost_after', count: 1 });
  gate.plan({ outcome: 'drop' });
  const answer = await unlucky.post('/v1/phone/provision', { body: { label: 'Twice unlucky' } });
  await until('it is bought', async () => {
    const row = await server.agent.get(`/v1/phone/${answer.phone.id}`);
    return row.body.status === 'active';
  }, { timeoutMs: 60_000 });
  assert.equal(await soldCount(server), before.sold + 1);
  assert.equal(await balance(server), before.balance - 4);
});

test('two purchases meant as two stay two, also under loss', async () => {
  const before = await soldCount(server);
  gate.plan({ outcome: 'drop' });
  const one = await provision(unlucky, { label: 'Same' });
  gate.plan({ outcome: 'drop' });
  const two = await provision(unlucky, { label: 'Same' });
  assert.notEqual(one.id, two.id);
  assert.equal(await soldCount(server), before + 2);
  gate.plan();
  const pair = await Promise.all([provision(unlucky, { label: 'Pair' }),
    provision(unlucky, { label: 'Pair' })]);
  assert.notEqual(pair[0].id, pair[1].id);
  assert.equal(await soldCount(server), before + 4);
});

test('16 clients at once, each losing its first answer: 16 purchases', async () => {
  const before = await soldCount(server);
  gate.plan(...Array.from({ length: 16 }, () => ({ outcome: 'drop' })));
  const numbers = await Promise.all(Array.from({ length: 16 }, (_, i) =>
    provision(unlucky, { label: `Crowd ${i}` })));
  assert.equal(new Set(numbers.map((number) => number.id)).size, 16);
  assert.equal(await soldCount(server), before + 16);
});

test('releasing under loss: gone, and no error the client did not expect', async () => {
  const number = await provision(client, { label: 'To go' });
  const before = await soldCount(server);
  gate.plan({ outcome: 'drop' });
  // The retry of a DELETE may be told that it is gone already.
  await unlucky.delete(`/agents/phone-numbers/${number.id}`).catch((failure) => {
    assert.ok(failure instanceof NotFoundError, failure.message);
  });
  await until('the carrier has it back', async () => await soldCount(server) === before - 1);
});

test('what the client saw was always within the contract', () => {
  assert.ok(gate.history.length > 50);
  for (const each of gate.history) {
    const answer = { status: each.status, headers: each.headers, text: each.text,
      body: each.text === '' ? undefined : JSON.parse(each.text) };
    checkAnswer({ method: each.method, path: each.path.split('?')[0],
      version: each.requestHeaders['cartesia-version'], answer });
  }
});

// The same request twice: Idempotency-Key, and the implicit protection of SDK retries.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  clearFaults, ein, orderFault, provisionNaive, soldCount, usage,
} from '../support/actions.mjs';
import { createOrganization } from '../support/cli.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer, withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
before(async () => {
  server = await startServer({ slots: 1000, credits: 100_000 });
  await provisionNaive(server);
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const cartesia = '/agents/phone-numbers/provision';
const naive = '/v1/phone/provision';
const surfaces = [
  { path: cartesia, body: { label: 'Once' }, other: { label: 'Twice' }, status: 201,
    id: (answer) => answer.body.id },
  { path: naive, body: { label: 'Once', area_code: '415' }, other: { label: 'Twice' }, status: 202,
    id: (answer) => answer.body.phone.id },
];

let serial = 0;
const newKey = () => ({ 'Idempotency-Key': `test key ${++serial}` });
const retry = (count) => ({ 'x-stainless-retry-count': String(count) });

for (const { path, body, other, status, id } of surfaces) {
  test(`${path}: a replay repeats the answer byte for byte`, async () => {
    const key = newKey();
    const soldBefore = await soldCount(server);
    const first = expectStatus(await server.agent.post(path, body, key), status);
    assert.equal(first.headers['idempotent-replayed'], undefined);
    for (let i = 0; i < 3; ++i) {
      const replay = expectStatus(await server.agent.post(path, body, key), status);
      assert.deepEqual(replay.raw, first.raw);
      assert.equal(replay.headers['content-type'], first.headers['content-type']);
      assert.equal(replay.headers['idempotent-replayed'], 'true');
      assert.notEqual(replay.headers['x-request-id'], first.headers['x-request-id']);
    }
    assert.equal(await soldCount(server), soldBefore + 1);
    // The same members in another order and with other white space are the same body.
    const reordered = Buffer.from(JSON.stringify(
      Object.fromEntries(Object.entries(body).reverse()), null, 2));
    assert.deepEqual((await server.agent.post(path, reordered, key)).raw, first.raw);
    const conflict = expectError(await server.agent.post(path, other, key),
      409, 'idempotency_conflict');
    assert.equal(conflict.headers['x-should-retry'], 'false');
    assert.equal(await soldCount(server), soldBefore + 1);
    // Changing or removing the number later does not change what was answered.
    expectStatus(await server.agent.delete(`/agents/phone-numbers/${id(first)}`), 204);
    assert.deepEqual((await server.agent.post(path, body, key)).raw, first.raw);
  });

  test(`${path}: 16 at once under one key are one purchase`, async () => {
    const key = newKey();
    const soldBefore = await soldCount(server);
    await orderFault(server, { on: 'buy', outcome: 'slow', delay_ms: 300, count: 1 });
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => server.agent.post(path, body, key)));
    for (const answer of answers) expectStatus(answer, status);
    assert.equal(new Set(answers.map((answer) => answer.text)).size, 1, 'one answer for all');
    assert.equal(answers.filter((answer) => !answer.headers['idempotent-replayed']).length, 1);
    assert.equal(await soldCount(server), soldBefore + 1);
    await clearFaults(server);
  });

  test(`${path}: without a key two intended purchases stay two`, async () => {
    const soldBefore = await soldCount(server);
    const one = expectStatus(await server.agent.post(path, body), status);
    const two = expectStatus(await server.agent.post(path, body), status);
    const three = expectStatus(await server.agent.post(path, body, retry(0)), status);
    assert.equal(new Set([id(one), id(two), id(three)]).size, 3);
    assert.equal(await soldCount(server), soldBefore + 3);
  });

  test(`${path}: a marked retry joins the one it repeats`, async () => {
    const request = { ...body, label: `Marked ${++serial}` };
    const send = async (count) => id(expectStatus(
      await server.agent.post(path, request, retry(count)), status));
    const soldBefore = await soldCount(server);
    const a = await send(0);
    assert.equal(await send(1), a, 'the retry of the first');
    const b = await send(0);
    assert.notEqual(b, a);
    assert.equal(await send(1), b, 'the first has seen its retry 1 already');
    assert.equal(await send(2), a, 'the oldest whose count is below 2');
    assert.equal(await send(2), b);
    assert.equal(await soldCount(server), soldBefore + 2);
    // All have seen 2: nothing to join.
    const c = await send(2);
    assert.ok(![a, b].includes(c));
    // An attempt in between may have been lost on the way here.
    const d = await send(0);
    assert.equal(await send(3), a);
    assert.notEqual(d, a);
    assert.equal(await soldCount(server), soldBefore + 4);
    // Another body or another key has no twin.
    const other = await server.agent.post(path, { ...request, label: 'No twin' }, retry(1));
    assert.ok(![a, b, c, d].includes(id(expectStatus(other, status))));
    const mine = await server.operator.post(path, request, retry(1));
    assert.ok(![a, b, c, d].includes(id(expectStatus(mine, status))));
    assert.equal(await soldCount(server), soldBefore + 6);
  });

  test(`${path}: an unmarked request is joined only by a marked one while it is open`, async () => {
    const request = { ...body, label: `Open ${++serial}` };
    await orderFault(server, { on: 'buy', outcome: 'slow', delay_ms: 500, count: 1 });
    const soldBefore = await soldCount(server);
    const first = server.agent.post(path, request, retry(0));
    await until('the first is accepted', async () => (await server.operator.get(
      '/v1/sandbox/faults')).body.faults.length === 0);
    const second = server.agent.post(path, request, retry(1));
    assert.equal(id(expectStatus(await second, status)), id(expectStatus(await first, status)));
    assert.equal(await soldCount(server), soldBefore + 1);
  });

  test(`${path}: a final refusal is repeated too`, async () => {
    const key = newKey();
    const soldBefore = await soldCount(server);
    await orderFault(server, { on: 'buy', outcome: 'refused', count: 1 });
    const first = await server.agent.post(path, body, key);
    assert.ok(first.status >= 500, first.text);
    const replay = await server.agent.post(path, body, key);
    assert.equal(replay.status, first.status);
    assert.equal(replay.headers['idempotent-replayed'], 'true');
    assert.equal(await soldCount(server), soldBefore);
  });

  test(`${path}: keys are 1 to 255 printable characters`, async () => {
    const soldBefore = await soldCount(server);
    for (const bad of ['', 'x'.repeat(256), 'tab\there', 'schlüssel']) {
      const answer = await server.agent.post(path, body, { 'Idempotency-Key': bad });
      assert.equal(answer.status, 400, `${bad}: ${answer.text}`);
      assert.match(answer.text, /Idempotency-Key/);
    }
    assert.equal(await soldCount(server), soldBefore);
    expectStatus(await server.agent.post(path, body, { 'Idempotency-Key': 'k'.repeat(255) }),
      status);
    for (const bad of ['-1', 'x', '1.5', '9999999999999']) {
      const answer = await server.agent.post(path, body, { 'x-stainless-retry-count': bad });
      assert.ok(answer.status < 500, answer.text);
    }
  });
}

test('a key belongs to one path and one organization', async () => {
  const key = newKey();
  const one = expectStatus(await server.agent.post(cartesia, { label: 'x' }, key), 201);
  expectStatus(await server.agent.post(naive, { label: 'x' }, key), 202);
  const stranger = await createOrganization(server, 'Key twin');
  for (const secret of [stranger.operator_key, stranger.agent_key]) server.secrets.add(secret);
  const theirs = expectStatus(
    await api(server, stranger.agent_key).post(cartesia, { label: 'x' }, key), 201);
  assert.notEqual(theirs.body.id, one.body.id);
  await checkInvariants(server,
    { operatorKeys: [server.operatorKey, stranger.operator_key] });
  const number = `/agents/phone-numbers/${theirs.body.id}`;
  expectStatus(await api(server, stranger.operator_key).delete(number), 204);
  await until('the stranger has none', async () => expectStatus(
    await api(server, stranger.operator_key).get('/v1/phone'), 200).body.phones.length === 0);
});

test('every mutation takes a key: releases, assignments, agents, users', async () => {
  const { phone } = await provisionNaive(server, { agent_id: server.agentId });
  const twice = async (client, method, path, body) => {
    const key = newKey();
    const first = await client.call(method, path, body, key);
    assert.ok(first.status < 300, first.text);
    const replay = await client.call(method, path, body, key);
    assert.equal(replay.status, first.status, replay.text);
    assert.deepEqual(replay.raw, first.raw);
    assert.equal(replay.headers['idempotent-replayed'], 'true');
    return first.body;
  };
  await twice(server.agent, 'POST', `/v1/phone/${phone.id}/assign`, { agent_id: server.agentId });
  await twice(server.agent, 'DELETE', `/v1/phone/${phone.id}/assign/${server.agentId}`);
  await twice(server.agent, 'DELETE', `/v1/phone/${phone.id}`);
  const agents = (await server.agent.get('/agents')).body.summaries.length;
  const agent = await twice(server.agent, 'POST', '/v1/agents', { name: 'Once' });
  assert.equal((await server.agent.get('/agents')).body.summaries.length, agents + 1);
  await twice(server.agent, 'PATCH', `/agents/${agent.id}`, { name: 'Renamed' });
  await twice(server.agent, 'DELETE', `/agents/${agent.id}`);
  const user = await twice(server.operator, 'POST', '/v1/users', { external_id: 'idem' });
  await twice(server.operator, 'DELETE', `/v1/users/${user.id}`);
  await twice(server.operator, 'POST', '/v1/account-kits', { name: 'Once' });
});

test('while open a replay shows the present state, also over a kill', async () => {
  await withServer({ waitMs: 150 }, async (own) => {
    const key = newKey();
    const request = { ein, area_code: '415' };
    await orderFault(own, { on: 'buy', outcome: 'slow', delay_ms: 1500, count: 1 });
    const first = expectStatus(await own.agent.post(naive, request, key), 202).body;
    assert.equal(first.phone.status, 'pending');
    const open = expectStatus(await own.agent.post(naive, request, key), 202).body;
    assert.equal(open.phone.status, 'pending');
    assert.equal(open.phone.id, first.phone.id);
    assert.equal(open.phone.operation_id, first.phone.operation_id);
    const row = expectStatus(await own.agent.get(`/v1/phone/${first.phone.id}`), 200).body;
    assert.equal(row.status, 'pending');
    assert.equal(row.e164, null);
    const ended = await until('the replay shows the end', async () => {
      const answer = expectStatus(await own.agent.post(naive, request, key), 202);
      return answer.body.phone.status === 'active' ? answer : undefined;
    });
    assert.equal(ended.body.phone.id, first.phone.id);
    assert.equal(ended.body.credits_used, 50);
    await own.kill();
    await own.start();
    const later = expectStatus(await own.agent.post(naive, request, key), 202);
    assert.deepEqual(later.raw, ended.raw);
    assert.equal(await soldCount(own), 1);
    await checkInvariants(own);
  });
});

test('cartesia: a purchase that outlasts the wait is 202 pending, never an error', async () => {
  await withServer({ waitMs: 150 }, async (own) => {
    await orderFault(own, { on: 'buy', outcome: 'slow', delay_ms: 1500, count: 1 });
    const answer = expectStatus(await own.agent.post(cartesia,
      { label: 'Slow', agent_id: own.agentId }), 202);
    const { body } = answer;
    assert.equal(body.number, null);
    assert.equal(body.status, 'pending');
    assert.equal(body.provider, undefined);
    assert.equal(answer.headers.location, `/agents/phone-numbers/${body.id}`);
    const list = expectStatus(await own.agent.get('/agents/phone-numbers'), 200).body;
    assert.deepEqual(list.data, [], 'not listed until it has a number');
    const pending = expectStatus(await own.agent.get(answer.headers.location), 200).body;
    assert.equal(pending.status, 'pending');
    const operation = expectStatus(
      await own.agent.get(`/v1/operations/${body.operation_id}`), 200).body;
    assert.equal(operation.status, 'open');
    assert.equal(operation.kind, 'provision_number');
    const number = await until('it has a number', async () => {
      const { body: now } = expectStatus(await own.agent.get(answer.headers.location), 200);
      return now.number === null ? undefined : now;
    });
    assert.equal(number.id, body.id);
    assert.equal(number.status, undefined);
    assert.deepEqual(number.provider, { type: 'cartesia' });
    const ended = expectStatus(
      await own.agent.get(`/v1/operations/${body.operation_id}`), 200).body;
    assert.equal(ended.status, 'succeeded');
    assert.notEqual(ended.number_id, null);
    assert.equal((await usage(own)).held, 0);
    await checkInvariants(own);
  });
});

// The first founding document, word for word: POST /agents/phone-numbers/provision.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { after, before, test } from 'node:test';
import { allNumbers, balance, provisionCartesia, sold, soldCount } from '../support/actions.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { unknownAgentId, unknownUuid, wireIdOf } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer, withServer } from '../support/server.mjs';

let server;
before(async () => { server = await startServer({ slots: 60 }); });
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const path = '/agents/phone-numbers/provision';
const version = { 'Cartesia-Version': '2026-03-01' };

test('the founding request buys a number for the agent', async () => {
  const soldBefore = await soldCount(server);
  const answer = await server.agent.post(path,
    { label: 'Support line', agent_id: server.agentId }, version);
  expectStatus(answer, 201);
  assert.deepEqual(Object.keys(answer.body).sort(),
    ['agent', 'created_at', 'id', 'label', 'number', 'updated_at'],
    'exactly the documented members; provider is for reads');
  assert.equal(answer.body.label, 'Support line');
  assert.deepEqual(answer.body.agent, { id: server.agentId, name: 'Customer support' });
  assert.match(answer.body.number, /^\+1[2-9]\d\d555\d{4}$/);
  assert.equal(answer.headers['content-type'], 'application/json');
  const carrier = await sold(server);
  assert.equal(carrier.length, soldBefore + 1, 'one purchase, not more');
  assert.ok(carrier.some((row) => row.e164 === answer.body.number));
});

test('the printed curl line works as pasted', async () => {
  const line = /^curl (?:.*\\\n)*.*\/agents\/phone-numbers\/provision(?:.*\\\n)*.*$/m
    .exec(server.banner)?.[0];
  assert.ok(line, `no curl line for this dialect in:\n${server.banner}`);
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { timeout: 30_000 });
  const body = JSON.parse(stdout.slice(stdout.indexOf('{')));
  assert.match(body.id, /^pn_[0-9A-Za-z]{22}$/);
  assert.equal(body.agent.id, server.agentId);
});

test('without an agent the number is unassigned; null counts as absent', async () => {
  assert.equal((await provisionCartesia(server, { label: 'A' })).agent, null);
  assert.equal((await provisionCartesia(server, { label: 'B', agent_id: null })).agent, null);
});

test('the bare UUID names the same agent', async () => {
  const number = await provisionCartesia(server, { agent_id: server.agentUuid });
  assert.equal(number.agent.id, server.agentId);
});

test('X-API-Key does as well as Bearer; two keys that differ do not', async () => {
  const body = { label: 'Keys' };
  expectStatus(await server.anonymous.post(path, body, { 'X-API-Key': server.agentKey }), 201);
  expectStatus(await server.agent.post(path, body, { 'X-API-Key': server.agentKey }), 201);
  const soldBefore = await soldCount(server);
  expectError(await server.agent.post(path, body, { 'X-API-Key': server.operatorKey }),
    401, 'unauthorized');
  expectError(await server.anonymous.post(path, body), 401, 'unauthorized');
  for (const key of ['sk_car_unknown', '', 'nv_sk_live_', `${server.agentKey}x`]) {
    expectError(await api(server, key).post(path, body), 401, 'unauthorized');
  }
  expectError(await server.anonymous.post(path, body, { Authorization: 'Basic YTpi' }),
    401, 'unauthorized');
  assert.equal(await soldCount(server), soldBefore);
});

test('an operator key may provision too', async () => {
  expectStatus(await server.operator.post(path, { label: 'By the operator' }), 201);
});

test('an unknown agent is 404 and nothing is bought', async () => {
  const soldBefore = await soldCount(server);
  const elsewhere = wireIdOf('pn', unknownUuid);
  for (const agent of [unknownAgentId, unknownUuid, 'agent_abc123', 'nobody', elsewhere]) {
    expectError(await server.agent.post(path, { label: 'X', agent_id: agent }), 404, 'not_found');
  }
  assert.equal(await soldCount(server), soldBefore);
});

test('label: required, 1 to 255 characters after trimming', async () => {
  const soldBefore = await soldCount(server);
  const bad = [undefined, null, '', '   ', 'x'.repeat(256), 7, true, ['a'], { a: 1 }, '\u0007'];
  for (const label of bad) {
    expectError(await server.agent.post(path, { label }), 400, 'invalid_request',
      { mentions: 'label' });
  }
  assert.equal(await soldCount(server), soldBefore);
  assert.equal((await provisionCartesia(server, { label: '  Front desk ' })).label, 'Front desk');
  const long = 'ü'.repeat(255);
  assert.equal((await provisionCartesia(server, { label: long })).label, long);
});

test('unknown fields are refused by name', async () => {
  const soldBefore = await soldCount(server);
  for (const field of ['area_code', 'lable', 'provider', 'ein', 'agentId']) {
    expectError(await server.agent.post(path, { label: 'X', [field]: '415' }),
      400, 'invalid_request', { mentions: field });
  }
  assert.equal(await soldCount(server), soldBefore);
});

test('the order of checks: key, version, body, agent', async () => {
  const badVersion = { 'Cartesia-Version': '2020-01-01' };
  const bad = { label: '', agent_id: unknownAgentId };
  expectError(await server.anonymous.post(path, bad, badVersion), 401, 'unauthorized');
  expectError(await server.agent.post(path, bad, badVersion), 400, 'invalid_version');
  expectError(await server.agent.post(path, bad), 400, 'invalid_request', { mentions: 'label' });
  expectError(await server.agent.post(path, { ...bad, label: 'X' }), 404, 'not_found');
});

test('slots govern here: no credits, no EIN, no campaign', async () => {
  const balanceBefore = await balance(server);
  const number = await provisionCartesia(server, { label: 'Voice first' });
  assert.equal(await balance(server), balanceBefore);
  const row = expectStatus(await server.agent.get(`/v1/phone/${number.id}`), 200).body;
  assert.equal(row.e164, number.number);
  assert.equal(row.campaign_id, null);
  assert.equal(row.capabilities.sms_outbound, false);
});

test('no slot left is 402 quota_exceeded, before anything is bought', async () => {
  await withServer({ slots: 1 }, async (small) => {
    await provisionCartesia(small);
    const answer = await small.agent.post(path, { label: 'One too many' }, version);
    expectError(answer, 402, 'quota_exceeded');
    assert.equal(answer.body.title, 'Phone number limit reached');
    assert.equal(answer.headers['x-should-retry'], 'false');
    // An unknown agent is found before the full plan.
    expectError(await small.agent.post(path, { label: 'X', agent_id: unknownAgentId }),
      404, 'not_found');
    assert.equal(await soldCount(small), 1);
    assert.equal((await allNumbers(small.agent)).length, 1);
    await checkInvariants(small);
  });
});

// Another organization's objects are 404 everywhere; nothing leaks and nothing changes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  completeEntity, ein, gateDefaultUser, provisionCartesia, provisionNaive, soldCount,
} from '../support/actions.mjs';
import { createOrganization } from '../support/cli.mjs';
import { fillPath, operations } from '../support/contract.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { uuidOf, wireIdOf } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
let stranger;      // {operator_key, agent_key} of the other organization
let theirs;        // client with the other organization's operator key
let theirAgent;
const ours = {};   // ids of objects of the demo organization

before(async () => {
  server = await startServer({ slots: 60, credits: 10_000 });
  stranger = await createOrganization(server, 'Stranger & Co');
  server.secrets.add(stranger.operator_key);
  server.secrets.add(stranger.agent_key);
  theirs = api(server, stranger.operator_key);
  theirAgent = api(server, stranger.agent_key);
  const bought = await provisionNaive(server, { agent_id: server.agentId });
  ours.phone = bought.phone.id;
  // What the carrier's review changes must not be taken for what a stranger changed.
  await until('the campaign is active', async () => (await server.agent.get(
    `/v1/phone/${ours.phone}`)).body.capabilities.sms_outbound);
  ours.campaign = bought.campaign.id;
  ours.cartesia = wireIdOf('pn', bought.phone.id);
  ours.provider = expectStatus(await server.operator.post('/agents/phone-numbers/providers',
    { type: 'sip_trunk', label: 'Trunk', inbound: {} }), 201).body.id;
  ours.quote = expectStatus(await server.operator.post('/v1/phone/quotes', {}), 201).body.id;
  ours.key = expectStatus(await server.agent.get('/v1/auth/key'), 200).body.id;
  const { formations } = (await server.operator.get('/v1/formation')).body;
  ours.formation = formations[0].id;
  expectStatus(await server.operator.put(`/v1/voice-endpoints/${server.agentId}`,
    { type: 'websocket', url: 'wss://agent.example/' }), 200);
  expectStatus(await server.operator.patch(`/agents/phone-numbers/${ours.cartesia}`,
    { agent_id: server.agentId }), 200);
  expectStatus(await server.operator.post('/v1/sandbox/calls',
    { from: '+14155550142', to: bought.phone.e164 }), 201);
  ours.call = expectStatus(await server.operator.get(
    `/agents/calls?agent_id=${server.agentId}`), 200).body.data[0].id;
  const { user, kit, openKitId } = await gateDefaultUser(server);
  ours.user = user.id;
  ours.kit = kit.id;
  ours.approval = expectStatus(
    await server.agent.post('/v1/phone/provision', { label: 'Waits' }), 202).body.approval_id;
  expectStatus(await server.operator.post(
    `/v1/account-kits/${openKitId}/users/${user.id}/assign`), 200);
  ours.openKit = openKitId;
});
after(async () => {
  await checkInvariants(server,
    { operatorKeys: [server.operatorKey, stranger.operator_key] });
  await server.stop();
});

// A valid body for each route that takes one, so that only the foreign id can be refused.
const bodies = {
  'PATCH /agents/phone-numbers/{id}': () => ({ label: 'Stolen' }),
  'PATCH /agents/phone-numbers/providers/{id}': () => ({ type: 'sip_trunk', label: 'Stolen' }),
  'PATCH /agents/{agent_id}': () => ({ name: 'Stolen' }),
  'PATCH /v1/agents/{agent_id}': () => ({ name: 'Stolen' }),
  'POST /v1/phone/{id}/assign': () => ({ agent_id: server.agentId }),
  'POST /v1/users/{user_id}/phone/{id}/assign': () => ({ agent_id: server.agentId }),
  'POST /v1/users/{user_id}/phone/provision': () => ({ ein }),
  'POST /v1/phone/{id}/sms': () => ({ to: '+14155550142', body: 'Stolen' }),
  'POST /v1/users/{user_id}/phone/{id}/sms': () => ({ to: '+14155550142', body: 'Stolen' }),
  'POST /v1/phone/{id}/messages/wait': () => ({ timeout_ms: 0 }),
  'POST /v1/users/{user_id}/phone/{id}/messages/wait': () => ({ timeout_ms: 0 }),
  'POST /v1/users/{user_id}/phone/brand-verification/confirm': () => ({ code: '123456' }),
  'PUT /v1/users/{user_id}/contacts/{e164}/consent':
    () => ({ method: 'verbal', wording: 'Stolen', identifier: 'call 1' }),
  'POST /v1/users/{user_id}/contacts/{e164}/opt-in': () => ({ reason: 'Stolen' }),
  'PATCH /v1/users/{user_id}': () => ({ label: 'Stolen' }),
  'PATCH /v1/account-kits/{id}': () => ({ name: 'Stolen' }),
  'PATCH /v1/formation/{id}': () => ({ website: 'https://stolen.example' }),
  'POST /v1/users/{user_id}/webhooks':
    () => ({ url: 'https://stolen.example/', eventTypes: ['*'] }),
  'PUT /v1/voice-endpoints/{agent_id}':
    () => ({ type: 'websocket', url: 'wss://stolen.example/' }),
  'POST /v1/approvals/{id}/deny': () => ({ reason: 'Stolen' }),
  'POST /v1/users/{user_id}/approvals/{id}/deny': () => ({ reason: 'Stolen' }),
};

function idsFor(operation) {
  const { path } = operation;
  const id = path.includes('/providers') ? ours.provider
    : path.startsWith('/agents/phone-numbers') ? ours.cartesia
    : path.includes('/auth/keys') ? ours.key
    : path.includes('/quotes/') ? ours.quote
    : path.includes('/phone/') ? ours.phone
    : path.includes('/approvals') ? ours.approval
    : path.includes('/account-kits') ? ours.kit
    : path.includes('/campaigns') ? ours.campaign
    : path.includes('/formation') ? ours.formation : ours.operation;
  return { id, agent_id: server.agentId, user_id: ours.user, e164: '+14155550142',
    carrier: 'sandbox', name: 'sandbox', call_id: ours.call };
}

async function snapshot() {
  const read = async (path) => expectStatus(await server.operator.get(path), 200).text;
  return Promise.all(['/agents/phone-numbers?limit=100', '/v1/phone', '/agents', '/v1/users',
    '/v1/account-kits', '/v1/formation', '/v1/approvals', '/v1/usage',
    `/v1/phone/${ours.phone}/assignments`].map(read));
}

test('every route with an id answers 404 to a stranger and changes nothing', async () => {
  const audit = expectStatus(await server.operator.get('/v1/audit?limit=100'), 200).body.entries;
  const id = audit.map((entry) => entry.detail.operation_id).find(Boolean);
  ours.operation = id ?? ours.approval;
  const before = await snapshot();
  // What a carrier posts names no tenant: its signature decides. A contact is a telephone number:
  // everybody has contacts of their own under it.
  const withIds = operations.filter((operation) => operation.path.includes('{') &&
    !operation.path.includes('{carrier}') && !operation.path.startsWith('/v1/contacts/'));
  assert.ok(withIds.length > 30);
  for (const operation of withIds) {
    const key = `${operation.method} ${operation.path}`;
    const path = fillPath(operation.path, idsFor(operation));
    const body = operation.body ? (bodies[key] ?? (() => ({})))() : undefined;
    const answer = await theirs.call(operation.method, path, body);
    assert.equal(answer.status, 404, `${key}: ${answer.text}`);
    assert.ok(!answer.text.includes('Customer support') && !answer.text.includes('Default'),
      `${key} tells something: ${answer.text}`);
    if (operation.role === 'agent') {
      assert.equal((await theirAgent.call(operation.method, path, body)).status, 404, key);
    }
  }
  assert.deepEqual(await snapshot(), before);
});

test('lists of a stranger are empty of our things', async () => {
  const checks = [
    ['/agents/phone-numbers', (body) => body.data.length],
    ['/agents/phone-numbers/providers', (body) => body.length],
    ['/v1/carriers', (body) => body.carriers.length],
    ['/agents', (body) => body.summaries.filter((each) => each.id === server.agentId).length],
    ['/v1/agents', (body) => body.data.filter((each) => each.id === server.agentId).length],
    ['/v1/phone', (body) => body.phones.length],
    ['/v1/approvals', (body) => body.approvals.length],
    ['/v1/users', (body) => body.users.filter((each) => each.id === ours.user).length],
    ['/v1/account-kits', (body) => body.account_kits.filter((kit) => kit.id === ours.kit).length],
    ['/v1/auth/keys', (body) => body.keys.filter((key) => key.id === ours.key).length],
    ['/v1/formation', (body) => body.formations.filter((f) => f.id === ours.formation).length],
    ['/v1/usage', (body) => body.entries.filter((entry) => entry.kind === 'charge').length],
  ];
  for (const [path, count] of checks) {
    assert.equal(count(expectStatus(await theirs.get(path), 200).body), 0, path);
  }
  const { entries } = expectStatus(await theirs.get('/v1/audit?limit=100'), 200).body;
  assert.ok(!JSON.stringify(entries).includes(ours.phone));
});

test('our ids are worth nothing inside a stranger\'s requests', async () => {
  const soldBefore = await soldCount(server);
  expectError(await theirs.post('/agents/phone-numbers/provision',
    { label: 'x', agent_id: server.agentId }), 404, 'not_found');
  expectError(await theirs.get('/v1/phone', { 'X-Naive-User-Id': ours.user }), 404, 'not_found');
  expectError(await theirs.post('/v1/phone/provision', { ein },
    { 'X-Naive-User-Id': ours.user }), 404, 'not_found');
  expectError(await theirs.post('/v1/formation', completeEntity,
    { 'X-Naive-User-Id': ours.user }), 404, 'not_found');
  expectError(await theirs.post('/v1/users', { account_kit_id: ours.kit }), 404, 'not_found');
  const { users } = expectStatus(await theirs.get('/v1/users'), 200).body;
  expectError(await theirs.post(`/v1/account-kits/${ours.kit}/users/${users[0].id}/assign`),
    404, 'not_found');
  assert.equal(await soldCount(server), soldBefore);
  // A number of theirs takes no agent of ours.
  const mine = expectStatus(
    await theirs.post('/agents/phone-numbers/provision', { label: 'Their own' }), 201).body;
  expectError(await theirs.patch(`/agents/phone-numbers/${mine.id}`,
    { agent_id: server.agentId }), 404, 'not_found');
  expectError(await theirs.post(`/v1/phone/${mine.id}/assign`, { agent_id: server.agentId }),
    404, 'resource_not_found');
  expectError(await server.agent.get(`/agents/phone-numbers/${mine.id}`), 404, 'not_found');
  // Filters and cursors with foreign ids see nothing.
  const filtered = await theirs.get(`/agents/phone-numbers?agent_id=${server.agentId}`);
  assert.deepEqual(expectStatus(filtered, 200).body.data, []);
  expectError(await theirs.get(`/agents/phone-numbers?starting_after=${ours.cartesia}`),
    400, 'invalid_request', { mentions: 'starting_after' });
});

test('money and slots are each organization\'s own', async () => {
  const before = expectStatus(await server.operator.get('/v1/usage'), 200).body.balance;
  const theirsBefore = expectStatus(await theirs.get('/v1/usage'), 200).body.balance;
  expectStatus(await theirs.post('/v1/billing/topup', { pack_id: 'large' }), 200);
  assert.equal((await theirs.get('/v1/usage')).body.balance, theirsBefore + 100);
  assert.equal((await server.operator.get('/v1/usage')).body.balance, before);
  await provisionCartesia(server, { label: 'Ours' });
  const list = expectStatus(await theirs.get('/agents/phone-numbers?limit=100'), 200).body.data;
  assert.ok(list.every((number) => number.label !== 'Ours'));
  assert.equal(uuidOf(ours.cartesia), ours.phone);
});

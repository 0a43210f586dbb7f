// Users (the organization's customers) and the account kits that say what they may do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createReadyUser, ein, soldCount } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { unknownUuid } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => { server = await startServer({ slots: 100, credits: 100_000 }); });
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const post = (path, body, headers) => server.operator.post(path, body, headers);
const makeUser = async (body = {}) => expectStatus(await post('/v1/users', body), 201).body;
const makeKit = async (phone, more = {}) => expectStatus(await post('/v1/account-kits',
  { name: 'Kit', primitives_config: { phone }, ...more }), 201).body;
const open = { enabled: true, requiresApproval: false };

test('the demo has a default user under a default kit that asks for no approval', async () => {
  const { users } = expectStatus(await server.operator.get('/v1/users'), 200).body;
  assert.equal(users.length, 1);
  assert.equal(users[0].is_default, true);
  assert.equal(users[0].status, 'active');
  const { account_kits: kits } = expectStatus(
    await server.operator.get('/v1/account-kits'), 200).body;
  assert.equal(kits.length, 1);
  assert.equal(kits[0].is_default, true);
  assert.equal(kits[0].id, users[0].account_kit_id);
  assert.equal(kits[0].user_count, 1);
  assert.equal(kits[0].primitives_config.phone.requiresApproval, false);
});

test('users: create, get, list, update, delete', async () => {
  const body = { external_id: 'crm-1', email: 'a@shop.example', label: 'Shop',
    metadata: { tier: 'gold', n: 1 } };
  const user = await makeUser(body);
  for (const [name, value] of Object.entries(body)) assert.deepEqual(user[name], value);
  assert.equal(user.is_default, false);
  const one = `/v1/users/${user.id}`;
  assert.deepEqual(expectStatus(await server.operator.get(one), 200).body, user);
  const { users } = expectStatus(await server.operator.get('/v1/users'), 200).body;
  assert.equal(users[0].id, user.id, 'newest first');
  const changed = expectStatus(await server.operator.patch(one,
    { label: 'Shop 2', email: null, metadata: {} }), 200).body;
  assert.equal(changed.label, 'Shop 2');
  assert.equal(changed.email, null);
  assert.deepEqual(changed.metadata, {});
  assert.equal(changed.external_id, 'crm-1', 'what is left out stays');
  const gone = expectStatus(await server.operator.delete(one), 200).body;
  assert.deepEqual(gone, { id: user.id, status: 'deleted' });
  expectError(await server.operator.delete(one), 404, 'not_found');
  expectError(await server.operator.get(one), 404, 'not_found');
  const left = expectStatus(await server.operator.get('/v1/users'), 200).body.users;
  assert.ok(!left.some((each) => each.id === user.id));
});

test('users: external_id is unique', async () => {
  const first = await makeUser({ external_id: 'same' });
  expectError(await post('/v1/users', { external_id: 'same' }), 409, 'conflict');
  const second = await makeUser({ external_id: 'other' });
  expectError(await server.operator.patch(`/v1/users/${second.id}`, { external_id: 'same' }),
    409, 'conflict');
  expectStatus(await server.operator.patch(`/v1/users/${first.id}`, { external_id: 'same' }), 200);
  // Having none is no collision.
  await makeUser({});
  await makeUser({ external_id: null });
});

test('users: limit and offset', async () => {
  for (let i = 0; i < 3; ++i) await makeUser({ label: `Page ${i}` });
  const read = async (query) => expectStatus(
    await server.operator.get(`/v1/users?${query}`), 200).body.users.map((user) => user.id);
  const all = await read('limit=100');
  assert.deepEqual(await read('limit=2'), all.slice(0, 2));
  assert.deepEqual(await read('limit=2&offset=1'), all.slice(1, 3));
  assert.deepEqual(await read('offset=1000'), []);
  for (const [query, field] of [['limit=0', 'limit'], ['limit=101', 'limit'], ['limit=x', 'limit'],
    ['offset=-1', 'offset'], ['offset=x', 'offset'], ['offset=1.5', 'offset']]) {
    for (const path of ['/v1/users', '/v1/account-kits']) {
      expectError(await server.operator.get(`${path}?${query}`), 400, 'invalid_input',
        { mentions: field });
    }
  }
});

test('users: bad fields are named', async () => {
  const cases = [
    [{ external_id: '' }, 'external_id'], [{ external_id: 5 }, 'external_id'],
    [{ external_id: 'x'.repeat(256) }, 'external_id'], [{ email: 'no-at-sign' }, 'email'],
    [{ email: 5 }, 'email'], [{ label: [] }, 'label'], [{ label: 'x'.repeat(256) }, 'label'],
    [{ metadata: 'x' }, 'metadata'], [{ metadata: [] }, 'metadata'],
    [{ account_kit_id: 5 }, 'account_kit_id'], [{ is_default: true }, 'is_default'],
    [{ lable: 'x' }, 'lable'],
  ];
  for (const [body, field] of cases) {
    expectError(await post('/v1/users', body), 400, 'invalid_input', { mentions: field });
  }
  expectError(await post('/v1/users', { account_kit_id: unknownUuid }), 404, 'not_found');
  const user = await makeUser();
  expectError(await server.operator.patch(`/v1/users/${user.id}`, { status: 'deleted' }),
    400, 'invalid_input', { mentions: 'status' });
  expectError(await server.operator.patch(`/v1/users/${unknownUuid}`, {}), 404, 'not_found');
});

test('users: the default one and those with numbers stay', async () => {
  const { users } = expectStatus(await server.operator.get('/v1/users?limit=100'), 200).body;
  const standard = users.find((user) => user.is_default);
  expectError(await server.operator.delete(`/v1/users/${standard.id}`), 409, 'conflict');
  const user = await createReadyUser(server);
  const { phone } = expectStatus(await server.agent.post(
    `/v1/users/${user.id}/phone/provision`, { ein }), 202).body;
  expectError(await server.operator.delete(`/v1/users/${user.id}`), 409, 'conflict');
  expectStatus(await server.agent.delete(`/v1/users/${user.id}/phone/${phone.id}`), 200);
  expectStatus(await server.operator.delete(`/v1/users/${user.id}`), 200);
  expectError(await server.agent.get(`/v1/users/${user.id}/phone`), 404, 'not_found');
  expectError(await server.agent.post(`/v1/users/${user.id}/phone/provision`, {}),
    404, 'not_found');
});

test('a suspended user buys nothing', async () => {
  const user = await createReadyUser(server);
  const one = `/v1/users/${user.id}`;
  const soldBefore = await soldCount(server);
  expectStatus(await server.operator.patch(one, { status: 'suspended' }), 200);
  expectError(await server.agent.post(`${one}/phone/provision`, { ein }), 403, 'forbidden',
    { reason: 'user_suspended' });
  assert.equal(await soldCount(server), soldBefore);
  expectStatus(await server.operator.patch(one, { status: 'active' }), 200);
  expectStatus(await server.agent.post(`${one}/phone/provision`, { ein }), 202);
});

test('kits: create, get, list, update, delete', async () => {
  const kit = await makeKit(open, { description: 'For shops',
    connections_config: { mode: 'allowlist', toolkits: ['mail'] } });
  assert.equal(kit.is_default, false);
  assert.equal(kit.user_count, 0);
  assert.deepEqual(kit.connections_config, { mode: 'allowlist', toolkits: ['mail'] });
  const one = `/v1/account-kits/${kit.id}`;
  assert.deepEqual(expectStatus(await server.operator.get(one), 200).body, kit);
  const changed = expectStatus(await server.operator.patch(one,
    { name: 'New name', primitives_config: { phone: { enabled: false } } }), 200).body;
  assert.equal(changed.name, 'New name');
  assert.deepEqual(changed.primitives_config, { phone: { enabled: false } });
  assert.equal(changed.description, 'For shops');
  const { account_kits: kits } = expectStatus(
    await server.operator.get('/v1/account-kits?limit=100'), 200).body;
  assert.ok(kits.some((each) => each.id === kit.id));
  const gone = expectStatus(await server.operator.delete(one), 200).body;
  assert.deepEqual(gone, { id: kit.id, status: 'deleted' });
  for (const call of [server.operator.get(one), server.operator.patch(one, {}),
    server.operator.delete(one)]) {
    expectError(await call, 404, 'not_found');
  }
});

test('kits: bad fields are named', async () => {
  const cases = [
    [{}, 'name'], [{ name: '' }, 'name'], [{ name: 5 }, 'name'],
    [{ name: 'x'.repeat(256) }, 'name'],
    [{ name: 'x', primitives_config: [] }, 'primitives_config'],
    [{ name: 'x', primitives_config: { phone: true } }, 'phone'],
    [{ name: 'x', primitives_config: { phone: { enabled: 'yes' } } }, 'enabled'],
    [{ name: 'x', primitives_config: { phone: { requiresApproval: 1 } } }, 'requiresApproval'],
    [{ name: 'x', primitives_config: { phone: { requires_approval: true } } },
      'requires_approval'],
    [{ name: 'x', primitives_config: { phone: { defaults: { area_code: '4' } } } }, 'area_code'],
    [{ name: 'x', primitives_config: { phone: { defaults: { max_numbers: -1 } } } },
      'max_numbers'],
    [{ name: 'x', connections_config: 5 }, 'connections_config'],
    [{ name: 'x', users: [] }, 'users'],
  ];
  for (const [body, field] of cases) {
    expectError(await post('/v1/account-kits', body), 400, 'invalid_input', { mentions: field });
  }
});

test('kits: the default one and those in use stay', async () => {
  const { account_kits: kits } = expectStatus(
    await server.operator.get('/v1/account-kits?limit=100'), 200).body;
  const standard = kits.find((kit) => kit.is_default);
  expectError(await server.operator.delete(`/v1/account-kits/${standard.id}`),
    400, 'invalid_input');
  const kit = await makeKit(open);
  const user = await makeUser({ account_kit_id: kit.id });
  assert.equal(user.account_kit_id, kit.id);
  const one = `/v1/account-kits/${kit.id}`;
  assert.equal(expectStatus(await server.operator.get(one), 200).body.user_count, 1);
  expectError(await server.operator.delete(one), 400, 'invalid_input');
  const moved = expectStatus(
    await post(`/v1/account-kits/${standard.id}/users/${user.id}/assign`), 200).body;
  assert.equal(moved.account_kit_id, standard.id);
  expectStatus(await server.operator.delete(one), 200);
  expectError(await post(`/v1/account-kits/${unknownUuid}/users/${user.id}/assign`),
    404, 'not_found');
  expectError(await post(`/v1/account-kits/${standard.id}/users/${unknownUuid}/assign`),
    404, 'not_found');
});

test('a kit that disables phones', async () => {
  const kit = await makeKit({ enabled: false }, { name: 'No phones' });
  const user = await createReadyUser(server, { account_kit_id: kit.id });
  const soldBefore = await soldCount(server);
  const answer = await server.agent.post(`/v1/users/${user.id}/phone/provision`, { ein });
  expectError(answer, 403, 'forbidden', { reason: 'primitive_disabled_by_kit' });
  assert.equal(answer.body.error.message,
    'Not allowed by AccountKit "No phones": primitive_disabled_by_kit');
  assert.equal(answer.body.error.details.primitive, 'phone');
  assert.equal(await soldCount(server), soldBefore);
  // The kit is judged before the body.
  expectError(await server.agent.post(`/v1/users/${user.id}/phone/provision`, { ein: 5 }),
    403, 'forbidden');
});

test('a kit that limits numbers and prefers an area code', async () => {
  const kit = await makeKit({ ...open, defaults: { max_numbers: 1, area_code: '503' } });
  const user = await createReadyUser(server, { account_kit_id: kit.id });
  const path = `/v1/users/${user.id}/phone/provision`;
  const { phone } = expectStatus(await server.agent.post(path, { ein }), 202).body;
  assert.match(phone.e164, /^\+1503/);
  expectError(await server.agent.post(path, {}), 402, 'billing_blocked',
    { reason: 'phone_number_limit' });
  expectStatus(await server.agent.delete(`/v1/users/${user.id}/phone/${phone.id}`), 200);
  const next = expectStatus(await server.agent.post(path, { area_code: '212' }), 202).body;
  assert.match(next.phone.e164, /^\+1212/, 'what is asked for wins over the kit');
});

test('a kit that limits what its user may spend in a month', async () => {
  const kit = await makeKit({ ...open, defaults: { monthly_credit_limit: 54.5 } });
  const user = await createReadyUser(server, { account_kit_id: kit.id });
  const path = `/v1/users/${user.id}/phone/provision`;
  const first = expectStatus(await server.agent.post(path, { ein }), 202).body;
  assert.equal(first.credits_used, 50);
  expectStatus(await server.agent.post(path, {}), 202);
  const soldBefore = await soldCount(server);
  const answer = await server.agent.post(path, {});
  expectError(answer, 402, 'billing_blocked', { reason: 'spend_cap_reached' });
  assert.match(answer.body.error.message, /54\.5 credits per month, of which 54 are used/);
  assert.equal(await soldCount(server), soldBefore);
  expectStatus(await server.operator.patch(`/v1/account-kits/${kit.id}`, {
    primitives_config: { phone: { ...open, defaults: { monthly_credit_limit: 58 } } },
  }), 200);
  expectStatus(await server.agent.post(path, {}), 202);
});

test('users and kits are the operator\'s', async () => {
  const user = await makeUser();
  const kit = await makeKit(open);
  const calls = [['GET', '/v1/users'], ['POST', '/v1/users', {}], ['GET', `/v1/users/${user.id}`],
    ['PATCH', `/v1/users/${user.id}`, {}], ['DELETE', `/v1/users/${user.id}`],
    ['GET', '/v1/account-kits'], ['POST', '/v1/account-kits', { name: 'x' }],
    ['GET', `/v1/account-kits/${kit.id}`], ['PATCH', `/v1/account-kits/${kit.id}`, {}],
    ['DELETE', `/v1/account-kits/${kit.id}`],
    ['POST', `/v1/account-kits/${kit.id}/users/${user.id}/assign`]];
  for (const [method, path, body] of calls) {
    expectError(await server.agent.call(method, path, body), 403, 'forbidden');
    expectError(await server.anonymous.call(method, path, body), 401, 'unauthorized');
  }
  expectStatus(await server.operator.get(`/v1/users/${user.id}`), 200);
  expectStatus(await server.operator.get(`/v1/account-kits/${kit.id}`), 200);
});

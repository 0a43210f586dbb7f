// Numbers that were at an organization's own account before us: imported with their old routing
// kept, and given up with it put back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gateDefaultUser, provisionCartesia, usage } from '../support/actions.mjs';
import { oldRouting, ownAccount } from '../support/carrier_accounts.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { unknownAgentId } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';
import { startEmulator } from '../support/wire_emulator.mjs';

const numbersPath = '/agents/phone-numbers';
let emulator;
let server;
let account;
let provider;
let serial = 4200;

before(async () => {
  emulator = await startEmulator('twilio');
  account = await ownAccount(emulator);
  server = await startServer({ slots: 1,
    args: ['--carriers-endpoints', `twilio=${emulator.origin}`] });
  server.secrets.add(account.secret);
  provider = await bring(server);
});
after(async () => {
  try {
    await checkInvariants(server);
    await server.stop();
  } finally {
    await emulator.stop();
  }
});

async function bring(to) {
  return expectStatus(await to.operator.post('/agents/phone-numbers/providers',
    { type: 'twilio', account_sid: account.sid, api_key_sid: account.key,
      api_key_secret: account.secret }), 201).body;
}

const next = () => `+1415867${serial++}`;
const order = (number, more = {}) =>
  ({ label: 'Front desk', number, provider: { id: provider.id }, ...more });

async function isRestored(e164) {
  const at = await account.number(e164);
  assert.equal(at.voice_url, oldRouting.voice_url);
  assert.equal(at.sms_url, oldRouting.text_url);
  assert.equal(at.friendly_name, 'Front desk');
}

async function isOurs(e164) {
  const at = await account.number(e164);
  assert.match(at.voice_url, /\/carriers\/twilio-[0-9a-f]{12}\/calls\?key=[0-9A-Za-z]{32}$/);
  assert.match(at.sms_url, /\/carriers\/twilio-[0-9a-f]{12}\/texts\?key=[0-9A-Za-z]{32}$/);
  assert.equal(at.friendly_name, 'Front desk', 'the name is its owner\'s');
  return at;
}

test('import: routed to us, shown with its provider, no slot, no credits', async () => {
  const e164 = await account.own(next());
  const before = await usage(server);
  const number = expectStatus(await server.agent.post(numbersPath,
    order(e164, { agent_id: server.agentId })), 201).body;
  assert.equal(number.number, e164);
  assert.equal(number.agent.id, server.agentId);
  assert.deepEqual(Object.keys(number.provider).sort(),
    ['account_sid', 'api_key_sid', 'id', 'region', 'type']);
  assert.equal(number.provider.id, provider.id);
  assert.equal(number.provider.type, 'twilio');
  await isOurs(e164);
  assert.equal((await usage(server)).balance, before.balance);
  // The one slot is still there.
  const managed = await provisionCartesia(server);
  const shown = async (query) =>
    expectStatus(await server.agent.get(`${numbersPath}?${query}`), 200).body.data
      .map((each) => each.id);
  assert.deepEqual(await shown('type=twilio'), [number.id]);
  assert.deepEqual(await shown('type=cartesia'), [managed.id]);
  assert.deepEqual(await shown('type=sip_trunk'), []);
  assert.deepEqual(await shown(`provider_id=${provider.id}`), [number.id]);
  assert.deepEqual(await shown('provider_id=prov_0000000000000000000000'), []);
  assert.deepEqual(await shown('limit=10'), [managed.id, number.id]);
  const read = expectStatus(await server.agent.get(`${numbersPath}/${number.id}`), 200).body;
  assert.deepEqual(read, number);
  const [perAgent] = expectStatus(
    await server.agent.get(`/agents/${server.agentId}/phone-numbers`), 200).body;
  assert.equal(perAgent.is_cartesia_managed, false);

  // Refused while an agent answers it; then given up as it was, never released.
  expectError(await server.agent.delete(`${numbersPath}/${number.id}`), 400, 'number_assigned');
  await isOurs(e164);
  expectStatus(await server.agent.patch(`${numbersPath}/${number.id}`, { agent_id: null }), 200);
  expectError(await server.operator.delete(`/agents/phone-numbers/providers/${provider.id}`),
    409, 'conflict');
  assert.equal((await server.agent.delete(`${numbersPath}/${number.id}`)).status, 204);
  await isRestored(e164);
  expectError(await server.agent.get(`${numbersPath}/${number.id}`), 404, 'not_found');
  expectError(await server.agent.delete(`${numbersPath}/${number.id}`), 404, 'not_found');
  assert.equal((await emulator.state()).releases, 0);
  assert.equal((await server.agent.delete(`${numbersPath}/${managed.id}`)).status, 204);
});

test('a kit\'s max_numbers limits what is bought, not what is imported', async () => {
  const other = await startServer({ args: ['--carriers-endpoints', `twilio=${emulator.origin}`] });
  other.secrets.add(account.secret);
  await gateDefaultUser(other,
    { enabled: true, requiresApproval: false, defaults: { max_numbers: 1 } });
  const { id } = await bring(other);
  const imported = [];
  for (let i = 0; i < 2; ++i) {
    imported.push(expectStatus(await other.agent.post(numbersPath,
      order(await account.own(next()), { provider: { id } })), 201).body);
  }
  await provisionCartesia(other);
  expectError(await other.agent.post(`${numbersPath}/provision`, { label: 'One too many' }), 402,
    'quota_exceeded');
  // Given up, they free no place either.
  assert.equal((await other.agent.delete(`${numbersPath}/${imported[0].id}`)).status, 204);
  expectError(await other.agent.post(`${numbersPath}/provision`, { label: 'One too many' }), 402,
    'quota_exceeded');
  assert.equal((await other.agent.delete(`${numbersPath}/${imported[1].id}`)).status, 204);
  await checkInvariants(other);
  await other.stop();
});

test('a provider is also found by its account', async () => {
  const e164 = await account.own(next());
  expectError(await server.agent.post(numbersPath, order(e164,
    { provider: { type: 'twilio', account_sid: account.sid, region: 'ie1' } })), 404, 'not_found');
  const number = expectStatus(await server.agent.post(numbersPath, order(e164,
    { provider: { type: 'twilio', account_sid: account.sid } })), 201).body;
  assert.equal(number.provider.id, provider.id);
  assert.equal(number.agent, null);
  assert.equal((await server.agent.delete(`${numbersPath}/${number.id}`)).status, 204);
});

test('what is wrong is said, and changes nothing at the provider', async () => {
  const e164 = await account.own(next());
  const cases = [
    [order('+14155550177'), 400, 'provider_error', 'no such number'],
    [order(e164, { agent_id: unknownAgentId }), 404, 'not_found'],
    [order(e164, { provider: { id: 'prov_0000000000000000000000' } }), 404, 'not_found'],
    [order(e164, { provider: {} }), 400, 'invalid_request', 'provider'],
    [order('12345'), 400, 'invalid_request', 'number'],
    [order(e164, { label: ' ' }), 400, 'invalid_request', 'label'],
  ];
  for (const [body, status, code, mentions] of cases) {
    expectError(await server.agent.post(numbersPath, body), status, code, { mentions });
  }
  await isRestored(e164);
  const number = expectStatus(await server.agent.post(numbersPath, order(e164)), 201).body;
  expectError(await server.agent.post(numbersPath, order(e164)), 409, 'conflict');
  expectError(await server.agent.patch(`${numbersPath}/${number.id}`,
    { provider: { id: 'prov_0000000000000000000000' } }), 404, 'not_found');
  assert.equal((await server.agent.delete(`${numbersPath}/${number.id}`)).status, 204);
  await isRestored(e164);
  // Given up, it can come back.
  const again = expectStatus(await server.agent.post(numbersPath, order(e164)), 201).body;
  assert.notEqual(again.id, number.id);
  assert.equal((await server.agent.delete(`${numbersPath}/${again.id}`)).status, 204);
});

test('repeats with a key are one import', async () => {
  const e164 = await account.own(next());
  const key = { 'Idempotency-Key': 'import-once' };
  const first = expectStatus(await server.agent.post(numbersPath, order(e164), key), 201).body;
  const second = expectStatus(await server.agent.post(numbersPath, order(e164), key), 201).body;
  assert.equal(second.id, first.id);
  expectError(await server.agent.post(numbersPath, order(e164, { label: 'Other' }), key),
    409, 'idempotency_conflict');
  assert.equal((await server.agent.delete(`${numbersPath}/${first.id}`)).status, 204);
});

test('webhooks that cannot be set: imported, without its agent; PATCH tries again', async () => {
  const e164 = await account.own(next());
  await emulator.fault('error_before', 'update', { count: 0, status: 400 });
  expectError(await server.agent.post(numbersPath, order(e164, { agent_id: server.agentId })),
    400, 'provider_error', { mentions: 'imported' });
  await isRestored(e164);
  const { data } = expectStatus(await server.agent.get(`${numbersPath}?type=twilio`), 200).body;
  const number = data.find((each) => each.number === e164);
  assert.equal(number.agent, null);
  expectError(await server.agent.patch(`${numbersPath}/${number.id}`,
    { agent_id: server.agentId }), 400, 'provider_error');
  await emulator.control('DELETE', 'faults');
  const set = expectStatus(await server.agent.patch(`${numbersPath}/${number.id}`,
    { agent_id: server.agentId }), 200).body;
  assert.equal(set.agent.id, server.agentId);
  await isOurs(e164);
  expectStatus(await server.agent.patch(`${numbersPath}/${number.id}`, { agent_id: null }), 200);

  // The old routing cannot be put back: the number stays, and the next try succeeds.
  await emulator.fault('error_before', 'update', { count: 0, status: 400 });
  expectError(await server.agent.delete(`${numbersPath}/${number.id}`), 400, 'provider_error');
  expectStatus(await server.agent.get(`${numbersPath}/${number.id}`), 200);
  await isOurs(e164);
  await emulator.control('DELETE', 'faults');
  assert.equal((await server.agent.delete(`${numbersPath}/${number.id}`)).status, 204);
  await isRestored(e164);
});

test('answers that are lost or late are asked for again', async () => {
  for (const what of ['lose_answer', 'lose_request', 'error_after', 'rate_limited']) {
    const e164 = await account.own(next());
    for (const on of ['list', 'update']) await emulator.fault(what, on);
    const number = expectStatus(await server.agent.post(numbersPath, order(e164)), 201,
      what).body;
    await isOurs(e164);
    await emulator.fault(what, 'update');
    assert.equal((await server.agent.delete(`${numbersPath}/${number.id}`)).status, 204, what);
    await isRestored(e164);
    await emulator.control('DELETE', 'faults');
  }
});

test('a number that left the account is given up as it is', async () => {
  const e164 = await account.own(next());
  const number = expectStatus(await server.agent.post(numbersPath, order(e164)), 201).body;
  await emulator.control('DELETE', 'numbers', { e164 });
  assert.equal((await server.agent.delete(`${numbersPath}/${number.id}`)).status, 204);
});

for (const point of ['import_accepted', 'import_looked_up', 'import_routing_kept',
  'import_routing_set', 'import_committed']) {
  test(`killed at ${point}: the import is finished, with the true old routing`, async () => {
    const e164 = await account.own(next());
    const other = await startServer({ env: { DIALPLANE_CRASH_AT: point },
      args: ['--carriers-endpoints', `twilio=${emulator.origin}`] });
    other.secrets.add(account.secret);
    const { id } = await bring(other);
    await assert.rejects(other.agent.post(numbersPath, order(e164, { provider: { id } })));
    await other.exited;
    await other.start({});
    const number = await until('the number is imported', async () =>
      expectStatus(await other.agent.get(`${numbersPath}?type=twilio`), 200).body.data[0]);
    assert.equal(number.number, e164);
    await isOurs(e164);
    assert.equal((await other.agent.delete(`${numbersPath}/${number.id}`)).status, 204);
    await isRestored(e164);
    await checkInvariants(other);
    await other.stop();
  });
}

test('killed while giving up: the old routing is back, the number gone', async () => {
  const e164 = await account.own(next());
  const other = await startServer({ env: { DIALPLANE_CRASH_AT: 'detach_answered' },
    args: ['--carriers-endpoints', `twilio=${emulator.origin}`] });
  other.secrets.add(account.secret);
  const { id } = await bring(other);
  const number = expectStatus(await other.agent.post(numbersPath,
    order(e164, { provider: { id } })), 201).body;
  await assert.rejects(other.agent.delete(`${numbersPath}/${number.id}`));
  await other.exited;
  await other.start({});
  await until('the number is gone', async () =>
    (await other.agent.get(`${numbersPath}/${number.id}`)).status === 404);
  await isRestored(e164);
  await checkInvariants(other);
  await other.stop();
});

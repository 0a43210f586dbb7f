// Telephony providers in the cartesia dialect: an organization's own account, checked before it is
// saved, and SIP trunks, which are kept and shown.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ownAccount } from '../support/carrier_accounts.mjs';
import { createOrganization } from '../support/cli.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { startEmulator } from '../support/wire_emulator.mjs';

const path = '/agents/phone-numbers/providers';
let emulator;
let server;
let account;

before(async () => {
  emulator = await startEmulator('twilio');
  account = await ownAccount(emulator);
  server = await startServer({ args: ['--carriers-endpoints', `twilio=${emulator.origin}`] });
  server.secrets.add(account.secret);
});
after(async () => {
  try {
    await checkInvariants(server);
    await server.stop();
  } finally {
    await emulator.stop();
  }
});

const wish = (more = {}) => ({ type: 'twilio', account_sid: account.sid, api_key_sid: account.key,
  api_key_secret: account.secret, ...more });
const list = async (query = '') => expectStatus(await server.operator.get(path + query), 200).body;

test('wrong credentials are refused and nothing is saved', async () => {
  expectError(await server.operator.post(path, wish({ api_key_secret: 'wrong-secret-text' })),
    400, 'provider_error');
  expectError(await server.operator.post(path, wish({ account_sid: 'AC123' })),
    400, 'provider_error');
  expectError(await server.operator.post(path, wish({ api_key_sid: undefined })),
    400, 'invalid_request', { mentions: 'api_key_sid' });
  assert.deepEqual(await list(), []);
});

test('an account: created, shown masked, once per region, changed, deleted', async () => {
  const made = expectStatus(await server.operator.post(path, wish({ label: 'Ours' })), 201);
  const provider = made.body;
  assert.equal(provider.type, 'twilio');
  assert.equal(provider.account_sid, account.sid);
  assert.equal(provider.region, 'us1');
  assert.equal(provider.label, 'Ours');
  assert.equal(provider.state, 'active');
  assert.ok(provider.api_key_sid.startsWith('***') && account.key.endsWith(
    provider.api_key_sid.slice(3)));
  assert.ok(!made.text.includes(account.secret) && !made.text.includes(account.key));
  expectError(await server.operator.post(path, wish()), 409, 'conflict');
  const other = expectStatus(await server.operator.post(path, wish({ region: 'ie1' })), 201).body;
  assert.equal(other.region, 'ie1');
  assert.deepEqual((await list()).map((each) => each.id), [provider.id, other.id]);
  assert.deepEqual((await list(`?account_sid=${account.sid}&type=twilio`)).length, 2);
  assert.deepEqual(await list('?account_sid=ACother'), []);
  assert.deepEqual(await list('?type=sip_trunk'), []);

  // New credentials are checked too; wrong ones change nothing.
  expectError(await server.operator.patch(`${path}/${provider.id}`,
    { type: 'twilio', api_key_sid: account.key, api_key_secret: 'wrong-secret-text' }),
  400, 'provider_error');
  expectError(await server.operator.patch(`${path}/${provider.id}`,
    { type: 'sip_trunk', label: 'x' }), 400, 'invalid_request', { mentions: 'type' });
  const changed = expectStatus(await server.operator.patch(`${path}/${provider.id}`,
    { type: 'twilio', api_key_sid: account.key, api_key_secret: account.secret,
      label: 'Renamed' }), 200).body;
  assert.equal(changed.label, 'Renamed');
  const read = expectStatus(await server.agent.get(`${path}/${provider.id}`), 200);
  assert.deepEqual(read.body, changed);

  for (const { id } of [provider, other]) {
    assert.equal((await server.operator.delete(`${path}/${id}`)).status, 204);
    expectError(await server.operator.get(`${path}/${id}`), 404, 'not_found');
    expectError(await server.operator.delete(`${path}/${id}`), 404, 'not_found');
  }
  assert.deepEqual(await list(), []);
});

test('another organization has its own, and sees none of ours', async () => {
  const made = expectStatus(await server.operator.post(path, wish()), 201).body;
  const stranger = await createOrganization(server, 'Stranger');
  server.secrets.add(stranger.operator_key);
  server.secrets.add(stranger.agent_key);
  const theirs = api(server, stranger.operator_key);
  assert.deepEqual(expectStatus(await theirs.get(path), 200).body, []);
  expectError(await theirs.get(`${path}/${made.id}`), 404, 'not_found');
  expectError(await theirs.delete(`${path}/${made.id}`), 404, 'not_found');
  expectError(await theirs.post('/agents/phone-numbers',
    { label: 'x', number: '+14155550199', provider: { id: made.id } }), 404, 'not_found');
  expectStatus(await theirs.post(path, wish()), 201);
  assert.equal((await list()).length, 1);
  assert.equal((await server.operator.delete(`${path}/${made.id}`)).status, 204);
});

test('an agent key reads providers and brings none', async () => {
  expectStatus(await server.agent.get(path), 200);
  expectError(await server.agent.post(path, wish()), 403, 'forbidden');
});

test('a SIP trunk: validated, merged, shown without passwords, not operated', async () => {
  for (const [body, mentions] of [
    [{ type: 'sip_trunk', label: 'T' }, 'inbound'],
    [{ type: 'sip_trunk', inbound: {} }, 'label'],
    [{ type: 'sip_trunk', label: 'T', inbound: { allowed_addresses: ['nowhere'] } },
      'allowed_addresses'],
    [{ type: 'sip_trunk', label: 'T', inbound: { allowed_numbers: ['123'] } }, 'allowed_numbers'],
    [{ type: 'sip_trunk', label: 'T', outbound: { address: 'sip.example' } }, 'transport'],
    [{ type: 'sip_trunk', label: 'T', outbound: { address: 'sip.example', transport: 'udp' } },
      'transport'],
    [{ type: 'sip_trunk', label: 'T', inbound: { credentials: { username: 'u' } } }, 'password'],
  ]) {
    expectError(await server.operator.post(path, body), 400, 'invalid_request', { mentions });
  }
  assert.deepEqual(await list('?type=sip_trunk'), []);
  server.secrets.add('trunk-password');
  const made = expectStatus(await server.operator.post(path, { type: 'sip_trunk', label: 'Desk',
    inbound: { allowed_addresses: ['192.0.2.0/24'], allowed_numbers: ['+14155550142'],
      credentials: { username: 'dialplane', password: 'trunk-password' } },
    outbound: { address: 'sip.example:5061', transport: 'tls', destination_country: 'US' } }), 201);
  assert.ok(!made.text.includes('trunk-password'));
  const { id } = made.body;
  assert.deepEqual(made.body.inbound, { allowed_addresses: ['192.0.2.0/24'],
    allowed_numbers: ['+14155550142'], auth_username: 'dialplane', media_encryption: 'allowed' });
  assert.deepEqual(made.body.outbound, { address: 'sip.example:5061', transport: 'tls',
    media_encryption: 'disabled', auth_username: null, destination_country: 'US' });
  assert.equal(made.body.operated, false);
  assert.match(made.body.state_message, /not operated/);

  expectError(await server.operator.patch(`${path}/${id}`,
    { type: 'sip_trunk', outbound: { address: 'other.example' } }),
  400, 'invalid_request', { mentions: 'outbound.address' });
  const changed = expectStatus(await server.operator.patch(`${path}/${id}`, { type: 'sip_trunk',
    inbound: { allowed_addresses: [], credentials: { username: 'renamed' } },
    outbound: { destination_country: null } }), 200).body;
  assert.deepEqual(changed.inbound.allowed_addresses, []);
  assert.deepEqual(changed.inbound.allowed_numbers, ['+14155550142']);
  assert.equal(changed.inbound.auth_username, 'renamed');
  assert.equal(changed.outbound.destination_country, undefined);
  const cleared = expectStatus(await server.operator.patch(`${path}/${id}`,
    { type: 'sip_trunk', inbound: { credentials: null } }), 200).body;
  assert.equal(cleared.inbound.auth_username, null);

  // No number comes from a trunk yet, and it says so.
  expectError(await server.agent.post('/agents/phone-numbers',
    { label: 'x', number: '+14155550199', provider: { id } }), 400, 'provider_error',
  { mentions: 'not operated' });
  assert.equal((await server.operator.delete(`${path}/${id}`)).status, 204);
});

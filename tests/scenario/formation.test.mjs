// Legal entities: recorded and attested by an operator, needed before the first number.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { completeEntity, ein, soldCount } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { unknownUuid } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => { server = await startServer(); });
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

async function newUser() {
  const user = expectStatus(await server.operator.post('/v1/users', {}), 201).body;
  return { user, subject: { 'X-Naive-User-Id': user.id } };
}

test('the demo starts with one completed entity without an EIN', async () => {
  const { formations } = expectStatus(await server.agent.get('/v1/formation'), 200).body;
  assert.equal(formations.length, 1);
  assert.equal(formations[0].status, 'formation_completed');
  assert.equal(formations[0].ein, null);
  const verification = expectStatus(await server.agent.get('/v1/verification'), 200).body;
  assert.equal(verification.ready_for_formation, true);
});

test('from nothing to the first number, step by step', async () => {
  const { user, subject } = await newUser();
  const provision = () => server.agent.post('/v1/phone/provision', { ein }, subject);
  const next = async () => expectStatus(
    await server.agent.get('/v1/phone/status', subject), 200).body.next_step;
  const none = expectStatus(await server.agent.get('/v1/formation', subject), 200).body;
  assert.deepEqual(none.formations, []);
  expectError(await provision(), 400, 'invalid_input', { reason: 'formation_required' });
  assert.equal(await next(), 'complete_legal_entity');

  const created = expectStatus(await server.operator.post('/v1/formation',
    { registered_name: 'Quay Goods LLC' }, subject), 201).body;
  assert.equal(created.status, 'pending');
  assert.equal(created.tenant_user_id, user.id);
  const one = `/v1/formation/${created.id}`;
  expectError(await provision(), 400, 'invalid_input', { reason: 'formation_required' });

  const incomplete = expectError(await server.operator.post(`${one}/submit`),
    400, 'invalid_input', { reason: 'entity_incomplete' });
  const { missing } = incomplete.body.error.details;
  assert.ok(missing.length > 3, 'a name alone is not enough');
  assert.ok(!missing.includes('registered_name'));
  assert.ok(missing.includes('entity_type'));
  assert.equal((await server.operator.get(one)).body.status, 'pending');

  const filled = expectStatus(await server.operator.patch(one, completeEntity), 200).body;
  assert.equal(filled.registered_name, completeEntity.registered_name);
  assert.deepEqual(filled.address.locality, 'Oakland');
  assert.deepEqual(filled.messaging.message_samples, completeEntity.messaging.message_samples);
  expectError(await server.operator.post(`${one}/complete`), 409, 'conflict');
  const submitted = expectStatus(await server.operator.post(`${one}/submit`), 200).body;
  assert.equal(submitted.status, 'submitted');
  expectError(await provision(), 400, 'invalid_input', { reason: 'formation_required' });
  const completed = expectStatus(await server.operator.post(`${one}/complete`), 200).body;
  assert.equal(completed.status, 'formation_completed');
  assert.equal(await next(), 'provision_number');
  assert.equal(await soldCount(server), 0);
  expectStatus(await provision(), 202);
  assert.equal(await soldCount(server), 1);
  const shown = expectStatus(await server.agent.get(one), 200).body;
  assert.equal(shown.ein, '**-***6789');
});

test('a subject has one entity', async () => {
  const { subject } = await newUser();
  expectStatus(await server.operator.post('/v1/formation', {}, subject), 201);
  expectError(await server.operator.post('/v1/formation', {}, subject), 409, 'conflict');
  expectError(await server.operator.post('/v1/formation', {}), 409, 'conflict');
});

test('agents read, operators write', async () => {
  const { subject } = await newUser();
  const created = expectStatus(
    await server.operator.post('/v1/formation', completeEntity, subject), 201).body;
  const one = `/v1/formation/${created.id}`;
  expectError(await server.agent.post('/v1/formation', {}, subject), 403, 'forbidden');
  expectError(await server.agent.patch(one, { website: 'https://x.example' }), 403, 'forbidden');
  expectError(await server.agent.post(`${one}/submit`), 403, 'forbidden');
  expectError(await server.agent.post(`${one}/complete`), 403, 'forbidden');
  const read = expectStatus(await server.agent.get(one), 200).body;
  assert.equal(read.status, 'pending');
  assert.equal(read.website, completeEntity.website);
});

test('bad fields are named, also nested ones; nothing changes', async () => {
  const { subject } = await newUser();
  const created = expectStatus(
    await server.operator.post('/v1/formation', completeEntity, subject), 201).body;
  const one = `/v1/formation/${created.id}`;
  const cases = [
    [{ registerd_name: 'x' }, 'registerd_name'],
    [{ entity_type: 'club' }, 'entity_type'],
    [{ registered_name: 5 }, 'registered_name'],
    [{ registered_name: 'x'.repeat(256) }, 'registered_name'],
    [{ address: 'Pier 1' }, 'address'],
    [{ address: { street: 'x' } }, 'street'],
    [{ contact: { first_name: [] } }, 'first_name'],
    [{ messaging: { message_samples: ['a', 'b', 'c', 'd', 'e', 'f'] } }, 'message_samples'],
    [{ messaging: { use_cases: 'customer_care' } }, 'use_cases'],
    [{ ein: '1' }, 'ein'],
    [{ status: 'formation_completed' }, 'status'],
    [{ id: unknownUuid }, 'id'],
  ];
  for (const [body, field] of cases) {
    expectError(await server.operator.patch(one, body), 400, 'invalid_input', { mentions: field });
    const { subject: fresh } = await newUser();
    expectError(await server.operator.post('/v1/formation', body, fresh), 400, 'invalid_input',
      { mentions: field });
  }
  assert.deepEqual(expectStatus(await server.operator.get(one), 200).body, created);
});

test('unknown entities and users are 404', async () => {
  const one = `/v1/formation/${unknownUuid}`;
  expectError(await server.operator.get(one), 404, 'not_found');
  expectError(await server.operator.patch(one, {}), 404, 'not_found');
  expectError(await server.operator.post(`${one}/submit`), 404, 'not_found');
  expectError(await server.operator.post(`${one}/complete`), 404, 'not_found');
  const nobody = { 'X-Naive-User-Id': unknownUuid };
  expectError(await server.operator.get('/v1/formation', nobody), 404, 'not_found');
  expectError(await server.operator.post('/v1/formation', {}, nobody), 404, 'not_found');
  expectError(await server.agent.get('/v1/verification', nobody), 404, 'not_found');
});

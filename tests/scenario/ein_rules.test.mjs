// The EIN: its shape, its prefix, needed once, and never another one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balance, createReadyUser, soldCount } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { withServer } from '../support/server.mjs';

const path = '/v1/phone/provision';
const notIssued = ['00', '07', '08', '09', '17', '18', '19', '28', '29', '49', '69', '70', '78',
  '79', '89', '96', '97'];

test('the first number needs a good EIN, later ones none', async () => {
  await withServer({ slots: 60, credits: 100_000 }, async (server) => {
    const refused = async (body, reason) => expectError(await server.agent.post(path, body),
      400, 'invalid_input', { reason, mentions: 'ein' });
    await refused({ area_code: '415' }, 'ein_required');
    await refused({ ein: null }, undefined);
    for (const ein of ['', '1', '12345678', '1234567890', '12-345678', '12-34567890', '1-23456789',
      '123-456789', '12 3456789', '12-345678x', '12--3456789', ' 12-3456789', '１２-3456789']) {
      await refused({ ein }, 'ein_invalid');
    }
    for (const prefix of notIssued) {
      await refused({ ein: `${prefix}-3456789` }, 'ein_invalid');
      await refused({ ein: `${prefix}3456789` }, 'ein_invalid');
    }
    await refused({ ein: 123456789 }, undefined);
    assert.equal(await soldCount(server), 0);
    assert.equal(await balance(server), 100_000);

    server.secrets.add('987654321');
    const first = expectStatus(await server.agent.post(path, { ein: '987654321' }), 202).body;
    assert.equal(first.credits_used, 50);
    const { formations } = expectStatus(await server.agent.get('/v1/formation'), 200).body;
    assert.equal(formations[0].ein, '**-***4321', 'kept on the entity, shown masked');
    await refused({ ein: '12-3456789' }, 'ein_mismatch');
    await refused({ ein: '98-765432' }, 'ein_invalid');
    for (const body of [{}, { ein: '98-7654321' }, { ein: '987654321' }]) {
      const next = expectStatus(await server.agent.post(path, body), 202).body;
      assert.equal(next.credits_used, 4);
      expectStatus(await server.agent.delete(`/v1/phone/${next.phone.id}`), 200);
    }
    // Giving every number back does not make the next one the first again.
    expectStatus(await server.agent.delete(`/v1/phone/${first.phone.id}`), 200);
    assert.equal(await soldCount(server), 0);
    const later = expectStatus(await server.agent.post(path, {}), 202).body;
    assert.equal(later.credits_used, 4);
    await checkInvariants(server);
  });
});

test('an EIN on record does not replace the one in the first request', async () => {
  await withServer({}, async (server) => {
    const user = await createReadyUser(server, { label: 'On record' });
    const subject = { 'X-Naive-User-Id': user.id };
    const [entity] = expectStatus(
      await server.operator.get('/v1/formation', subject), 200).body.formations;
    server.secrets.add('20-7654321');
    const patched = await server.operator.patch(`/v1/formation/${entity.id}`,
      { ein: '20-7654321' });
    assert.equal(expectStatus(patched, 200).body.ein, '**-***4321');
    for (const prefix of notIssued.slice(0, 4)) {
      expectError(await server.operator.patch(`/v1/formation/${entity.id}`,
        { ein: `${prefix}-1234567` }), 400, 'invalid_input', { mentions: 'ein' });
    }
    expectError(await server.agent.post(path, {}, subject), 400, 'invalid_input',
      { reason: 'ein_required' });
    expectError(await server.agent.post(path, { ein: '12-3456789' }, subject),
      400, 'invalid_input', { reason: 'ein_mismatch' });
    expectStatus(await server.agent.post(path, { ein: '20-7654321' }, subject), 202);
    // Every user has a company of their own.
    const other = await createReadyUser(server, {});
    expectStatus(await server.agent.post(path, { ein: '12-3456789' },
      { 'X-Naive-User-Id': other.id }), 202);
    await checkInvariants(server);
  });
});

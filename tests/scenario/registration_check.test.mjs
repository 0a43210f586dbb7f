// GET /v1/phone/registration/check: what carriers would reject, before anything is filed or paid.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balance, completeEntity, soldCount } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { carrierCalls } from '../support/registration.mjs';
import { withServer } from '../support/server.mjs';

const path = '/v1/phone/registration/check';

test('the demo company is ready, on both mounts', async () => {
  await withServer({}, async (server) => {
    const own = expectStatus(await server.agent.get(path), 200).body;
    assert.equal(own.ready, true);
    assert.equal(own.errors, 0);
    const { users } = expectStatus(await server.operator.get('/v1/users'), 200).body;
    const mounted = expectStatus(
      await server.agent.get(`/v1/users/${users[0].id}/phone/registration/check`), 200).body;
    assert.deepEqual(mounted, own);
    expectError(await server.agent.get(
      '/v1/users/0198c2a4-0000-7000-8000-000000000000/phone/registration/check'),
    404, 'not_found');
  });
});

test('findings name rule, field, why, what instead and source; nothing is filed', async () => {
  await withServer({}, async (server) => {
    const user = expectStatus(await server.operator.post('/v1/users', {}), 201).body;
    const subject = { 'X-Naive-User-Id': user.id };
    expectError(await server.agent.get(path, subject), 400, 'invalid_input',
      { reason: 'formation_required' });
    const entity = expectStatus(await server.operator.post('/v1/formation', {
      ...completeEntity,
      messaging: { ...completeEntity.messaging, description: 'Updates.', message_samples: [
        'Harbor Tools: see https://harbor.example/o or call 415 555 0142. Reply STOP to end.',
        'Big sale: 20% off at bit.ly/x, only today!'] },
    }, subject), 201).body;
    const found = expectStatus(await server.agent.get(path, subject), 200).body;
    assert.equal(found.ready, false);
    assert.equal(found.errors + found.warnings, found.findings.length);
    const rules = Object.fromEntries(found.findings.map((each) => [each.rule, each]));
    for (const [rule, field, severity] of [
      ['description_short', 'messaging.description', 'error'],
      ['link_not_declared', 'messaging.includes', 'error'],
      ['phone_number_not_declared', 'messaging.includes', 'error'],
      ['public_shortener', 'messaging.message_samples', 'error'],
      ['marketing_not_registered', 'messaging.use_cases', 'warning'],
      ['missing_ein', 'ein', 'warning'],
      ['samples_without_help', 'messaging.message_samples', 'warning']]) {
      assert.ok(rules[rule], `${rule} was not found in ${Object.keys(rules)}`);
      assert.equal(rules[rule].field, field);
      assert.equal(rules[rule].severity, severity);
    }
    const severities = found.findings.map((each) => each.severity);
    assert.deepEqual(severities, [...severities].sort(), 'errors come first');

    expectStatus(await server.operator.patch(`/v1/formation/${entity.id}`,
      { messaging: completeEntity.messaging }), 200);
    const fixed = expectStatus(await server.agent.get(path, subject), 200).body;
    assert.equal(fixed.ready, true);
    assert.equal(await balance(server), 1000);
    assert.equal(await soldCount(server), 0);
    assert.equal((await carrierCalls(server)).file_brand, 0);
  });
});

test('keys: none is 401; a wrong method and a wrong query are named', async () => {
  await withServer({}, async (server) => {
    expectError(await server.anonymous.get(path), 401, 'unauthorized');
    assert.equal((await server.agent.post(path)).status, 405);
  });
});

// The second founding document, word for word: POST /v1/phone/provision.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'node:test';
import { balance, provisionNaive, sold, soldCount, usage } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { unknownAgentId, unknownUuid, uuidOf } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const path = '/v1/phone/provision';
const founding = { ein: '12-3456789', area_code: '415', label: 'Support' };

test('the founding request, and a second number', async () => {
  await withServer({}, async (server) => {
    const answer = await server.agent.post(path, founding);
    expectStatus(answer, 202);
    const { phone, campaign, ...money } = answer.body;
    assert.deepEqual(money, { credits_used: 50, credits_remaining: 950 });
    assert.match(answer.text, /"credits_used":\s*50[,}]/, 'whole numbers have no decimals');
    assert.match(answer.text, /"credits_remaining":\s*950[,}]/);
    assert.deepEqual(Object.keys(phone).sort(), ['capabilities', 'e164', 'id', 'status', 'type']);
    assert.match(phone.e164, /^\+1415555\d{4}$/);
    assert.equal(phone.type, 'local');
    assert.equal(phone.status, 'active');
    assert.deepEqual(phone.capabilities,
      { voice: false, sms_inbound: true, sms_outbound: false, mms: false });
    assert.deepEqual(Object.keys(campaign).sort(), ['eta', 'id', 'status']);
    assert.equal(campaign.status, 'created');
    assert.equal(campaign.eta, '1-2 business days');
    assert.deepEqual((await sold(server)).map((row) => row.e164), [phone.e164]);
    const { entries } = await until('the filings are paid', async () => {
      const now = await usage(server);
      return now.held === 0 ? now : undefined;
    });
    const charges = entries.filter((entry) => entry.kind === 'charge');
    assert.deepEqual(charges.map((entry) => [entry.action, entry.credits]).sort(), [
      ['phone.brand_registration', -8], ['phone.campaign_registration', -38],
      ['phone.provision', -4]], 'one charge for the number and one for each filing');

    const next = await server.agent.post(path, { label: 'Second' });
    expectStatus(next, 202);
    assert.equal(next.body.credits_used, 4, 'the registration is paid once');
    assert.equal(next.body.credits_remaining, 946);
    assert.equal(next.body.campaign.id, campaign.id, 'a later number joins the campaign');
    assert.notEqual(next.body.phone.id, phone.id);
    assert.equal(await soldCount(server), 2);
    await checkInvariants(server);
  });
});

test('the printed curl line works as pasted', async () => {
  await withServer({}, async (server) => {
    const line = /^curl (?:.*\\\n)*.*\/v1\/phone\/provision(?:.*\\\n)*.*$/m
      .exec(server.banner)?.[0];
    assert.ok(line, `no curl line for this dialect in:\n${server.banner}`);
    const { stdout } = await promisify(execFile)('sh', ['-c', line], { timeout: 30_000 });
    const body = JSON.parse(stdout.slice(stdout.indexOf('{')));
    assert.equal(body.credits_used, 50);
    assert.equal(body.credits_remaining, 950);
    assert.match(body.phone.e164, /^\+1415555\d{4}$/);
  });
});

test('agent_id connects the agent for texts; calls are the other surface\'s', async () => {
  await withServer({}, async (server) => {
    const { phone } = await provisionNaive(server, { agent_id: server.agentUuid });
    const row = expectStatus(await server.agent.get(`/v1/phone/${phone.id}`), 200).body;
    assert.deepEqual(row.agents,
      [{ agent_id: server.agentUuid, permissions: ['send_sms', 'receive_sms'] }]);
    const { body } = await server.agent.get(`/agents/phone-numbers/${phone.id}`);
    assert.equal(body.agent, null);
    assert.equal(uuidOf(body.id), phone.id);
    // The other written form of the same agent.
    const second = await provisionNaive(server, { agent_id: server.agentId });
    const rows = expectStatus(await server.agent.get(`/v1/phone?agent=${server.agentId}`), 200);
    assert.deepEqual(rows.body.phones.map((each) => each.id), [second.phone.id, phone.id]);
  });
});

test('bad requests buy nothing and cost nothing', async () => {
  await withServer({}, async (server) => {
    const cases = [
      [{ ...founding, type: 'mobile' }, 'type'],
      [{ ...founding, type: 1 }, 'type'],
      [{ ...founding, area_code: 415 }, 'area_code'],
      [{ ...founding, area_code: '41' }, 'area_code'],
      [{ ...founding, area_code: '4155' }, 'area_code'],
      [{ ...founding, area_code: 'abc' }, 'area_code'],
      [{ ...founding, label: 5 }, 'label'],
      [{ ...founding, label: 'x'.repeat(256) }, 'label'],
      [{ ...founding, ein: 123456789 }, 'ein'],
      [{ ...founding, agent_id: 5 }, 'agent_id'],
      [{ ...founding, area_code_policy: 'near' }, 'area_code_policy'],
      [{ ...founding, area_code_strict: 'yes' }, 'area_code_strict'],
      [{ ...founding, areacode: '415' }, 'areacode'],
    ];
    for (const [body, field] of cases) {
      expectError(await server.agent.post(path, body), 400, 'invalid_input', { mentions: field });
    }
    const misspelt = await server.agent.post(path, { ...founding, area_cod: '415' });
    expectError(misspelt, 400, 'invalid_input', { mentions: 'area_cod' });
    assert.match(misspelt.text, /area_code/, 'the nearest known field is named');
    for (const agent of [unknownUuid, unknownAgentId, 'nobody']) {
      expectError(await server.agent.post(path, { ...founding, agent_id: agent }),
        404, 'resource_not_found');
    }
    expectError(await server.agent.post(path, founding, { 'X-Naive-User-Id': unknownUuid }),
      404, 'not_found');
    expectError(await server.agent.post(`/v1/users/${unknownUuid}/phone/provision`, founding),
      404, 'not_found');
    expectError(await server.anonymous.post(path, founding), 401, 'unauthorized');
    assert.equal(await soldCount(server), 0);
    assert.equal(await balance(server), 1000);
    assert.equal((await usage(server)).entries.filter((e) => e.kind !== 'topup').length, 0);
    // After all of that the first number is still the first.
    assert.equal((await provisionNaive(server, founding)).credits_used, 50);
    await checkInvariants(server);
  });
});

test('slots full: 402 billing_blocked with the plans', async () => {
  await withServer({ slots: 1 }, async (server) => {
    await provisionNaive(server);
    const answer = await server.agent.post(path, {});
    expectError(answer, 402, 'billing_blocked', { reason: 'phone_number_limit' });
    assert.equal(answer.body.error.block_reason, 'phone_number_limit');
    assert.ok(answer.body.error.plans.length > 0);
    assert.equal(await soldCount(server), 1);
    assert.equal(await balance(server), 950);
    // One pool of slots for both dialects.
    expectError(await server.agent.post('/agents/phone-numbers/provision', { label: 'X' }),
      402, 'quota_exceeded');
  });
});

test('the EIN is kept sealed: no file of the data directory has its digits', async () => {
  await withServer({}, async (server) => {
    server.secrets.add('83-1749265');
    server.secrets.add('831749265');
    await provisionNaive(server, { ein: '83-1749265' });
    await server.stop();
    const { readdirSync, readFileSync, statSync } = await import('node:fs');
    const { join } = await import('node:path');
    for (const name of readdirSync(server.dataDir, { recursive: true })) {
      const file = join(server.dataDir, name);
      if (!statSync(file).isFile()) continue;
      const bytes = readFileSync(file);
      for (const secret of ['83-1749265', '831749265', server.agentKey, server.operatorKey]) {
        assert.equal(bytes.indexOf(secret), -1, `${name} holds a secret in clear`);
      }
    }
  });
});

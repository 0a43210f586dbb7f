// The audit: who did what with which key, when, at which price; append-only and chained.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPages, provisionCartesia, provisionNaive } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

test('changes leave rows, reads and refusals of input do not', async () => {
  await withServer({ slots: 60 }, async (server) => {
    const rows = () => allPages(server.operator, '/v1/audit', 'entries');
    // Rows are sealed after the commit: wait until no more come.
    const settled = async (atLeast) => {
      let before = -1;
      return until('the rows are sealed', async () => {
        const now = await rows();
        const still = now.length === before;
        before = now.length;
        return still && now.length >= atLeast ? now : undefined;
      }, { intervalMs: 700 });
    };
    const start = (await rows()).length;
    const { phone } = await provisionNaive(server);
    const number = await provisionCartesia(server);
    expectStatus(await server.agent.patch(`/agents/phone-numbers/${number.id}`,
      { agent_id: server.agentId }), 200);
    expectStatus(await server.agent.delete(`/v1/phone/${phone.id}`), 200);
    expectStatus(await server.operator.post('/v1/users', { label: 'New' }), 201);
    const entries = await settled(start + 5);
    const sequences = entries.map((entry) => entry.sequence);
    assert.deepEqual(sequences, [...sequences].sort((a, b) => b - a), 'newest first');
    assert.equal(new Set(sequences).size, sequences.length);
    assert.equal(sequences.at(-1), 1);
    assert.equal(sequences[0], sequences.length, 'no gaps');
    assert.equal(new Set(entries.map((entry) => entry.hash)).size, entries.length);
    const bought = entries.find((entry) => entry.action === 'phone.provision.accepted');
    assert.equal(entries.filter((entry) => entry.price === 50).length, 2, 'accepted, settled');
    assert.equal(bought.actor_type, 'agent');
    assert.notEqual(bought.key_id, null);
    assert.match(bought.request_id, /^[0-9a-f-]{36}$/);
    assert.ok(entries.some((entry) => entry.actor_type === 'operator'));
    const text = JSON.stringify(entries);
    for (const secret of server.secrets) assert.ok(!text.includes(secret));

    const count = (await rows()).length;
    await server.agent.get('/v1/phone');
    expectStatus(await server.agent.post('/v1/phone/provision', { type: 'x' }), 400);
    assert.equal((await rows()).length, count);
    expectError(await server.agent.get('/v1/audit'), 403, 'forbidden');
    expectError(await server.operator.get('/v1/audit?cursor=x'), 400, 'invalid_input',
      { mentions: 'cursor' });
    // No route changes or removes a row.
    for (const method of ['DELETE', 'PATCH', 'POST', 'PUT']) {
      expectError(await server.operator.call(method, '/v1/audit'), 405, 'method_not_allowed');
    }
    await server.kill();
    await server.start();
    const after = await rows();
    assert.deepEqual(after.slice(-entries.length), entries, 'rows never change');
    await checkInvariants(server);
  });
});

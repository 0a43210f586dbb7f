// 64 at once for the last slot or the last credits: exactly the right number gets through.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balance, ein, provisionCartesia, provisionNaive, soldCount, usage }
  from '../support/actions.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { withServer } from '../support/server.mjs';

const parallel = 64;
const many = (make) => Promise.all(Array.from({ length: parallel }, (_, i) => make(i)));
const count = (answers, status) => answers.filter((answer) => answer.status === status).length;

test('the last slot, through both dialects at once', async () => {
  await withServer({ slots: 3, credits: 100_000 }, async (server) => {
    await provisionNaive(server);
    await provisionCartesia(server);
    const answers = await many((i) => i % 2 === 0
      ? server.agent.post('/agents/phone-numbers/provision', { label: `n${i}` })
      : server.agent.post('/v1/phone/provision', { label: `n${i}` }));
    assert.equal(count(answers, 201) + count(answers, 202), 1, 'exactly one gets the slot');
    assert.equal(count(answers, 402), parallel - 1);
    assert.equal(await soldCount(server), 3);
    await checkInvariants(server);
  });
});

test('five slots for 64', async () => {
  await withServer({ slots: 5 }, async (server) => {
    const answers = await many((i) =>
      server.agent.post('/agents/phone-numbers/provision', { label: `n${i}` }));
    assert.equal(count(answers, 201), 5);
    assert.equal(count(answers, 402), parallel - 5);
    assert.equal(new Set(answers.filter((a) => a.status === 201).map((a) => a.body.number)).size, 5,
      'no number is sold twice');
    assert.equal(await soldCount(server), 5);
    await checkInvariants(server);
  });
});

test('the last credits', async () => {
  await withServer({ slots: 1000, credits: 50 + 3 * 4 + 3 }, async (server) => {
    await provisionNaive(server);
    const answers = await many((i) =>
      server.agent.post('/v1/phone/provision', { label: `n${i}` }));
    assert.equal(count(answers, 202), 3, 'credits for three');
    for (const answer of answers.filter((each) => each.status !== 202)) {
      expectStatus(answer, 402);
      assert.equal(answer.body.error.code, 'insufficient_credits');
    }
    assert.equal(await balance(server), 3);
    assert.equal(await soldCount(server), 4);
    await checkInvariants(server);
  });
});

test('parallel first numbers pay one registration', async () => {
  await withServer({ slots: 1000, credits: 1000 }, async (server) => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) =>
      server.agent.post('/v1/phone/provision', { ein, label: `n${i}` })));
    for (const answer of answers) expectStatus(answer, 202);
    const prices = answers.map((answer) => answer.body.credits_used).sort((a, b) => b - a);
    assert.deepEqual(prices, [50, 4, 4, 4, 4, 4, 4, 4]);
    assert.equal(new Set(answers.map((answer) => answer.body.campaign.id)).size, 1,
      'all join one campaign');
    assert.equal((await usage(server)).balance, 1000 - 50 - 7 * 4);
    // Waits until the registration's fees are spent too: nothing is held any more.
    await checkInvariants(server);
  });
});

test('parallel releases of one number: one wins', async () => {
  await withServer({}, async (server) => {
    const { phone } = await provisionNaive(server);
    const other = await provisionNaive(server);
    const answers = await Promise.all(Array.from({ length: 16 }, () =>
      server.agent.delete(`/v1/phone/${phone.id}`)));
    assert.equal(answers.filter((answer) => answer.status < 300).length, 1);
    assert.equal(count(answers, 404), 15);
    assert.equal(await soldCount(server), 1);
    const row = expectStatus(await server.agent.get(`/v1/phone/${other.phone.id}`), 200).body;
    assert.equal(row.status, 'active');
    await checkInvariants(server);
  });
});

test('parallel assignments of one number leave one agent', async () => {
  await withServer({}, async (server) => {
    const number = await provisionCartesia(server);
    const agents = [server.agentId];
    for (let i = 0; i < 3; ++i) {
      agents.push(expectStatus(
        await server.agent.post('/v1/agents', { name: `a${i}` }), 201).body.id);
    }
    const answers = await many((i) => server.agent.patch(`/agents/phone-numbers/${number.id}`,
      { agent_id: agents[i % agents.length] }));
    for (const answer of answers) expectStatus(answer, 200);
    const assigned = [];
    for (const agent of agents) {
      const list = await server.agent.get(`/agents/${agent}/phone-numbers`);
      assigned.push(...expectStatus(list, 200).body);
    }
    assert.equal(assigned.length, 1);
  });
});

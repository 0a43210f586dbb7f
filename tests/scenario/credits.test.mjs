// Credits: prices, holds, refusals, top-ups, the list of what moved them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allPages, balance, ein, orderFault, provisionNaive, soldCount, usage,
} from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const path = '/v1/phone/provision';

test('not enough: 402 with what is needed, what is there and the packs', async () => {
  await withServer({ credits: 49 }, async (server) => {
    const answer = expectError(await server.agent.post(path, { ein }), 402, 'insufficient_credits');
    assert.equal(answer.body.error.required, 50);
    assert.equal(answer.body.error.balance, 49);
    assert.deepEqual(answer.body.error.packs.map((pack) => [pack.id, pack.credits]),
      [['small', 20], ['medium', 50], ['large', 100], ['xl', 250]]);
    assert.equal(await soldCount(server), 0);
    assert.equal(await balance(server), 49);
    const added = expectStatus(
      await server.operator.post('/v1/billing/topup', { pack_id: 'small' }), 200).body;
    assert.deepEqual(added, { status: 'completed', credits_added: 20, balance: 69 });
    const bought = await provisionNaive(server);
    assert.equal(bought.credits_remaining, 19);
    await checkInvariants(server);
  });
});

test('the last credit can be spent', async () => {
  await withServer({ credits: 50 }, async (server) => {
    assert.equal((await provisionNaive(server)).credits_remaining, 0);
    expectError(await server.agent.post(path, {}), 402, 'insufficient_credits');
    assert.equal(await soldCount(server), 1);
    await checkInvariants(server);
  });
});

test('packs; top-up is the operator\'s, and once per key', async () => {
  await withServer({}, async (server) => {
    const { packs } = expectStatus(await server.agent.get('/v1/billing/packs'), 200).body;
    assert.deepEqual(packs.map((pack) => [pack.id, pack.credits, pack.price_usd]),
      [['small', 20, 10], ['medium', 50, 25], ['large', 100, 50], ['xl', 250, 125]]);
    const topup = (body, headers) => server.operator.post('/v1/billing/topup', body, headers);
    expectError(await server.agent.post('/v1/billing/topup', { pack_id: 'small' }),
      403, 'forbidden');
    expectError(await topup({}), 400, 'invalid_input', { mentions: 'pack_id' });
    expectError(await topup({ pack_id: 5 }), 400, 'invalid_input', { mentions: 'pack_id' });
    expectError(await topup({ pack_id: 'small', credits: 1 }), 400, 'invalid_input',
      { mentions: 'credits' });
    expectError(await topup({ pack_id: 'huge' }), 404, 'not_found');
    assert.equal(await balance(server), 1000);
    const key = { 'Idempotency-Key': 'top-1' };
    const first = expectStatus(await topup({ pack_id: 'xl' }, key), 200);
    const replay = expectStatus(await topup({ pack_id: 'xl' }, key), 200);
    assert.equal(replay.text, first.text);
    assert.equal(replay.headers['idempotent-replayed'], 'true');
    expectError(await topup({ pack_id: 'small' }, key), 409, 'idempotency_conflict');
    assert.equal(await balance(server), 1250);
    expectStatus(await topup({ pack_id: 'xl' }), 200);
    assert.equal(await balance(server), 1500, 'two meant as two stay two');
  });
});

test('credits are held while the purchase is open, and only then spent', async () => {
  await withServer({ waitMs: 200 }, async (server) => {
    await orderFault(server, { on: 'buy', outcome: 'slow', delay_ms: 1500, count: 1 });
    const pending = expectStatus(await server.agent.post(path, { ein }), 202).body;
    assert.equal(pending.phone.status, 'pending');
    assert.equal(pending.credits_used, 0);
    const open = await usage(server);
    assert.equal(open.held, 50);
    assert.equal(open.balance, 950);
    assert.equal(open.entries.filter((entry) => entry.kind === 'charge').length, 0);
    const done = await until('it is paid', async () => {
      const now = await usage(server);
      return now.held === 0 ? now : undefined;
    });
    assert.equal(done.balance, 950);
    assert.deepEqual(done.entries.filter((entry) => entry.kind === 'charge')
      .map((entry) => [entry.action, entry.credits]).sort(), [
      ['phone.brand_registration', -8], ['phone.campaign_registration', -38],
      ['phone.provision', -4]], 'the number, and each filing apart');
    await checkInvariants(server);
  });
});

test('a purchase that fails gives the hold back', async () => {
  await withServer({ waitMs: 200 }, async (server) => {
    await orderFault(server, { on: 'buy', outcome: 'refused', count: 1 });
    const answer = await server.agent.post(path, { ein });
    expectError(answer, 502, 'provider_error', { reason: 'carrier_refused' });
    const after = await usage(server);
    assert.equal(after.balance, 1000);
    assert.equal(after.held, 0);
    assert.equal(after.entries.filter((entry) => entry.kind === 'charge').length, 0);
    // The registration was not paid: the next number is still the first.
    assert.equal((await provisionNaive(server)).credits_used, 50);
    await checkInvariants(server);
  });
});

test('prices are configuration, in exact decimals', async () => {
  const config = '[prices]\nregistration = 10.1\nmonthly_local = 0.2345\nmonthly_toll_free = 1\n';
  await withServer({ config, slots: 60 }, async (server) => {
    const first = await provisionNaive(server);
    assert.equal(first.credits_used, 10.3345);
    assert.equal(first.credits_remaining, 989.6655);
    let left = 9896655;
    for (let i = 0; i < 20; ++i) {
      left -= 2345;
      const next = await provisionNaive(server);
      assert.equal(next.credits_used, 0.2345);
      assert.equal(Math.round(next.credits_remaining * 10_000), left);
      assert.equal(String(next.credits_remaining), String(left / 10_000), 'no binary dust');
    }
    assert.equal((await provisionNaive(server, { type: 'toll_free' })).credits_used, 1);
    await checkInvariants(server);
  });
});

test('release does not pay back, and buys nothing', async () => {
  await withServer({}, async (server) => {
    const { phone } = await provisionNaive(server);
    expectStatus(await server.agent.delete(`/v1/phone/${phone.id}`), 200);
    assert.equal(await balance(server), 950);
    await checkInvariants(server);
  });
});

test('usage: pages, days, bad values', async () => {
  await withServer({ slots: 60 }, async (server) => {
    for (let i = 0; i < 5; ++i) await provisionNaive(server);
    await until('the registration is paid', async () => (await usage(server)).held === 0);
    const all = await allPages(server.agent, '/v1/usage', 'entries');
    const first = expectStatus(await server.agent.get('/v1/usage?limit=2'), 200).body;
    assert.deepEqual(first.entries, all.slice(0, 2));
    const second = expectStatus(await server.agent.get(
      `/v1/usage?limit=2&cursor=${encodeURIComponent(first.next_cursor)}`), 200).body;
    assert.deepEqual(second.entries, all.slice(2, 4));
    const times = all.map((entry) => entry.created_at);
    assert.deepEqual(times, [...times].sort().reverse(), 'newest first');
    expectStatus(await server.agent.get('/v1/usage?days=1'), 200);
    for (const [query, field] of [['days=0', 'days'], ['days=366', 'days'], ['days=x', 'days'],
      ['limit=0', 'limit'], ['limit=101', 'limit'], ['cursor=x', 'cursor']]) {
      expectError(await server.agent.get(`/v1/usage?${query}`), 400, 'invalid_input',
        { mentions: field });
    }
    const charges = all.filter((entry) => entry.kind === 'charge');
    assert.deepEqual(charges.filter((entry) => entry.action === 'phone.provision')
      .map((entry) => entry.credits), [-4, -4, -4, -4, -4]);
    assert.equal(charges.reduce((sum, entry) => sum + entry.credits, 0), -66);
  });
});

test('a setting charges the cartesia dialect too', async () => {
  await withServer({ config: 'charge_cartesia = true\n' }, async (server) => {
    expectStatus(await server.agent.post('/agents/phone-numbers/provision', { label: 'x' }), 201);
    assert.ok(await balance(server) < 1000);
    await checkInvariants(server);
  });
  await withServer({ credits: 1, config: 'charge_cartesia = true\n' },
    async (server) => {
      expectError(await server.agent.post('/agents/phone-numbers/provision', { label: 'x' }),
        402, 'quota_exceeded');
      assert.equal(await soldCount(server), 0);
    });
});

test('purchases per key and day are capped', async () => {
  await withServer({ slots: 1 }, async (server) => {
    const buy = () => server.agent.post('/agents/phone-numbers/provision', { label: 'x' });
    for (let i = 0; i < 3; ++i) {
      const number = expectStatus(await until('a slot is free', async () => {
        const answer = await buy();
        return answer.status === 402 ? undefined : answer;
      }), 201).body;
      expectStatus(await server.agent.delete(`/agents/phone-numbers/${number.id}`), 204);
    }
    const capped = expectError(await until('the slot is free again', async () => {
      const answer = await buy();
      return answer.status === 402 ? undefined : answer;
    }), 429, 'rate_limited');
    assert.equal(capped.headers['x-should-retry'], 'false');
    expectError(await server.agent.post(path, { ein }), 429, 'rate_limited',
      { reason: 'purchase_cap_reached' });
    assert.equal(await soldCount(server), 0);
    // Another key has a day of its own.
    expectStatus(await server.operator.post('/agents/phone-numbers/provision', { label: 'x' }),
      201);
    await checkInvariants(server);
  });
});

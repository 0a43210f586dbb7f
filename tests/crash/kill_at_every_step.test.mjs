// The server kills itself at a named point of its work (DIALPLANE_CRASH_AT). Whatever was accepted
// is finished by the next start, once, and the client's replay shows the one result.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  balance, clearFaults, ein, gateDefaultUser, orderFault, provisionCartesia, provisionNaive, sold,
  soldCount, usage,
} from '../support/actions.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const dialects = {
  cartesia: {
    path: '/agents/phone-numbers/provision', body: { label: 'Crash' }, price: 0,
    // The number once the request has ended; undefined before.
    ended: (answer) => answer.status === 201 ? answer.body.number : undefined,
  },
  naive: {
    path: '/v1/phone/provision', body: { label: 'Crash', area_code: '415' }, price: 4,
    ended: (answer) => answer.body.phone?.status === 'active' ? answer.body.phone.e164 : undefined,
  },
};

// What has to go wrong at the carrier for the point to be reached at all.
const provisionPoints = {
  accept_committed: [],
  search_answered: [{ on: 'buy', outcome: 'gone' }],
  intent_committed: [{ on: 'buy', outcome: 'gone' }],
  buy_sent: [],
  buy_answered: [],
  order_pending_committed: [{ on: 'buy', outcome: 'pending', delay_ms: 700 }],
  look_up_answered: [{ on: 'buy', outcome: 'pending', delay_ms: 700 }],
  bought_committed: [],
  routing_set: [],
  settle_before_commit: [],
  settle_committed: [],
};

// Points that exist only where the carrier takes the routing in a call of its own.
const separateRouting = new Set(['bought_committed', 'routing_set']);
// A short settling time: a carrier that is asked again must be sure sooner.
const configFor = (point) => ({
  config: `[sandbox]\nsettling_ms = 400\nreview_ms = 200\nanswer_timeout_ms = 100\n${
    separateRouting.has(point) ? 'routing_at_purchase = false\n' : ''}`,
});

const crashAt = (point) => ({ DIALPLANE_CRASH_AT: point });

// A server with one number, so that prices and campaigns are those of later numbers.
async function prepared() {
  const server = await startServer({ slots: 1000, credits: 10_000, ...configFor('') });
  await provisionNaive(server);
  return server;
}

// Sends, and takes a cut connection for what it is: no answer.
async function attempt(send) {
  try {
    return await send();
  } catch {
    return undefined;
  }
}

async function finish(server) {
  await checkInvariants(server);
  await server.stop();
}

for (const [name, dialect] of Object.entries(dialects)) {
  for (const [point, faults] of Object.entries(provisionPoints)) {
    test(`${name}: killed at ${point}`, async () => {
      const server = await prepared();
      const before = { sold: await soldCount(server), balance: await balance(server) };
      const key = { 'Idempotency-Key': `crash-${point}` };
      await server.restart(configFor(point), crashAt(point));
      for (const fault of faults) await orderFault(server, { count: 1, ...fault });
      await attempt(() => server.agent.post(dialect.path, dialect.body, key));
      await server.waitForCrash();
      await server.start();
      await clearFaults(server);
      const last = await until('the replay shows the end', async () => {
        const answer = await server.agent.post(dialect.path, dialect.body, key);
        assert.ok([201, 202].includes(answer.status), answer.text);
        return dialect.ended(answer) ? answer : undefined;
      }, { timeoutMs: 40_000 });
      const again = await server.agent.post(dialect.path, dialect.body, key);
      assert.deepEqual(again.raw, last.raw);
      assert.equal(await soldCount(server), before.sold + 1, 'one purchase');
      assert.ok((await sold(server)).some((row) => row.e164 === dialect.ended(last)));
      assert.equal(await balance(server), before.balance - dialect.price, 'one charge');
      await finish(server);
    });

    test(`${name}: killed at ${point}, the retry is only marked`, async () => {
      const server = await prepared();
      const before = { sold: await soldCount(server), balance: await balance(server) };
      await server.restart(configFor(point), crashAt(point));
      for (const fault of faults) await orderFault(server, { count: 1, ...fault });
      const mark = (count) => ({ 'x-stainless-retry-count': String(count) });
      await attempt(() => server.agent.post(dialect.path, dialect.body, mark(0)));
      await server.waitForCrash();
      await server.start();
      await clearFaults(server);
      const answer = await server.agent.post(dialect.path, dialect.body, mark(1));
      assert.ok([201, 202].includes(answer.status), answer.text);
      await until('everything bought is there', async () =>
        await soldCount(server) > before.sold, { timeoutMs: 40_000 });
      await checkInvariants(server);
      assert.equal(await soldCount(server), before.sold + 1, 'one purchase');
      assert.equal(await balance(server), before.balance - dialect.price, 'one charge');
      await finish(server);
    });
  }
}

for (const point of ['release_intent_committed', 'release_answered', 'release_committed']) {
  test(`cartesia: release killed at ${point}`, async () => {
    const server = await prepared();
    const number = await provisionCartesia(server);
    const before = await soldCount(server);
    await server.restart({}, crashAt(point));
    await attempt(() => server.agent.delete(`/agents/phone-numbers/${number.id}`));
    await server.waitForCrash();
    await server.start();
    await until('the carrier has it back', async () => await soldCount(server) === before - 1,
      { timeoutMs: 40_000 });
    expectStatus(await server.agent.delete(`/agents/phone-numbers/${number.id}`), 404);
    await finish(server);
  });

  test(`naive: release killed at ${point}`, async () => {
    const server = await prepared();
    const { phone } = await provisionNaive(server);
    const before = { sold: await soldCount(server), balance: await balance(server) };
    const key = { 'Idempotency-Key': `release-${point}` };
    await server.restart({}, crashAt(point));
    await attempt(() => server.agent.delete(`/v1/phone/${phone.id}`, key));
    await server.waitForCrash();
    await server.start();
    const last = await until('the replay shows the end', async () => {
      const answer = await server.agent.delete(`/v1/phone/${phone.id}`, key);
      return answer.status === 200 ? answer : undefined;
    }, { timeoutMs: 40_000 });
    assert.equal(last.body.status, 'released');
    assert.equal(await soldCount(server), before.sold - 1);
    assert.equal(await balance(server), before.balance);
    await finish(server);
  });
}

test('the first number, killed when its campaign was filed: filed once', async () => {
  const server = await startServer({ env: crashAt('campaign_filed') });
  const key = { 'Idempotency-Key': 'first' };
  const send = () => server.agent.post('/v1/phone/provision', { ein }, key);
  await attempt(send);
  await server.waitForCrash();
  await server.start({});
  const bought = await until('the replay shows the end', async () => {
    const answer = expectStatus(await send(), 202);
    return answer.body.phone.status === 'active' ? answer.body : undefined;
  }, { timeoutMs: 40_000 });
  assert.equal(bought.credits_used, 50);
  await until('the campaign is active', async () => {
    const campaign = await server.agent.get(`/v1/phone/${bought.phone.id}/campaign`);
    return campaign.body.status === 'active';
  }, { timeoutMs: 40_000 });
  const next = await provisionNaive(server);
  assert.equal(next.campaign.id, bought.campaign.id, 'one campaign');
  assert.equal(next.credits_used, 4);
  await finish(server);
});

for (const point of ['accept_committed', 'buy_sent', 'buy_answered', 'settle_before_commit']) {
  test(`an approved request, killed at ${point}: executed once`, async () => {
    const server = await prepared();
    await gateDefaultUser(server);
    const before = { sold: await soldCount(server), balance: await balance(server) };
    const { approval_id: id } = expectStatus(
      await server.agent.post('/v1/phone/provision', { label: 'Approved' }), 202).body;
    await server.restart({}, crashAt(point));
    const key = { 'Idempotency-Key': `approve ${point}` };
    const approve = () => server.operator.post(`/v1/approvals/${id}/approve`, undefined, key);
    await attempt(approve);
    await server.waitForCrash();
    await server.start();
    const done = await until('the approval has executed', async () => {
      const { body } = expectStatus(await server.operator.get(`/v1/approvals/${id}`), 200);
      assert.ok(['executing', 'executed'].includes(body.status), body.status);
      return body.status === 'executed' ? body : undefined;
    }, { timeoutMs: 40_000 });
    assert.equal(done.result.credits_used, 4);
    const repeated = expectStatus(await approve(), 200);
    assert.deepEqual(repeated.body, done, 'the key repeats what it did');
    assert.equal(repeated.headers['idempotent-replayed'], 'true');
    expectStatus(await server.operator.post(`/v1/approvals/${id}/approve`), 400);
    assert.equal(await soldCount(server), before.sold + 1);
    assert.equal(await balance(server), before.balance - 4);
    await finish(server);
  });
}

test('killed again while it recovers, twice', async () => {
  const server = await prepared();
  const before = { sold: await soldCount(server), balance: await balance(server) };
  const key = { 'Idempotency-Key': 'again and again' };
  await server.restart({}, crashAt('buy_sent'));
  await attempt(() => server.agent.post('/v1/phone/provision', { label: 'x' }, key));
  await server.waitForCrash();
  for (const point of ['settle_before_commit', 'settle_committed']) {
    // The recovery runs by itself: the crash may come before the start is complete.
    await server.start(crashAt(point)).catch(() => {});
    await server.waitForCrash();
  }
  await server.start({});
  await until('the replay shows the end', async () => {
    const answer = await server.agent.post('/v1/phone/provision', { label: 'x' }, key);
    return answer.body.phone?.status === 'active';
  }, { timeoutMs: 40_000 });
  assert.equal(await soldCount(server), before.sold + 1);
  assert.equal(await balance(server), before.balance - 4);
  await finish(server);
});

for (const fault of ['lost_after', 'late', 'lost_before', 'hidden']) {
  test(`killed at buy_answered after the carrier's answer was ${fault}`, async () => {
    const server = await prepared();
    const before = { sold: await soldCount(server), balance: await balance(server) };
    const key = { 'Idempotency-Key': `both-${fault}` };
    await server.restart({}, crashAt('buy_answered'));
    await orderFault(server, { on: 'buy', outcome: fault, delay_ms: 300, count: 1 });
    await attempt(() => server.agent.post('/v1/phone/provision', { label: 'x' }, key));
    await server.waitForCrash();
    await server.start();
    await until('the replay shows the end', async () => {
      const answer = await server.agent.post('/v1/phone/provision', { label: 'x' }, key);
      return answer.body.phone?.status === 'active';
    }, { timeoutMs: 60_000 });
    assert.equal(await soldCount(server), before.sold + 1);
    assert.equal(await balance(server), before.balance - 4);
    assert.equal((await usage(server)).held, 0);
    await finish(server);
  });
}

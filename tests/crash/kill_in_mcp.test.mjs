// The server kills itself in the middle of a purchase that came over MCP, without any key. After
// the next start an equal call joins that purchase: its answer was in flight when the run ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  balance, clearFaults, orderFault, provisionNaive, sold, soldCount, usage,
} from '../support/actions.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { callAndLeave, cuttableCall, mustCall } from '../support/lossy_mcp.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const price = 4;
const args = { label: 'Crash', area_code: '415' };

// What has to go wrong at the carrier for the point to be reached at all.
const points = {
  accept_committed: [],
  intent_committed: [{ on: 'buy', outcome: 'gone' }],
  buy_sent: [],
  buy_answered: [],
  order_pending_committed: [{ on: 'buy', outcome: 'pending', delay_ms: 700 }],
  settle_before_commit: [],
  settle_committed: [],
};

const config = '[sandbox]\nsettling_ms = 400\nreview_ms = 200\nanswer_timeout_ms = 100\n';
const crashAt = (point) => ({ DIALPLANE_CRASH_AT: point });

async function prepared() {
  const server = await startServer({ slots: 1000, credits: 10_000, config });
  await provisionNaive(server);
  return server;
}

async function finish(server) {
  await checkInvariants(server);
  await server.stop();
}

async function figures(server) {
  return { sold: await soldCount(server), balance: await balance(server) };
}

async function settledAt(server, before, numbers) {
  await until('nothing is held', async () => (await usage(server)).held === 0,
    { timeoutMs: 40_000 });
  assert.equal(await soldCount(server), before.sold + numbers, 'purchases');
  assert.equal(await balance(server), before.balance - numbers * price, 'charges');
}

// Calls until the number is there: a result may still be pending where the carrier is slow.
async function endOf(server, first) {
  const operation = first.operation_id ?? first.operation?.id;
  if (first.phone?.status === 'active') return first.phone.e164;
  return until('the purchase has ended', async () => {
    const now = await mustCall(server, 'naive_phone_operation', { operation_id: operation });
    return now.status === 'open' ? undefined : now.e164 ?? now.result?.phone?.e164 ?? 'ended';
  }, { timeoutMs: 40_000 });
}

for (const [point, faults] of Object.entries(points)) {
  test(`killed at ${point}: the equal call joins the purchase`, async () => {
    const server = await prepared();
    const before = await figures(server);
    await server.restart({}, crashAt(point));
    for (const fault of faults) await orderFault(server, { count: 1, ...fault });
    const lost = cuttableCall(server, 'naive_phone_provision', args);
    await server.waitForCrash();
    assert.equal(await lost.ended, 'cut');
    await server.start({});
    await clearFaults(server);
    const joined = await mustCall(server, 'naive_phone_provision', args);
    const e164 = await endOf(server, joined);
    await settledAt(server, before, 1);
    if (joined.phone?.status === 'active') {
      assert.ok((await sold(server)).some((row) => row.e164 === e164));
    }
    // That one has heard of it: the next is a purchase of its own.
    await mustCall(server, 'naive_phone_provision', args);
    await settledAt(server, before, 2);
    await finish(server);
  });
}

test('killed before anything was accepted: the equal call buys, once', async () => {
  const server = await prepared();
  const before = await figures(server);
  await server.kill();
  await server.start({});
  await mustCall(server, 'naive_phone_provision', args);
  await settledAt(server, before, 1);
  await finish(server);
});

test('an answer that was lost before a kill is found after it', async () => {
  const server = await prepared();
  const before = await figures(server);
  const left = await callAndLeave(server, 'naive_phone_provision', args);
  await server.kill();
  await server.start({});
  const joined = await mustCall(server, 'naive_phone_provision', args);
  assert.equal(joined.phone.id, left.structuredContent.phone.id);
  await settledAt(server, before, 1);
  await finish(server);
});

test('an answer that arrived before an orderly stop is not joined after it', async () => {
  const server = await prepared();
  const before = await figures(server);
  const first = await mustCall(server, 'naive_phone_provision', args);
  await server.restart();
  const second = await mustCall(server, 'naive_phone_provision', args);
  assert.notEqual(second.phone.id, first.phone.id);
  await settledAt(server, before, 2);
  await finish(server);
});

test('killed while the joined call was answered: the next one joins too', async () => {
  const server = await prepared();
  const before = await figures(server);
  await server.restart({}, crashAt('accept_committed'));
  const first = cuttableCall(server, 'naive_phone_provision', args);
  await server.waitForCrash();
  assert.equal(await first.ended, 'cut');
  // The recovery itself is slow, so that the joined call waits when the server dies again.
  await server.start(crashAt('settle_before_commit')).catch(() => {});
  const second = cuttableCall(server, 'naive_phone_provision', args);
  await server.waitForCrash();
  assert.equal(await second.ended, 'cut');
  await server.start({});
  const joined = await mustCall(server, 'naive_phone_provision', args);
  await endOf(server, joined);
  await settledAt(server, before, 1);
  await finish(server);
});

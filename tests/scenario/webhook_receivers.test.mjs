// 10,000 events to receivers that are slow, fail, hang up, say 410 or nothing at all: none is lost,
// no try comes outside the schedule, and a well-behaved receiver waits for nobody.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectStatus } from '../support/http.mjs';
import { startReceiver, subscribe } from '../support/receiver.mjs';
import { withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const eventCount = 10_000;
const waits = [0, 300, 500, 700, 900, 1_200];
const seed = Number(process.env.DIALPLANE_TEST_SEED ?? Date.now() % 1_000_000);

// splitmix32
function randomFrom(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

// Every tenth is that user's.
async function makeEvents(server, count, user) {
  let next = 0;
  const worker = async () => {
    for (;;) {
      const mine = next++;
      if (mine >= count) return;
      const area = 201 + Math.floor(mine / 5_000);
      const number = `+1${area}555${String(mine % 5_000 + 1_000).padStart(4, '0')}`;
      const subject = mine % 10 === 0 ? { 'X-Naive-User-Id': user.id } : {};
      expectStatus(await server.operator.post(
        `/v1/contacts/${encodeURIComponent(number)}/opt-out`, {}, subject), 200);
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}

test(`${eventCount} events, receivers of every kind, seed ${seed}`, async () => {
  const random = randomFrom(seed);
  const good = await startReceiver();
  // One in ten tries fails, in one of several ways; each event gets through in the end.
  const failed = new Map();
  const flaky = await startReceiver((request) => {
    const id = request.headers['webhook-id'];
    const before = failed.get(id) ?? 0;
    if (before >= 3 || random() >= 0.1) return { status: 200 };
    failed.set(id, before + 1);
    const kind = random();
    if (kind < 0.4) return { status: 500 };
    if (kind < 0.7) return { status: 503, headers: { 'Retry-After': '0' } };
    return 'reset';
  });
  const hanging = await startReceiver(() => 'hang');
  const gone = await startReceiver(() => ({ status: 410 }));
  // Slow because it answers one at a time, each when the next has come.
  let held;
  const slow = await startReceiver(() => new Promise((resolve) => {
    held?.({ status: 200 });
    held = resolve;
  }));
  const all = [good, flaky, hanging, gone, slow];
  try {
    await withServer({ config: 'log_requests = false\n', args: ['--webhooks-schedule-ms',
      waits.join(','), '--webhooks-answer-timeout-ms', '10000'] },
    (server) => run(server, { good, flaky, hanging, gone, slow }, failed));
  } finally {
    for (const receiver of all) await receiver.close();
  }
});

const idsOf = (receiver) => new Set(receiver.requests.map((each) => each.headers['webhook-id']));

async function run(server, { good, flaky, hanging, gone, slow }, failed) {
  const user = expectStatus(await server.operator.post('/v1/users', {}), 201).body;
  const ofUser = async (receiver) => expectStatus(await server.operator.post(
    `/v1/users/${user.id}/webhooks`, { url: receiver.url, eventTypes: ['*'] }), 201).body;
  const list = async (webhook, query) => (await server.operator.get(
    `/v1/webhooks/${webhook.id}/deliveries?${query}`)).body.deliveries;
  await subscribe(server, good, ['contact.opted_out']);
  const toFlaky = await subscribe(server, flaky, ['contact.opted_out']);
  const [toHanging, toGone, toSlow] = [await ofUser(hanging), await ofUser(gone),
    await ofUser(slow)];
  await makeEvents(server, eventCount, user);
  await until('the good receiver has them all', () => idsOf(good).size === eventCount,
    { timeoutMs: 100_000, intervalMs: 50 });
  // A receiver that takes everything gets each event once.
  assert.equal(good.requests.length, eventCount);
  const sequence = new Map(good.requests.map((each) =>
    [each.headers['webhook-id'], Number(each.headers['x-naive-sequence'])]));
  assert.deepEqual([...sequence.values()].sort((x, y) => x - y),
    Array.from({ length: eventCount }, (_, i) => i + 1));

  await until('the flaky receiver has them all', async () =>
    idsOf(flaky).size === eventCount && (await list(toFlaky, 'status=pending')).length === 0,
  { timeoutMs: 100_000, intervalMs: 100 });
  const tries = new Map();
  for (const each of flaky.requests) {
    const id = each.headers['webhook-id'];
    if (!tries.has(id)) tries.set(id, []);
    tries.get(id).push(each);
  }
  for (const [id, made] of tries) {
    assert.ok(made.length >= 1 + (failed.get(id) ?? 0), 'one try more than it failed');
  }
  // By the server's own clock: this process is too busy to say when a request came.
  const repeated = (await list(toFlaky, 'status=delivered&limit=100'))
    .filter((each) => each.tries > 1);
  assert.ok(repeated.length > 0, 'some were tried again');
  for (const { id } of repeated) {
    const { log } = expectStatus(
      await server.operator.get(`/v1/webhooks/deliveries/${id}`), 200).body;
    assert.ok(log.length >= 2, `${id}: ${log.length} tries`);
    for (let i = 1; i < log.length; ++i) {
      const waited = Date.parse(log[i].at) - Date.parse(log[i - 1].at);
      assert.ok(waited >= 0.9 * waits[i] - 10, `${id}: try ${i + 1} after ${waited} ms`);
    }
  }
  assert.deepEqual(await list(toFlaky, 'status=dead'), [], 'none given up');

  const off = (await server.operator.get(`/v1/webhooks/${toGone.id}`)).body;
  assert.equal(off.off_reason, 'gone');
  assert.ok(gone.requests.length <= 8, `${gone.requests.length} tries after 410`);
  // Those that hang and dawdle have cost their own time only; what they did not take is kept.
  assert.equal((await list(toHanging, 'status=pending&limit=100')).length, 100);
  assert.ok(idsOf(slow).size > 2, 'the slow one gets on');
  assert.deepEqual(await list(toSlow, 'status=dead'), []);
}

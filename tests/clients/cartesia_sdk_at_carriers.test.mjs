// The unmodified official client @cartesia/cartesia-js in front of this server and each carrier's
// emulator behind it, with answers and requests spoiled on either side and on both: one purchase
// wanted is one purchase made. Each purchase is counted on both sides: the carrier's numbers,
// purchases and how often it was asked to sell; our list, charges and audit.
//
// The last case of each carrier is random. It prints its seed; to run the same again:
//   DIALPLANE_SDK_SEED=N node --test tests/clients/cartesia_sdk_at_carriers.test.mjs
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Cartesia from '@cartesia/cartesia-js';
import { startAnswerLosingProxy } from '../support/answer_losing_proxy.mjs';
import { auditHas, booksOf, carriers, checkBothBooks, startCarrierWorld, workEnds }
  from '../support/carrier_world.mjs';
import { allNumbers, ein, usage } from '../support/actions.mjs';
import { uuidOf } from '../support/ids.mjs';
import { storeCheck } from '../support/invariants.mjs';
import { until } from '../support/waiting.mjs';

const path = '/agents/phone-numbers/provision';
const price = 4;  // a month of a local number
const seed = Number(process.env.DIALPLANE_SDK_SEED ?? Date.now() % 1_000_000);

const onBuy = (what, more = {}) => ({ what, on: 'buy', ...more });
const lost = onBuy('lose_answer');
const lostLookUps = { what: 'lose_answer', on: 'list', count: 2 };

// At the carrier. `asked`: how often it was asked to sell, for one number sold.
const atCarrier = {
  'nothing goes wrong': { faults: [], asked: 1 },
  '500 after it was bought': { faults: [onBuy('error_after')], asked: 1 },
  '503 after it was bought': { faults: [onBuy('error_after', { status: 503 })], asked: 1 },
  'the connection cut after it was bought': { faults: [lost], asked: 1 },
  'cut after it was bought, and twice when looked up': { faults: [lost, lostLookUps], asked: 1 },
  'an answer that is not JSON': { faults: [onBuy('garbage')], asked: 1 },
  'half an answer': { faults: [onBuy('truncated')], asked: 1 },
  'a slow answer': { faults: [onBuy('slow', { delay_ms: 1_500 })], asked: 1 },
  'cut, and bought a while after': {
    faults: [onBuy('late_commit', { delay_ms: 2_000 })], asked: 1 },
  'cut, and not in the lists for a while': {
    faults: [lost, onBuy('hidden', { delay_ms: 2_000 })], asked: 1 },
  '429 with its headers, twice': { faults: [onBuy('rate_limited', { count: 2 })], asked: 3 },
  'sold to somebody else between search and purchase': { faults: [onBuy('gone')], asked: 2 },
  'a search that is cut, then 429, then slow': { asked: 1, faults: [
    { what: 'lose_answer', on: 'search' }, { what: 'rate_limited', on: 'search' },
    { what: 'slow', on: 'search', delay_ms: 500 }] },
};

// Between the client and us; `tries` are the client's. It tries three times by itself.
const atClient = {
  'an answer dropped': { plan: [{ outcome: 'drop' }], tries: 2 },
  'two answers dropped': { plan: [{ outcome: 'drop' }, { outcome: 'drop' }], tries: 3 },
  '500 instead of the answer, then dropped': {
    plan: [{ outcome: 'error' }, { outcome: 'drop' }], tries: 3 },
  '429 instead of the answer': { plan: [{ outcome: 'limited' }], tries: 2 },
  'turned away with 429 before us': { plan: [{ outcome: 'turned_away' }], tries: 2 },
  'cut before us, then the answer dropped': {
    plan: [{ outcome: 'cut' }, { outcome: 'drop' }], tries: 3 },
  'an answer later than the client waits': {
    plan: [{ outcome: 'late', delayMs: 900 }], options: { timeout: 500 }, tries: 2 },
};

// Both at once: [at the carrier, at the client, more].
const atBoth = [
  ['500 after it was bought', 'an answer dropped'],
  ['the connection cut after it was bought', '500 instead of the answer, then dropped'],
  ['429 with its headers, twice', '429 instead of the answer'],
  ['cut, and bought a while after', 'two answers dropped'],
  ['a slow answer', 'an answer later than the client waits',
    { options: { timeout: 600, maxRetries: 6 }, triesMin: 2 }],
  ['cut, and not in the lists for a while', 'cut before us, then the answer dropped'],
];

// These end only when the carrier's settling time is over (30 to 60 s), so each has a server of its
// own and all wait together. The client is told 202 and goes on.
const patient = {
  'the connection cut before it was bought': { faults: [onBuy('lose_request')], asked: 2 },
  '500 before it was bought': { faults: [onBuy('error_before')], asked: 2 },
  'slower than we wait': { faults: [onBuy('slow', { delay_ms: 17_000 })], asked: 1 },
  'cut before it was bought, and the client\'s answer dropped': {
    faults: [onBuy('lose_request')], asked: 2, plan: [{ outcome: 'drop' }], tries: 2 },
  'bought after twenty seconds, and 429 to the client': {
    faults: [onBuy('late_commit', { delay_ms: 20_000 })], asked: 1,
    plan: [{ outcome: 'limited' }], tries: 2 },
};

async function openWorld(carrier, serverOptions = {}) {
  const world = await startCarrierWorld(carrier,
    { ...serverOptions, args: ['--charge-cartesia'] });
  // The client's way to us. The carrier's, which is its own, passes everything.
  world.gate = await startAnswerLosingProxy(world.server);
  world.client = new Cartesia(
    { apiKey: world.server.agentKey, baseURL: world.gate.origin, timeout: 40_000 });
  return world;
}

async function closeWorld(world) {
  await world.gate.stop();
  await world.stop();
}

const added = (before, after) => after.filter((each) => !before.includes(each));

// What one purchase must have left on both sides, and nothing more.
function checkOnePurchase(before, now, asked) {
  const sold = added(before.sold, now.sold);
  assert.equal(sold.length, 1, `one number at the carrier: ${sold.join(' ')}`);
  assert.equal(now.sold.length, before.sold.length + 1);
  assert.deepEqual(now.purchases.slice(before.purchases.length), sold, 'one purchase');
  assert.equal(now.asked - before.asked, asked, 'times it was asked to sell');
  assert.deepEqual(added(before.ours, now.ours), sold, 'one number of ours, the same');
  const charges = now.charges.slice(0, now.charges.length - before.charges.length);
  assert.deepEqual(charges.map((each) => each.credits), [-price], 'one charge');
  const accepted = added(before.accepted, now.accepted);
  assert.equal(accepted.length, 1, 'accepted once');
  const settled = added(before.settled, now.settled);
  assert.equal(now.settled.length, before.settled.length + 1, 'and settled once');
  assert.equal(charges[0].ref_id, accepted[0], 'the charge is that operation\'s');
  return { e164: sold[0], id: settled[0] };
}

// One purchase through the client under these faults, and its traces.
async function buyOne(world, label, { faults = [], plan = [], asked = 1, tries = plan.length + 1,
  triesMin, options = {}, endsWithinMs = 30_000 }) {
  const { emulator, server, gate, client } = world;
  const before = await booksOf(world);
  for (const fault of faults) await emulator.control('POST', 'faults', fault);
  gate.plan(...plan);
  const answer = await client.post(path, { body: { label }, ...options });
  await workEnds(server, endsWithinMs);
  await auditHas(server, 'phone.provision.settled', before.settled.length + 1);
  const sold = checkOnePurchase(before, await booksOf(world), asked);
  const mine = (await allNumbers(server.agent)).filter((each) => each.label === label);
  assert.deepEqual(mine.map((each) => [uuidOf(each.id), each.number]), [[sold.id, sold.e164]]);
  assert.equal(answer.id, mine[0].id, 'the client was told of that number');
  assert.ok([sold.e164, null].includes(answer.number));
  if (triesMin === undefined) assert.equal(gate.seen.length, tries, 'the client\'s tries');
  else assert.ok(gate.seen.length >= triesMin, `${gate.seen.length} tries`);
  assert.equal((await usage(server)).held, 0);
  const { faults: unmet } = await emulator.control('GET', 'faults');
  assert.deepEqual(unmet, [], 'every fault was met');
}

function quickCases(carrier) {
  let world;
  before(async () => { world = await openWorld(carrier); });
  after(async () => {
    try {
      await checkBothBooks(world);
    } finally {
      await closeWorld(world);
    }
  });
  for (const [name, how] of Object.entries(atCarrier)) {
    test(`${carrier}: ${name}`, () => buyOne(world, name, how));
  }
  for (const [name, how] of Object.entries(atClient)) {
    test(`${carrier}: at the client, ${name}`, () => buyOne(world, name, how));
  }
  for (const [there, here, more] of atBoth) {
    test(`${carrier}: ${there}; at the client, ${here}`, () =>
      buyOne(world, `${there}; ${here}`, { ...atCarrier[there], ...atClient[here], ...more }));
  }
  test(`${carrier}: every answer to the client lost: an error, still one purchase`, async () => {
    const start = await booksOf(world);
    await world.emulator.control('POST', 'faults', lost);
    world.gate.plan({ outcome: 'drop' }, { outcome: 'error' }, { outcome: 'limited' });
    await assert.rejects(world.client.post(path, { body: { label: 'All lost' } }));
    await workEnds(world.server);
    await auditHas(world.server, 'phone.provision.settled', start.settled.length + 1);
    checkOnePurchase(start, await booksOf(world), 1);
  });
  test(`${carrier}: never reached us: nothing is bought or charged`, async () => {
    const start = await booksOf(world);
    world.gate.plan({ outcome: 'cut' }, { outcome: 'turned_away' }, { outcome: 'cut' });
    await assert.rejects(world.client.post(path, { body: { label: 'Never' } }));
    assert.deepEqual(await booksOf(world), start);
  });
}

// In the other dialect, through the same client: the company is registered besides, once.
async function naiveCase(world) {
  const { emulator, server, gate, client } = world;
  await emulator.control('POST', 'faults', lost);
  gate.plan({ outcome: 'drop' }, { outcome: 'error' });
  const { phone } = await client.post('/v1/phone/provision',
    { body: { ein, area_code: '415', label: 'Naive' } });
  assert.equal(phone.status, 'active');
  assert.equal(gate.seen.length, 3);
  await until('the registration is paid', async () => (await usage(server)).held === 0);
  await auditHas(server, 'phone.provision.settled', 1);
  const now = await booksOf(world);
  assert.deepEqual([now.sold, now.purchases, now.ours].map((each) => each.join()),
    [phone.e164, phone.e164, phone.e164]);
  assert.equal(now.asked, 1);
  assert.deepEqual(now.charges.map((each) => [each.action, each.credits]).sort(), [
    ['phone.brand_registration', -8], ['phone.campaign_registration', -38],
    ['phone.provision', -price]]);
  assert.deepEqual([now.accepted.length, now.settled.length], [1, 1]);
  const { report } = await storeCheck(server.dataDir);
  assert.deepEqual(report.violations, []);
}

// A server of its own for one case; it ends with the case, however that ends.
async function inWorld(carrier, serverOptions, use) {
  const world = await openWorld(carrier, serverOptions);
  try {
    await use(world);
  } finally {
    await closeWorld(world);
  }
}

async function patientCase(world, name, how) {
  await buyOne(world, name, { ...how, endsWithinMs: 150_000 });
  await checkBothBooks(world);
}

// ---- at random --------------------------------------------------------------------------------

// mulberry32
function randomFrom(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const clientOutcomes = ['pass', 'pass', 'pass', 'drop', 'error', 'limited', 'cut', 'turned_away',
  'late'];
const carrierFaults = ['error_after', 'lose_answer', 'garbage', 'truncated', 'slow', 'late_commit',
  'rate_limited', 'hidden'];
const purchases = 16;

// Faults for about half of the first purchases, one of them before anything was bought.
function randomFaults(random) {
  const faults = [onBuy(random() < 0.5 ? 'lose_request' : 'error_before')];
  for (let i = 0; i < purchases / 2; ++i) {
    const what = carrierFaults[Math.floor(random() * carrierFaults.length)];
    faults.push(onBuy(what, { delay_ms: Math.floor(random() * 1_500) }));
  }
  for (let i = 0; i < 3; ++i) faults.push({ what: 'lose_answer', on: i === 0 ? 'search' : 'list' });
  return faults;
}

async function randomCase(carrier, world) {
  console.log(`# ${carrier}: DIALPLANE_SDK_SEED=${seed} ` +
    'node --test tests/clients/cartesia_sdk_at_carriers.test.mjs');
  const random = randomFrom(seed + carriers.indexOf(carrier));
  const { emulator, server, gate, client } = world;
  for (const fault of randomFaults(random)) await emulator.control('POST', 'faults', fault);
  gate.plan(...Array.from({ length: purchases * 3 }, () => ({
    outcome: clientOutcomes[Math.floor(random() * clientOutcomes.length)], delayMs: 700 })));
  const labels = Array.from({ length: purchases }, (_, i) => `At random ${seed}/${i}`);
  const told = new Map();
  const waiting = [...labels];
  await Promise.all(Array.from({ length: 5 }, async () => {
    while (waiting.length > 0) {
      const label = waiting.shift();
      const timeout = random() < 0.3 ? 500 : 10_000;
      const answer = await client.post(path, { body: { label }, timeout }).catch(() => undefined);
      if (answer !== undefined) told.set(label, answer.id);
    }
  }));
  await workEnds(server, 200_000);
  const reached = new Set(gate.history.filter((each) => each.reached)
    .map((each) => JSON.parse(each.requestText).label));
  const numbers = await until('all numbers are listed', async () => {
    const all = await allNumbers(server.agent);
    return all.length >= reached.size ? all : undefined;
  });
  for (const label of labels) {
    const mine = numbers.filter((each) => each.label === label);
    assert.equal(mine.length, reached.has(label) ? 1 : 0, `seed ${seed}: ${label}`);
    if (told.has(label)) assert.equal(mine[0].id, told.get(label), `seed ${seed}: ${label}`);
  }
  const now = await checkBothBooks(world);
  assert.equal(now.sold.length, reached.size);
  assert.equal(now.charges.length, reached.size);
  assert.ok(now.charges.every((each) => each.credits === -price));
  assert.deepEqual(new Set(now.charges.map((each) => each.ref_id)), new Set(now.accepted));
  assert.deepEqual(new Set(now.settled), new Set(numbers.map((each) => uuidOf(each.id))));
  assert.ok(gate.history.length > reached.size, 'the client tried again');
}

describe('exactly one purchase', { concurrency: 32 }, () => {
  for (const carrier of carriers) {
    for (const [name, how] of Object.entries(patient)) {
      test(`${carrier}: ${name}`, () =>
        inWorld(carrier, { waitMs: 1_000 }, (world) => patientCase(world, name, how)));
    }
    test(`${carrier}: with a registration; lost there, dropped and 500 here`, () =>
      inWorld(carrier, {}, naiveCase));
    test(`${carrier}: at random, seed ${seed}`, () =>
      inWorld(carrier, { waitMs: 2_000 }, (world) => randomCase(carrier, world)));
    describe(carrier, { concurrency: 1 }, () => quickCases(carrier));
  }
});

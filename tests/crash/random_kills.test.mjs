// kill -9 at random moments under load, again and again; then every promise is checked. Prints its
// seed; DIALPLANE_SEED=n repeats a run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balance, provisionNaive, sold } from '../support/actions.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { randomDelay, until } from '../support/waiting.mjs';

const rounds = 12;
const parallel = 16;
const seed = Number(process.env.DIALPLANE_SEED ?? Date.now() % 1_000_000_007);

// A small generator with a state of 32 bits: enough for times and choices.
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function makeRequest(random, round, index) {
  const naive = random() < 0.5;
  return {
    path: naive ? '/v1/phone/provision' : '/agents/phone-numbers/provision',
    body: naive ? { label: `r${round} n${index}`, area_code: random() < 0.5 ? '415' : '212' }
      : { label: `r${round} n${index}` },
    headers: { 'Idempotency-Key': `round ${round} request ${index}` },
    price: naive ? 4 : 0,
    ended: (answer) => naive
      ? (answer.body.phone?.status === 'active' ? answer.body.phone.e164 : undefined)
      : (answer.status === 201 ? answer.body.number : undefined),
  };
}

test(`${rounds} kills under ${parallel} parallel provisions`, async (context) => {
  const replay = `DIALPLANE_SEED=${seed} node --test tests/crash/random_kills.test.mjs`;
  context.diagnostic(replay);
  console.log(`seed ${seed}; again with: ${replay}`);
  const random = generator(seed);
  const server = await startServer({ slots: 100_000, credits: 100_000,
    config: 'campaign_numbers_max = 100000\n' });
  await provisionNaive(server);
  const balanceBefore = await balance(server);
  const requests = [];
  for (let round = 0; round < rounds; ++round) {
    const batch = Array.from({ length: parallel }, (_, i) => makeRequest(random, round, i));
    requests.push(...batch);
    const sending = batch.map((request) =>
      server.agent.post(request.path, request.body, request.headers)
        // A cut connection is no answer; a wrong answer would be an AssertionError.
        .catch((failure) => { if (failure.code === 'ERR_ASSERTION') throw failure; }));
    await randomDelay(Math.floor(random() ** 2 * 250));
    await server.kill();
    await Promise.all(sending);
    await server.start();
  }
  const numbers = new Set();
  for (const request of requests) {
    const number = await until(`${request.headers['Idempotency-Key']} has ended`, async () => {
      const answer = await server.agent.post(request.path, request.body, request.headers);
      assert.ok([201, 202].includes(answer.status), answer.text);
      return request.ended(answer);
    }, { timeoutMs: 60_000 });
    numbers.add(number);
  }
  assert.equal(numbers.size, requests.length, 'each request has a number of its own');
  await checkInvariants(server, { timeoutMs: 60_000 });
  const carrier = await sold(server);
  assert.equal(carrier.length, requests.length + 1, 'nothing was bought twice');
  const spent = requests.reduce((total, request) => total + request.price, 0);
  assert.equal(await balance(server), balanceBefore - spent);
  await server.stop();
});

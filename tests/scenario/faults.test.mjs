// Every fault the sandbox carrier can be ordered to have: whatever it does, one request is at most
// one purchase and one charge, and the request gets an answer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  balance, clearFaults, orderFault, provisionNaive, sold, soldCount, usage,
} from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
before(async () => {
  server = await startServer({ slots: 1000, credits: 100_000 });
  await provisionNaive(server);
});
after(async () => {
  await checkInvariants(server, { timeoutMs: 60_000 });
  await server.stop();
});

const dialects = {
  cartesia: {
    provision: () => server.agent.post('/agents/phone-numbers/provision', { label: 'F' }),
    number: async (answer) => until('the number is there', async () => {
      const { body } = expectStatus(
        await server.agent.get(`/agents/phone-numbers/${answer.body.id}`), 200);
      return body.number;
    }, { timeoutMs: 60_000 }),
    price: 0,
    refusal: [503, 'number_unavailable'],
  },
  naive: {
    provision: () => server.agent.post('/v1/phone/provision', { label: 'F' }),
    number: async (answer) => until('the number is there', async () => {
      const row = await server.agent.get(`/v1/phone/${answer.body.phone.id}`);
      return expectStatus(row, 200).body.e164;
    }, { timeoutMs: 60_000 }),
    price: 4,
    refusal: [502, 'provider_error'],
  },
};

async function around(faults, use) {
  const before = { sold: await soldCount(server), balance: await balance(server) };
  for (const fault of faults) await orderFault(server, { count: 1, ...fault });
  await use(before);
  await clearFaults(server);
  // A first number's registration is paid a moment after the number itself.
  await until('nothing stays held', async () => (await usage(server)).held === 0);
}

// Faults that must end in exactly one purchase, alone and combined.
const survivable = [
  [{ on: 'search', outcome: 'rate_limited' }],
  [{ on: 'search', outcome: 'slow', delay_ms: 150 }],
  [{ on: 'search', outcome: 'lost_before' }],
  [{ on: 'search', outcome: 'lost_after' }],
  [{ on: 'buy', outcome: 'rate_limited' }],
  [{ on: 'buy', outcome: 'rate_limited', count: 3 }],
  [{ on: 'buy', outcome: 'slow', delay_ms: 150 }],
  [{ on: 'buy', outcome: 'lost_before' }],
  [{ on: 'buy', outcome: 'lost_after' }],
  [{ on: 'buy', outcome: 'late', delay_ms: 250 }],
  [{ on: 'buy', outcome: 'gone' }],
  [{ on: 'buy', outcome: 'gone', count: 3 }],
  [{ on: 'buy', outcome: 'hidden', delay_ms: 250 }],
  [{ on: 'buy', outcome: 'lost_after' }, { on: 'lookup', outcome: 'hidden', delay_ms: 250 }],
  [{ on: 'buy', outcome: 'lost_after' }, { on: 'lookup', outcome: 'rate_limited', count: 2 }],
  [{ on: 'buy', outcome: 'lost_after' }, { on: 'lookup', outcome: 'refused' }],
  [{ on: 'buy', outcome: 'lost_after' }, { on: 'lookup', outcome: 'lost_before', count: 2 }],
  [{ on: 'buy', outcome: 'lost_after' }, { on: 'lookup', outcome: 'lost_after' }],
  [{ on: 'buy', outcome: 'lost_after' }, { on: 'lookup', outcome: 'slow', delay_ms: 150 }],
  [{ on: 'buy', outcome: 'late', delay_ms: 250 }, { on: 'lookup', outcome: 'slow', delay_ms: 100 }],
  [{ on: 'buy', outcome: 'late', delay_ms: 250 },
    { on: 'lookup', outcome: 'hidden', delay_ms: 250 }],
  [{ on: 'buy', outcome: 'lost_before' }, { on: 'buy', outcome: 'lost_after' }],
  [{ on: 'buy', outcome: 'gone' }, { on: 'buy', outcome: 'lost_after' }],
  [{ on: 'buy', outcome: 'rate_limited' }, { on: 'buy', outcome: 'late', delay_ms: 200 }],
];

const describe = (faults) =>
  faults.map((fault) => `${fault.outcome} on ${fault.on}×${fault.count ?? 1}`).join(', ');

for (const [name, dialect] of Object.entries(dialects)) {
  // Several at once would share the faults: each set runs alone.
  for (const faults of survivable) {
    test(`${name}: ${describe(faults)}: one purchase, one charge`, async () => {
      await around(faults, async (before) => {
        const answer = await dialect.provision();
        assert.ok([201, 202].includes(answer.status), answer.text);
        const e164 = await dialect.number(answer);
        const carrier = await sold(server);
        assert.equal(carrier.length, before.sold + 1, 'exactly one purchase');
        assert.equal(carrier.filter((row) => row.e164 === e164).length, 1);
        assert.equal(await balance(server), before.balance - dialect.price, 'exactly one charge');
      });
    });
  }

  for (const on of ['search', 'buy']) {
    test(`${name}: refused on ${on}: nothing bought, nothing charged`, async () => {
      await around([{ on, outcome: 'refused' }], async (before) => {
        expectError(await dialect.provision(), ...dialect.refusal);
        assert.equal(await soldCount(server), before.sold);
        assert.equal(await balance(server), before.balance);
      });
    });
  }

  test(`${name}: every number gone: nothing bought, nothing charged`, async () => {
    await around([{ on: 'buy', outcome: 'gone', count: 1000 }], async (before) => {
      const answer = await dialect.provision();
      expectError(answer, 503, 'number_unavailable');
      assert.equal(await soldCount(server), before.sold);
      assert.equal(await balance(server), before.balance);
    });
  });
}

const releasable = [
  [{ on: 'release', outcome: 'rate_limited' }],
  [{ on: 'release', outcome: 'slow', delay_ms: 150 }],
  [{ on: 'release', outcome: 'lost_before' }],
  [{ on: 'release', outcome: 'lost_after' }],
  [{ on: 'release', outcome: 'late', delay_ms: 250 }],
  [{ on: 'release', outcome: 'lost_after' }, { on: 'lookup', outcome: 'lost_before' }],
  [{ on: 'release', outcome: 'lost_before' }, { on: 'lookup', outcome: 'rate_limited' }],
];

for (const faults of releasable) {
  test(`${describe(faults)}: released once, no number left behind`, async () => {
    const { phone } = await provisionNaive(server);
    await around(faults, async (before) => {
      const answer = await server.agent.delete(`/v1/phone/${phone.id}`);
      assert.ok([200, 202].includes(answer.status), answer.text);
      await until('it is released', async () => {
        const { body } = expectStatus(await server.agent.get(`/v1/phone/${phone.id}`), 200);
        return body.status === 'released';
      }, { timeoutMs: 60_000 });
      assert.equal(await soldCount(server), before.sold - 1);
      assert.ok(!(await sold(server)).some((row) => row.e164 === phone.e164));
      assert.equal(await balance(server), before.balance);
    });
  });
}

test('cartesia delete answers at once; the carrier may take its time', async () => {
  const number = expectStatus(await dialects.cartesia.provision(), 201).body;
  await around([{ on: 'release', outcome: 'lost_after' }], async (before) => {
    expectStatus(await server.agent.delete(`/agents/phone-numbers/${number.id}`), 204);
    expectError(await server.agent.get(`/agents/phone-numbers/${number.id}`), 404, 'not_found');
    await until('the carrier has it back', async () =>
      await soldCount(server) === before.sold - 1, { timeoutMs: 60_000 });
  });
});

test('faults are ordered, listed, counted down and cleared by the operator', async () => {
  await orderFault(server, { on: 'buy', outcome: 'rate_limited', count: 2 });
  await orderFault(server, { on: 'search', outcome: 'empty', area_code: '307', count: 5 });
  const { faults } = expectStatus(await server.operator.get('/v1/sandbox/faults'), 200).body;
  assert.deepEqual(faults, [
    { on: 'buy', outcome: 'rate_limited', count: 2, delay_ms: 0, area_code: null },
    { on: 'search', outcome: 'empty', count: 5, delay_ms: 0, area_code: '307' }]);
  await provisionNaive(server, { area_code: '415' });
  const left = expectStatus(await server.operator.get('/v1/sandbox/faults'), 200).body.faults;
  assert.deepEqual(left.map((fault) => [fault.on, fault.count]), [['search', 5]],
    'a fault for one area code waits for it');
  const cleared = expectStatus(await server.operator.delete('/v1/sandbox/faults'), 200).body;
  assert.deepEqual(cleared, { status: 'cleared', cleared: 1 });
  const cases = [
    [{}, 'on'], [{ on: 'buy' }, 'outcome'], [{ on: 'sell', outcome: 'slow' }, 'on'],
    [{ on: 'buy', outcome: 'explode' }, 'outcome'],
    [{ on: 'buy', outcome: 'slow', count: 0 }, 'count'],
    [{ on: 'buy', outcome: 'slow', delay_ms: -1 }, 'delay_ms'],
    [{ on: 'buy', outcome: 'slow', delay: 5 }, 'delay'],
    [{ on: 'search', outcome: 'empty', area_code: '4' }, 'area_code'],
  ];
  for (const [body, field] of cases) {
    expectError(await server.operator.post('/v1/sandbox/faults', body), 400, 'invalid_input',
      { mentions: field });
  }
  for (const [method, path, body] of [
    ['POST', '/v1/sandbox/faults', { on: 'buy', outcome: 'slow' }], ['GET', '/v1/sandbox/faults'],
    ['DELETE', '/v1/sandbox/faults'], ['GET', '/v1/sandbox/numbers'],
    ['GET', '/v1/sandbox'], ['PATCH', '/v1/sandbox', { review_ms: 1 }]]) {
    expectError(await server.agent.call(method, path, body), 403, 'forbidden');
  }
  assert.deepEqual((await server.operator.get('/v1/sandbox/faults')).body.faults, []);
});

// A tool call without a key, sent again: it joins the earlier one where that one's answer was lost,
// and is a second one where it arrived or is still on its way.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  balance, clearFaults, gateDefaultUser, orderFault, provisionNaive, soldCount, usage,
} from '../support/actions.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import {
  callAndLeave, callTool, cuttableCall, loseWhileBuying, mustCall,
} from '../support/lossy_mcp.mjs';
import { startServer } from '../support/server.mjs';
import { receivedBy, textArgs, textingNumber } from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

const price = 4;
let server;
before(async () => {
  server = await startServer({ slots: 1000, credits: 100_000, args: textArgs });
  await provisionNaive(server);
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});
beforeEach(() => clearFaults(server));

const provision = (args, options) => mustCall(server, 'naive_phone_provision', args, options);
const slowBuying = (count = 1, delayMs = 700) =>
  orderFault(server, { on: 'buy', outcome: 'slow', delay_ms: delayMs, count });
const settled = () => until('nothing is held', async () => (await usage(server)).held === 0);

// Arguments nobody else uses.
let serial = 0;
const fresh = () => ({ label: `Joined ${++serial}`, area_code: '415' });

async function bearsLabel({ phone }, { label }) {
  const row = expectStatus(await server.operator.get(`/v1/phone/${phone.id}`), 200).body;
  assert.equal(row.label, label);
}

// Runs `act`, and counts what was bought and paid meanwhile.
async function bought(act) {
  const first = { sold: await soldCount(server), balance: await balance(server) };
  const value = await act();
  await settled();
  const numbers = await soldCount(server) - first.sold;
  assert.equal(await balance(server), first.balance - price * numbers, 'each is paid once');
  return { numbers, value };
}

test('lost while it was bought: an equal call gets that number, the next a second', async () => {
  const args = fresh();
  const { numbers, value } = await bought(async () => {
    await slowBuying();
    await loseWhileBuying(server, args);
    return provision(args);
  });
  assert.equal(numbers, 1);
  assert.equal(value.phone.status, 'active');
  assert.equal(value.credits_used, price);
  await bearsLabel(value, args);
  const next = await bought(() => provision(args));
  assert.equal(next.numbers, 1);
  assert.notEqual(next.value.phone.id, value.phone.id);
});

test('lost, and found again when it had ended long before', async () => {
  const args = fresh();
  const { numbers, value } = await bought(async () => {
    await slowBuying(1, 200);
    await loseWhileBuying(server, args);
    await settled();
    return provision(args);
  });
  assert.equal(numbers, 1);
  const listed = expectStatus(await server.agent.get(`/v1/phone/${value.phone.id}`), 200).body;
  assert.equal(listed.e164, value.phone.e164);
});

test('lost several times in a row: one number, whoever gets to hear of it', async () => {
  const args = fresh();
  const { numbers, value } = await bought(async () => {
    await slowBuying();
    await loseWhileBuying(server, args);
    const second = cuttableCall(server, 'naive_phone_provision', args);
    await second.sent;
    second.cut();
    await second.ended;
    const left = await callAndLeave(server, 'naive_phone_provision', args);
    const heard = await provision(args);
    assert.deepEqual(left.structuredContent, heard);
    return heard;
  });
  assert.equal(numbers, 1);
  assert.equal(value.phone.status, 'active');
});

test('two that were lost are two, the older one first', async () => {
  const args = fresh();
  const { numbers, value } = await bought(async () => {
    await slowBuying(2, 900);
    const calls = [0, 1].map(() => cuttableCall(server, 'naive_phone_provision', args));
    await until('both are under way', async () => (await usage(server)).held === 2 * price);
    for (const call of calls) call.cut();
    await Promise.all(calls.map((call) => call.ended));
    return [await provision(args), await provision(args)];
  });
  assert.equal(numbers, 2);
  const [older, newer] = await Promise.all(value.map(async ({ phone }) =>
    expectStatus(await server.agent.get(`/v1/phone/${phone.id}`), 200).body));
  assert.notEqual(older.id, newer.id);
  assert.ok(older.created_at <= newer.created_at);
  assert.equal((await bought(() => provision(args))).numbers, 1, 'both have been told of');
});

test('answered twice, bought twice', async () => {
  const args = fresh();
  const { numbers, value } = await bought(async () => [await provision(args),
    await provision(args), await provision(args)]);
  assert.equal(numbers, 3);
  assert.equal(new Set(value.map((each) => each.phone.e164)).size, 3);
});

test('answered on connections that were closed behind it: bought twice', async () => {
  const args = fresh();
  const { numbers } = await bought(async () => {
    for (let i = 0; i < 2; ++i) {
      const call = cuttableCall(server, 'naive_phone_provision', args);
      assert.equal(await call.ended, 'answered');
    }
  });
  assert.equal(numbers, 2);
});

test('two at once on living connections: bought twice', async () => {
  const args = fresh();
  const { numbers, value } = await bought(async () => {
    await slowBuying(2, 400);
    return Promise.all([provision(args), provision(args)]);
  });
  assert.equal(numbers, 2);
  assert.notEqual(value[0].phone.id, value[1].phone.id);
});

test('one lost and one alive: the next joins the lost one', async () => {
  const args = fresh();
  const { numbers, value } = await bought(async () => {
    await slowBuying(2, 900);
    const living = provision(args);
    await until('it is under way', async () => (await usage(server)).held === price);
    await loseWhileBuying(server, args);
    return Promise.all([living, provision(args)]);
  });
  assert.equal(numbers, 2);
  assert.notEqual(value[0].phone.id, value[1].phone.id);
});

test('many repeats of a lost one at once: one joins, the others are meant', async () => {
  const args = fresh();
  const { numbers, value } = await bought(async () => {
    await slowBuying(1, 400);
    await loseWhileBuying(server, args);
    return Promise.all(Array.from({ length: 4 }, () => provision(args)));
  });
  assert.equal(numbers, 4);
  assert.equal(new Set(value.map((each) => each.phone.id)).size, 4);
});

test('other arguments or another key join nothing', async () => {
  const args = fresh();
  const { numbers, value } = await bought(async () => {
    await slowBuying();
    await loseWhileBuying(server, args);
    const other = await provision({ ...args, label: `${args.label} too` });
    return [other, await provision(args)];
  });
  assert.equal(numbers, 2);
  assert.notEqual(value[0].phone.id, value[1].phone.id);

  // The other key is the operator's: of the same company, and still somebody else.
  const mine = fresh();
  const both = await bought(async () => {
    await slowBuying();
    await loseWhileBuying(server, mine);
    const theirs = await provision(mine, { client: server.operator });
    return [theirs, await provision(mine)];
  });
  assert.equal(both.numbers, 2);
  assert.notEqual(both.value[0].phone.id, both.value[1].phone.id);
});

test('with a key the key decides, lost or not', async () => {
  const args = { ...fresh(), idempotency_key: `mine ${serial}` };
  const { numbers, value } = await bought(async () => {
    await slowBuying();
    await loseWhileBuying(server, args);
    const first = await provision(args);
    return [first, await provision(args)];
  });
  assert.equal(numbers, 1);
  assert.deepEqual(value[0], value[1]);
  // Who sends the header of HTTP means to say what is the same: that is not tracked.
  const plain = fresh();
  const key = { 'Idempotency-Key': `outer ${serial}` };
  const twice = await bought(async () => {
    await slowBuying(1, 300);
    await loseWhileBuying(server, plain, key);
    return provision(plain);
  });
  assert.equal(twice.numbers, 2);
});

test('REST without a key stays as it was: a lost one is not joined', async () => {
  const body = fresh();
  const { numbers } = await bought(async () => {
    await slowBuying(1, 300);
    const controller = new AbortController();
    const lost = server.agent.post('/v1/phone/provision', body, {},
      { agent: undefined, signal: controller.signal });
    const ended = assert.rejects(lost);
    await until('it is under way', async () => (await usage(server)).held === price);
    controller.abort();
    await ended;
    expectStatus(await server.agent.post('/v1/phone/provision', body), 202);
  });
  assert.equal(numbers, 2);
});

test('a refusal is no purchase to join', async () => {
  const args = { ...fresh(), area_code: '200' };
  const { numbers } = await bought(async () => {
    const left = await callAndLeave(server, 'naive_phone_provision', args);
    const again = await callTool(server, 'naive_phone_provision', args);
    assert.equal(left.isError, true);
    assert.equal(again.isError, true);
  });
  assert.equal(numbers, 0);
});

test('a release whose answer was lost is told again, then nothing is left', async () => {
  const { phone } = await provision(fresh());
  const args = { phone_id: phone.id };
  const left = await callAndLeave(server, 'naive_phone_release', args);
  const again = await mustCall(server, 'naive_phone_release', args);
  assert.deepEqual(again, left.structuredContent);
  assert.equal((await callTool(server, 'naive_phone_release', args)).isError, true);
});

test('a text whose answer was lost is sent once; one that is meant again, again', async () => {
  const phone = await textingNumber(server);
  const to = '+14155550177';
  const args = { phone_id: phone.id, to, body: 'Your code is 123456.' };
  const left = await callAndLeave(server, 'naive_phone_send', args);
  const joined = await mustCall(server, 'naive_phone_send', args);
  assert.deepEqual(joined, left.structuredContent);
  const again = await mustCall(server, 'naive_phone_send', args);
  assert.notEqual(again.id ?? again.message_id, joined.id ?? joined.message_id);
  await until('two have come', async () => (await receivedBy(server, to)).length >= 2);
  assert.equal((await receivedBy(server, to)).length, 2);
});

test('an assignment whose answer was lost is told again', async () => {
  const { phone } = await provision(fresh());
  const args = { phone_id: phone.id, agent_id: server.agentUuid };
  const left = await callAndLeave(server, 'naive_phone_assign', args);
  const again = await mustCall(server, 'naive_phone_assign', args);
  assert.deepEqual(again, left.structuredContent);
});

test('an approval whose answer was lost is the same approval, and once approved the same number',
  async () => {
    await gateDefaultUser(server);
    const args = fresh();
    const { numbers, value } = await bought(async () => {
      const left = await callAndLeave(server, 'naive_phone_provision', args);
      const asked = left.structuredContent;
      assert.equal(asked.status, 'pending_approval');
      const again = await provision(args);
      assert.equal(again.approval_id, asked.approval_id);
      expectStatus(await server.operator.post(`/v1/approvals/${asked.approval_id}/approve`), 200);
      // Handed out once, and lost; then handed out again.
      const lost = await callAndLeave(server, 'naive_phone_provision', args);
      const found = await provision(args);
      assert.deepEqual(lost.structuredContent, found);
      return found;
    });
    assert.equal(numbers, 1);
    await bearsLabel(value, args);
    const next = await provision(args);
    assert.equal(next.status, 'pending_approval');
  });

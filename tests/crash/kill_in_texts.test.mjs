// The server kills itself between every pair of steps of a text, either way. No text is lost, none
// is sent twice, no credit is lost or charged twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balance, clearFaults, orderFault } from '../support/actions.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import {
  inboundTexts, postWebhook, receivedBy, receivedEvent, sendText, setAside, textArgs, textEnd,
  textFromOutside, textingNumber, webhookSecret,
} from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

const options = { slots: 100, credits: 10_000, args: textArgs,
  config: '[sandbox]\nsettling_ms = 400\nreview_ms = 0\nanswer_timeout_ms = 100\n' };
const crashAt = (point) => ({ DIALPLANE_CRASH_AT: point });

async function prepared() {
  const server = await startServer(options);
  return { server, phone: await textingNumber(server) };
}

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

// What has to go wrong at the carrier for the point to be reached, or to hurt.
const sendPoints = [
  ['text_accept_committed', []],
  ['text_intent_committed', []],
  ['text_intent_committed:2', [{ on: 'send', outcome: 'rate_limited' }]],
  ['text_sent_unrecorded', []],
  ['text_settled', []],
  ['text_settled', [{ on: 'send', outcome: 'refused' }]],
  ['text_sent_unrecorded', [{ on: 'send', outcome: 'slow', delay_ms: 150 }]],
];
for (const [point, faults] of sendPoints) {
  for (const reports of [true, false]) {
    const refused = faults.some((fault) => fault.outcome === 'refused');
    const name = `${point}${faults.map((fault) => `, ${fault.outcome}`).join('')}`;
    test(`a text, killed at ${name}${reports ? '' : ', without reports'}`, async () => {
      const { server, phone } = await prepared();
      const before = await balance(server);
      const key = { 'Idempotency-Key': `text-${name}` };
      const send = () => sendText(server, phone, { body: name }, key);
      await server.restart({}, crashAt(point));
      for (const fault of faults) await orderFault(server, { count: 1, ...fault });
      if (!reports) await orderFault(server, { on: 'report', outcome: 'lost_before', count: 9 });
      await attempt(send);
      await server.waitForCrash();
      await server.start();
      await clearFaults(server);
      const { id } = expectStatus(await send(), 202).body;
      const row = await textEnd(server, id, ['sent', 'delivered', 'failed']);
      assert.equal(row.status === 'failed', refused, row.status);
      await until('credits are settled', async () => {
        const present = await balance(server);
        return Math.abs(present - (before - (refused ? 0 : 0.04))) < 1e-6;
      });
      const there = await receivedBy(server);
      assert.equal(there.length, refused ? 0 : 1, 'on the handset exactly once');
      if (!refused) assert.equal(there[0].id, id);
      await finish(server);
    });
  }
}

for (const outcome of ['lost_before', 'lost_after', 'late']) {
  test(`the carrier's answer was ${outcome}, and the server dies while it looks`, async () => {
    const { server, phone } = await prepared();
    await orderFault(server, { on: 'send', outcome, count: 1,
      ...(outcome === 'late' ? { delay_ms: 500 } : {}) });
    await orderFault(server, { on: 'report', outcome: 'lost_before', count: 1 });
    const { id } = expectStatus(await sendText(server, phone, { body: outcome }), 202).body;
    await until('the answer is given up', async () => {
      const row = expectStatus(await server.operator.get(`/v1/phone/messages/${id}`), 200).body;
      return row.status === 'queued';
    });
    await server.kill();
    await server.start();
    const row = await textEnd(server, id, ['sent', 'delivered'], 30_000);
    assert.ok(row.carrier_message_id);
    await until('it arrived', async () => (await receivedBy(server)).length > 0);
    assert.equal((await receivedBy(server)).length, 1);
    await finish(server);
  });
}

for (const point of ['inbox_committed', 'inbox_processed']) {
  test(`a webhook, killed at ${point}: the text is here once`, async () => {
    const { server, phone } = await prepared();
    const secret = await webhookSecret(server);
    const event = receivedEvent(phone, 'SBTkill', 'kept');
    await server.restart({}, crashAt(point));
    const answer = await attempt(() => postWebhook(server, secret, 'evt_kill', event));
    await server.waitForCrash();
    await server.start();
    if (answer === undefined) {
      expectStatus(await postWebhook(server, secret, 'evt_kill', event), 200);
    }
    await until('it is here', async () => (await inboundTexts(server, phone)).length > 0);
    expectStatus(await postWebhook(server, secret, 'evt_kill', event), 200);
    await until('nothing waits', async () => expectStatus(
      await server.operator.get('/v1/inbox?status=received'), 200).body.entries.length === 0);
    assert.equal((await inboundTexts(server, phone)).length, 1);
    assert.deepEqual(await setAside(server), []);
    await finish(server);
  });

  test(`a text from a handset, killed at ${point}: the carrier brings it again`, async () => {
    const { server, phone } = await prepared();
    await server.restart({}, crashAt(point));
    await attempt(() => textFromOutside(server, phone, 'again'));
    await server.waitForCrash();
    await server.start();
    await until('it is here', async () => (await inboundTexts(server, phone)).length > 0);
    await until('nothing waits', async () => expectStatus(
      await server.operator.get('/v1/inbox?status=received'), 200).body.entries.length === 0);
    assert.equal((await inboundTexts(server, phone)).length, 1);
    await finish(server);
  });
}

test('killed again and again while texts go both ways', async () => {
  const { server, phone } = await prepared();
  const ids = new Set();
  const handsetOf = (round) => `+1415555020${round}`;
  const points = ['text_sent_unrecorded:2', 'inbox_committed:3', 'text_accept_committed:2',
    'inbox_processed:4', 'text_settled:2', 'text_intent_committed:3'];
  for (const [round, point] of points.entries()) {
    // What the last round left may end it before it is up.
    await server.restart({}, crashAt(point)).catch(() => {});
    let dead = false;
    const died = server.waitForCrash().then(() => { dead = true; });
    for (let i = 0; !dead && i < 40; ++i) {
      const sent = await attempt(() => sendText(server, phone,
        { to: handsetOf(round), body: `both ${round} ${i}` }));
      if (sent?.status === 202) ids.add(sent.body.id);
      await attempt(() => textFromOutside(server, phone, `in ${round} ${i}`));
    }
    await died;
  }
  await server.start({});
  for (const id of ids) {
    assert.equal((await textEnd(server, id, ['delivered'], 40_000)).status, 'delivered');
  }
  await checkInvariants(server);
  const there = [];
  for (const round of points.keys()) {
    there.push(...(await receivedBy(server, handsetOf(round))).map((one) => one.id));
  }
  assert.equal(new Set(there).size, there.length, 'none twice');
  for (const id of ids) assert.ok(there.includes(id), `${id} is lost`);
  await server.stop();
});

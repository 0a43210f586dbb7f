// The server kills itself between every pair of steps of a delivery. After the next start the event
// has arrived at least once, always under the same webhook-id, and an agent's answer is sent once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { provisionNaive } from '../support/actions.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { ofType, startReceiver, subscribe } from '../support/receiver.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const options = { slots: 20, credits: 1_000, config: '[sandbox]\nreview_ms = 100\n',
  args: ['--webhooks-schedule-ms', '0,100,100,100,100,100'] };
// Whether the receiver had heard of the event when the process died.
const points = { delivery_written: false, fan_out_committed: false, delivery_sent: true,
  delivery_recorded: true };

async function attempt(send) {
  try {
    return await send();
  } catch {
    return undefined;  // the connection was cut
  }
}

async function settled(server, id) {
  await until('no delivery waits', async () => {
    const { deliveries } = (await server.operator.get(
      `/v1/webhooks/${id}/deliveries?status=pending`)).body;
    return deliveries.length === 0;
  });
}

for (const [point, heardBefore] of Object.entries(points)) {
  test(`killed at ${point}: every event arrives, under one id`, async () => {
    const server = await startServer(options);
    const receiver = await startReceiver();
    const made = await subscribe(server, receiver, ['contact.opted_out']);
    const numbers = ['+14155550111', '+14155550112', '+14155550113'];
    const optOut = (number) => server.operator.post(
      `/v1/contacts/${encodeURIComponent(number)}/opt-out`, {});
    expectStatus(await optOut(numbers[0]), 200);
    await receiver.wait(1);
    await settled(server, made.id);
    await server.restart({}, { DIALPLANE_CRASH_AT: point });
    await attempt(() => optOut(numbers[1]));
    await server.waitForCrash();
    const heard = receiver.requests.length > 1;
    assert.equal(heard, heardBefore);
    await server.start();
    expectStatus(await optOut(numbers[1]), 200);  // no event if it was done
    expectStatus(await optOut(numbers[2]), 200);
    const ids = await until('both have come', () => {
      const byNumber = new Map();
      for (const { body, headers } of receiver.requests) {
        const known = byNumber.get(body.data.e164) ?? new Set();
        byNumber.set(body.data.e164, known.add(headers['webhook-id']));
      }
      return byNumber.size === 3 && byNumber;
    });
    await settled(server, made.id);
    for (const [number, seen] of ids) assert.equal(seen.size, 1, `${number} has one event`);
    const { deliveries } = (await server.operator.get(
      `/v1/webhooks/${made.id}/deliveries`)).body;
    assert.equal(deliveries.length, 3, 'one delivery per event');
    assert.deepEqual(deliveries.map((each) => each.sequence), [3, 2, 1]);
    assert.ok(deliveries.every((each) => each.status === 'delivered'));
    await checkInvariants(server);
    await server.stop();
    await receiver.close();
  });

  test(`killed at ${point}: an agent's answer is sent once`, async () => {
    const server = await startServer(options);
    const { phone } = await provisionNaive(server, { agent_id: server.agentId });
    await until('it may send', async () =>
      (await server.operator.get(`/v1/phone/${phone.id}`)).body.capabilities.sms_outbound);
    const agent = await startReceiver(() => ({ headers: { 'Content-Type': 'application/json' },
      body: '{"body":"Noted."}' }));
    const made = expectStatus(await server.operator.post('/v1/webhooks',
      { url: agent.url, agent_id: server.agentId }), 201).body;
    const from = '+14155550121';
    await server.restart({}, { DIALPLANE_CRASH_AT: point });
    await attempt(() => server.operator.post('/v1/sandbox/messages',
      { from, to: phone.e164, body: 'hello' }));
    await server.waitForCrash();
    await server.start();
    await agent.wait(1, ofType('sms.received'));
    const handset = async () => (await server.operator.get(
      `/v1/sandbox/messages?to=${encodeURIComponent(from)}`)).body.messages;
    await until('the answer has come', async () => (await handset()).length > 0);
    await settled(server, made.id);
    assert.deepEqual((await handset()).map((each) => each.body), ['Noted.']);
    assert.equal(new Set(agent.requests.map((each) => each.headers['webhook-id'])).size, 1);
    await checkInvariants(server);
    await server.stop();
    await agent.close();
  });
}

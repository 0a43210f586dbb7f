// An agent's message endpoint: the text reaches it at once, and its JSON answer is sent back under
// the same rules as any other text.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { provisionNaive } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { eventComplaint, ofType, standardSignatureFits, startReceiver } from
  '../support/receiver.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
let phone;
let agent;
let endpoint;

before(async () => {
  server = await startServer({ slots: 10, credits: 1_000,
    config: '[sandbox]\nreview_ms = 100\n', args: ['--webhooks-schedule-ms', '0,200,200'] });
  ({ phone } = await provisionNaive(server, { agent_id: server.agentId }));
  await until('it may send', async () =>
    (await server.operator.get(`/v1/phone/${phone.id}`)).body.capabilities.sms_outbound);
  agent = await startReceiver();
  const made = await server.operator.post('/v1/webhooks',
    { url: agent.url, agent_id: server.agentId });
  endpoint = expectStatus(made, 201).body;
  server.secrets.add(endpoint.secret);
});
after(async () => {
  await agent.close();
  await checkInvariants(server);
  await server.stop();
});

const text = async (from, body) => expectStatus(
  await server.operator.post('/v1/sandbox/messages', { from, to: phone.e164, body }), 201).body;
const handset = async (number) => (await server.operator.get(
  `/v1/sandbox/messages?to=${encodeURIComponent(number)}`)).body.messages;
const heard = (number, count) => until(`${number} got ${count} texts`, async () => {
  const messages = await handset(number);
  return messages.length >= count ? messages : undefined;
});

test('an agent has one message endpoint, for texts only', async () => {
  assert.deepEqual(endpoint.eventTypes, ['sms.received']);
  assert.match(endpoint.agent_id, /^[0-9a-f-]{36}$/);
  const again = { url: agent.url, agent_id: server.agentId };
  expectError(await server.operator.post('/v1/webhooks', again), 409, 'conflict');
  expectError(await server.operator.patch(`/v1/webhooks/${endpoint.id}`,
    { eventTypes: ['*'] }), 400, 'invalid_input');
});

test('a text is answered by the agent', async () => {
  agent.answer = (request) => ({ headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ body: `You said ${request.body.data.body}` }) });
  await text('+14155550101', 'hello');
  const [got] = await agent.wait(1, ofType('sms.received'));
  assert.equal(eventComplaint(got.body), undefined, got.text);
  assert.ok(standardSignatureFits(got, endpoint.secret));
  assert.equal(got.body.data.from, '+14155550101');
  const [answer] = await heard('+14155550101', 1);
  assert.equal(answer.body, 'You said hello');
  assert.equal(answer.from, phone.e164);
});

test('an answer that comes at the second try is sent once', async () => {
  let tries = 0;
  agent.answer = () => {
    tries += 1;
    return tries === 1 ? { status: 500 } : { headers: { 'Content-Type': 'application/json' },
      body: '{"body":"Second"}' };
  };
  await text('+14155550102', 'once');
  const messages = await heard('+14155550102', 1);
  assert.deepEqual(messages.map((each) => each.body), ['Second']);
  const rows = (await server.operator.get(
    `/v1/webhooks/${endpoint.id}/deliveries?status=delivered`)).body.deliveries;
  const row = rows.find((each) => each.tries === 2);
  assert.ok(row);
  // Played again, the text is told of again, but not answered again.
  const before = agent.requests.length;
  expectStatus(await server.operator.post(`/v1/webhooks/deliveries/${row.id}/replay`), 202);
  await agent.wait(before + 1);
  await until('the replay is written down', async () => {
    const { tries: all } = (await server.operator.get(`/v1/webhooks/deliveries/${row.id}`)).body;
    return all === 3;
  });
  assert.equal((await handset('+14155550102')).length, 1);
});

test('what is no answer is not sent', async () => {
  const json = { 'Content-Type': 'application/json' };
  const answers = [
    { status: 204 },
    { status: 200, body: '{"body":"plain"}', headers: { 'Content-Type': 'text/plain' } },
    { status: 200, body: '{"body":""}', headers: json },
    { status: 200, body: '{"body":7}', headers: json },
    { status: 200, body: '["body"]', headers: json },
    { status: 200, body: '{"body":"twice","body":"twice"}', headers: json },
    { status: 200, body: JSON.stringify({ body: 'x'.repeat(70_000) }), headers: json },
  ];
  for (const [i, answer] of answers.entries()) {
    agent.answer = () => answer;
    const before = agent.requests.length;
    await text(`+1415555020${i}`, 'hello');
    await agent.wait(before + 1);
  }
  agent.answer = () => ({ headers: json, body: '{"body":"last"}' });
  await text('+14155550299', 'hello');
  await heard('+14155550299', 1);
  for (const i of answers.keys()) {
    assert.deepEqual(await handset(`+1415555020${i}`), [], `answer ${i}`);
  }
});

test('keywords reach the agent, whose answer to them is ignored', async () => {
  agent.answer = () => ({ headers: { 'Content-Type': 'application/json' },
    body: '{"body":"Please stay"}' });
  const before = agent.requests.length;
  await text('+14155550103', 'STOP');
  await agent.wait(before + 1);
  await until('it is written down', async () => {
    const rows = (await server.operator.get(
      `/v1/webhooks/${endpoint.id}/deliveries?status=delivered`)).body.deliveries;
    return rows.some((row) =>
      row.event_id === agent.requests.at(-1).headers['webhook-id']);
  });
  const messages = await handset('+14155550103');
  assert.ok(!messages.some((each) => each.body === 'Please stay'), JSON.stringify(messages));
});

test('an answer that the rules refuse becomes an event, not a text', async () => {
  const watch = await startReceiver();
  const made = expectStatus(await server.operator.post('/v1/webhooks',
    { url: watch.url, eventTypes: ['sms.reply_refused'] }), 201).body;
  agent.answer = () => ({ headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ body: 'x'.repeat(2_000) }) });
  await text('+14155550104', 'long');
  const [told] = await watch.wait(1);
  assert.equal(eventComplaint(told.body), undefined, told.text);
  assert.equal(told.body.data.to, '+14155550104');
  assert.deepEqual(await handset('+14155550104'), []);
  expectStatus(await server.operator.delete(`/v1/webhooks/${made.id}`), 200);
  await watch.close();
});

test('agents without the right to read a number hear nothing of it', async () => {
  agent.answer = () => ({ status: 200 });
  expectStatus(await server.operator.post(`/v1/phone/${phone.id}/assign`,
    { agent_id: server.agentId, permissions: ['send_sms'] }), 200);
  const view = (await server.operator.get(`/v1/phone/${phone.id}/assignments`)).body;
  assert.deepEqual(view.assignments[0].permissions, ['send_sms']);
  const watch = await startReceiver();
  const made = expectStatus(await server.operator.post('/v1/webhooks',
    { url: watch.url, eventTypes: ['sms.received'] }), 201).body;
  const before = agent.requests.length;
  // The inbound agent of a number reads its texts whatever its permissions.
  const inbound = (await server.operator.get(`/agents/phone-numbers?limit=10`)).body.data
    .find((each) => each.number === phone.e164);
  await text('+14155550105', 'secret');
  await watch.wait(1);
  await until('nothing is under way', async () => {
    const rows = (await server.operator.get(
      `/v1/webhooks/${endpoint.id}/deliveries?status=pending`)).body.deliveries;
    return rows.length === 0;
  });
  assert.equal(agent.requests.length, before + (inbound?.agent ? 1 : 0));
  expectStatus(await server.operator.delete(`/v1/webhooks/${made.id}`), 200);
  await watch.close();
});

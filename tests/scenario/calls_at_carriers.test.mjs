// Calls through a real carrier's wire forms: its emulator rings our voice address, signed, and does
// as it is told in its own markup; its reports repeat and cross.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { agentUrl, callsOf, caller, getCall, newAgent, postCall, putEndpoint } from
  '../support/calls.mjs';
import { credentialFile, ownAccount } from '../support/carrier_accounts.mjs';
import { runJson } from '../support/cli.mjs';
import { expectStatus, send } from '../support/http.mjs';
import { uuidOf } from '../support/ids.mjs';
import { startReceiver, subscribe } from '../support/receiver.mjs';
import { startServer } from '../support/server.mjs';
import { inboundTexts } from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';
import { startEmulator } from '../support/wire_emulator.mjs';
import { freePort } from '../support/free_port.mjs';

const newest = { 'Cartesia-Version': '2026-08-14' };
let emulator;
let account;
let server;
let hooks;
let number;    // imported from the account, answered by `agent`
let agent;

before(async () => {
  emulator = await startEmulator('twilio');
  account = await ownAccount(emulator);
  // Carriers are told where we are before we know it ourselves.
  const port = await freePort();
  server = await startServer({ listen: `127.0.0.1:${port}`,
    args: ['--public-url', `http://127.0.0.1:${port}`] });
  server.secrets.add(account.token);
  hooks = await startReceiver();
  await subscribe(server, hooks, ['call.started', 'call.completed', 'call.failed']);
  await runJson(['carriers', 'add', 'twilio', '--credential-file',
    credentialFile({ account_sid: account.sid, auth_token: account.token }),
    '--option', `base_url=${emulator.origin}`, '--data-dir', server.dataDir]);
  agent = await newAgent(server);
  expectStatus(await putEndpoint(server, agent.id), 200);
  number = await bought();
});
after(async () => {
  await hooks.close();
  await server.stop();
  await emulator.stop();
});

// A number bought at the carrier; the sandbox sells first unless it is put behind.
async function bought() {
  const row = expectStatus(await server.agent.post('/agents/phone-numbers/provision',
    { label: 'At a carrier', agent_id: agent.id }), 201).body;
  assert.ok(await account.number(row.number), 'it was bought at the carrier');
  return row;
}

async function rings(order = {}) {
  const { sid } = await emulator.control('POST', 'calls',
    { from: caller, to: number.number, ...order });
  return sid;
}
const callAt = async (sid) => (await emulator.control('GET', 'calls')).calls
  .find((each) => each.sid === sid);
const answersOf = (sid, count) => until(`${sid} got ${count} answers`, async () => {
  await emulator.advance(1_000);
  const call = await callAt(sid);
  return call.answers.length >= count ? call.answers : undefined;
});
const rowOf = (sid, statuses) => until(`${sid} is ${statuses}`, async () => {
  await emulator.advance(1_000);
  const row = (await callsOf(server, agent, '', newest))
    .find((each) => each.telephony_params.call_sid === sid);
  return statuses.includes(row?.status) ? row : undefined;
});
// Reports of calls that were taken in so far.
const reported = async () => Number(/dialplane_call_webhooks_total\{outcome="reported"\} (\d+)/
  .exec((await send(server.origin, 'GET', '/metrics')).text)?.[1] ?? 0);
const typesOf = (row) => hooks.requests.filter((got) => got.body.data.call_id === row.id)
  .map((got) => got.body.event).sort();

test('the number\'s routing at the carrier is ours', async () => {
  const there = await account.number(number.number);
  const base = `${server.origin}/carriers/twilio`;
  assert.equal(there.voice_url, `${base}/calls`);
  assert.equal(there.sms_url, `${base}/texts`);
});

test('a call is connected to the agent\'s WebSocket', async () => {
  const sid = await rings();
  const [first, second] = await answersOf(sid, 2);
  assert.ok(first.includes(`<Stream url="${agentUrl}"`), first);
  assert.ok(first.includes(`<Parameter name="agent_id" value="${agent.id}"`), first);
  assert.ok(first.includes(`action="${server.origin}/carriers/twilio/calls/next"`), first);
  assert.ok(second.includes('<Hangup') && !second.includes('<Say'), second);
  const row = await rowOf(sid, ['completed']);
  assert.equal(row.end_reason, 'agent_hangup');
  assert.deepEqual([row.telephony_params.to, row.telephony_params.from],
    [number.number, caller]);
  await until('start and end are told', () => typesOf(row).length >= 2);
  // Three reports of each call cross and repeat; each turn is told once.
  await emulator.advance(60_000);
  assert.deepEqual(typesOf(row), ['call.completed', 'call.started']);
  assert.equal((await getCall(server, row.id, newest)).status, 'completed');
});

test('a stream that is refused ends in a sentence', async () => {
  await emulator.fault('stream_fails', 'call', { count: 1 });
  const sid = await rings();
  const [, second] = await answersOf(sid, 2);
  const row = await rowOf(sid, ['failed', 'completed']);
  assert.deepEqual([row.status, row.end_reason], ['failed', 'error']);
  assert.ok(second.includes('<Say>'), second);
});

test('a SIP address is dialled, with its credentials; no answer ends in a sentence', async () => {
  const password = 'Sip-Passw0rd-0003';
  server.secrets.add(password);
  expectStatus(await putEndpoint(server, agent.id, { type: 'sip',
    uri: 'sip:desk@edge.example;transport=tls', username: 'desk', password }), 200);
  const sid = await rings({ leg_ends: 'no-answer' });
  const [first, second] = await answersOf(sid, 2);
  assert.ok(first.includes('<Dial') && first.includes('sip:desk@edge.example;transport=tls'),
    first);
  assert.ok(first.includes(`password="${password}"`), first);
  assert.ok(second.includes('<Say>'), second);
  const row = await rowOf(sid, ['failed']);
  assert.equal(row.end_reason, 'dial_no_answer');
  await until('the end is told', () => typesOf(row).length > 0);
  assert.deepEqual(typesOf(row), ['call.failed']);
  const before = await reported();
  const answered = await rings();
  // The desk's telephone rings: two reports of the leg, and nothing has started.
  await until('the leg is reported', async () => await reported() >= before + 2);
  const ringing = await until('the call is listed', async () =>
    (await callsOf(server, agent, '', newest))
      .find((each) => each.telephony_params.call_sid === answered));
  assert.equal(ringing.status, 'created');
  assert.deepEqual(typesOf(ringing), []);
  assert.ok((await answersOf(answered, 2))[1].includes('<Hangup'));
  const ended = await rowOf(answered, ['completed']);
  await until('start and end are told', () => typesOf(ended).length >= 2);
  assert.deepEqual(typesOf(ended), ['call.completed', 'call.started']);
  expectStatus(await putEndpoint(server, agent.id), 200);
});

test('without an agent a sentence; with another one the next call goes there', async () => {
  const path = `/agents/phone-numbers/${number.id}`;
  expectStatus(await server.agent.patch(path, { agent_id: null }), 200);
  const [sentence] = await answersOf(await rings(), 1);
  assert.ok(sentence.includes('<Say>') && !sentence.includes('<Connect'), sentence);
  const other = await newAgent(server, 'Other');
  expectStatus(await putEndpoint(server, other.id,
    { type: 'websocket', url: 'wss://other.example/a' }), 200);
  expectStatus(await server.agent.patch(path, { agent_id: other.id }), 200);
  const [answer] = await answersOf(await rings(), 1);
  assert.ok(answer.includes('wss://other.example/a'), answer);
  expectStatus(await server.agent.patch(path, { agent_id: agent.id }), 200);
  // Nothing changed at the carrier.
  assert.equal((await account.number(number.number)).voice_url,
    `${server.origin}/carriers/twilio/calls`);
});

test('a forged call is 401 and leaves nothing', async () => {
  const before = (await callsOf(server, agent)).length;
  const body = Buffer.from(new URLSearchParams({ CallSid: 'CA00000000000000000000000000000001',
    From: caller, To: number.number, CallStatus: 'ringing', Direction: 'inbound' }).toString());
  for (const signature of [undefined, 'AAAA', 'DVwRLDW3vOEpfccRYQv59I5PzRE=']) {
    const answer = await postCall(server, '', body, { account: 'twilio', headers: {
      'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': signature } });
    assert.equal(answer.status, 401, answer.text);
  }
  assert.equal((await callsOf(server, agent)).length, before);
});

test('a text comes in beside it, answered in the carrier\'s form', async () => {
  const phone = { id: uuidOf(number.id), e164: number.number };
  await emulator.control('POST', 'texts', { from: caller, to: number.number, body: 'Hi there' });
  await until('the text is there', async () => {
    await emulator.advance(1_000);
    return (await inboundTexts(server, phone)).some((row) => row.body_preview === 'Hi there');
  });
  const wrong = await send(server.origin, 'POST', '/carriers/twilio/texts',
    { body: Buffer.from('MessageSid=SM1'),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  assert.equal(wrong.status, 401);
});

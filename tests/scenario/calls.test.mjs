// A call comes in: recorded, led to the agent that answers the number, reported on in any order,
// shown in the cartesia dialect. The sandbox calls through the same webhooks as any carrier.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { provisionCartesia } from '../support/actions.mjs';
import { agentUrl, answeredNumber, callEvent, callFromOutside, caller, callsOf, getCall, newAgent,
  postCall, putEndpoint } from '../support/calls.mjs';
import { createOrganization } from '../support/cli.mjs';
import { api, expectError, expectStatus, send } from '../support/http.mjs';
import { unknownUuid, uuidOf, wireIdOf } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { eventComplaint, startReceiver, subscribe } from '../support/receiver.mjs';
import { startServer } from '../support/server.mjs';
import { inboundTexts, receivedEvent, signedHeaders, webhookSecret } from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

let server;
let secret;
let stranger;
let hooks;      // hears of every call
const at = (version) => ({ 'Cartesia-Version': version });
const newest = at('2026-08-14');

before(async () => {
  server = await startServer({ slots: 60, credits: 1_000,
    args: ['--webhooks-schedule-ms', '0,200,200'] });
  secret = await webhookSecret(server);
  server.secrets.add(secret);
  stranger = await createOrganization(server, 'Stranger & Co');
  hooks = await startReceiver();
  await subscribe(server, hooks, ['call.started', 'call.completed', 'call.failed']);
});
after(async () => {
  await hooks.close();
  await checkInvariants(server, { operatorKeys: [server.operatorKey, stranger.operator_key] });
  await server.stop();
});

const told = (call, question) => call.steps.find((step) => step.asked === question)?.told;
const reports = (call) => call.steps.filter((step) => step.reported).map((step) => step.reported);
const eventsOf = (id) => hooks.requests.filter((got) => got.body?.data.call_id === id)
  .map((got) => got.body);
const endEvent = (id) => until(`the end of ${id} is told`, () =>
  eventsOf(id).find((each) => each.event !== 'call.started'));
const bothEvents = (id) => until(`start and end of ${id} are told`, () =>
  eventsOf(id).length >= 2);
const sentence = (instructions) => {
  assert.deepEqual(Object.keys(instructions), ['say'], JSON.stringify(instructions));
  return instructions.say.sentence;
};

test('an endpoint is set, read, replaced and taken away by the operator', async () => {
  const agent = await newAgent(server);
  const path = `/v1/voice-endpoints/${agent.id}`;
  expectError(await server.agent.get(path), 404, 'resource_not_found');
  const set = expectStatus(await putEndpoint(server, agent.id), 200).body;
  assert.equal(set.agent_id, uuidOf(agent.id));
  assert.deepEqual([set.type, set.url], ['websocket', agentUrl]);
  const password = 'Voice-Passw0rd-0001';
  server.secrets.add(password);
  const sip = expectStatus(await putEndpoint(server, agent.id, { type: 'sip',
    uri: 'sip:desk@edge.example:5061;transport=tls', username: 'desk', password }), 200);
  assert.equal(sip.body.username, 'desk');
  assert.ok(!sip.text.includes(password));
  assert.equal(sip.body.created_at, set.created_at);
  const read = expectStatus(await server.agent.get(path), 200);
  assert.deepEqual(read.body, sip.body);
  expectError(await server.agent.put(path, { type: 'websocket', url: agentUrl }), 403,
    'forbidden');
  expectError(await server.agent.delete(path), 403, 'forbidden');
  expectStatus(await server.operator.delete(path), 200);
  expectError(await server.operator.delete(path), 404, 'resource_not_found');
  expectError(await server.operator.get(path), 404, 'resource_not_found');
  expectError(await putEndpoint(server, unknownUuid), 404, 'resource_not_found');
});

test('an endpoint must be a proper address', async () => {
  const agent = await newAgent(server);
  const websocket = (url) => ({ type: 'websocket', url });
  const sip = (uri, more) => ({ type: 'sip', uri, ...more });
  const wrong = [
    [{ type: 'websocket' }, 'url'], [{ type: 'sip' }, 'uri'], [{ type: 'fax' }, 'type'],
    [websocket('https://agent.example/'), 'wss://'], [websocket('ws://agent.example/'), 'wss://'],
    [websocket('ws://203.0.113.9/'), 'wss://'], [websocket('wss://'), 'url'],
    [websocket('wss://user:word@agent.example/'), 'url'],
    [websocket('wss://agent.example/?token=1'), 'query'],
    [websocket('wss://agent.example/#x'), 'url'], [websocket('wss://agent example/'), 'url'],
    [websocket('wss://10.0.0.7/'), 'public'], [websocket('wss://169.254.169.254/'), 'public'],
    [{ ...websocket(agentUrl), uri: 'sip:a@b.example' }, 'uri'],
    [{ ...websocket(agentUrl), password: 'x' }, 'password'],
    [sip('desk@edge.example'), 'sip:'], [sip('sips:desk@edge.example'), 'sip:'],
    [sip('sip:edge.example'), 'user@host'], [sip('sip:a:word@edge.example'), 'password'],
    [sip('sip:a@edge.example?Subject=x'), 'headers'], [sip('sip:a@edge.example;lr'), 'parameter'],
    [sip('sip:a@edge.example;transport=tls;transport=udp'), 'parameter'],
    [sip('sip:a@edge.example:0'), 'port'], [sip('sip:a@edge.example:70000'), 'port'],
    [sip('sip:a b@edge.example'), 'user'], [sip('sip:a@b@c.example'), 'uri'],
    [sip('sip:a@127.1'), 'uri'], [sip('sip:a@192.168.1.4'), 'public'],
    [sip('sip:a@edge.example', { username: 'a' }), 'password'],
    [sip('sip:a@edge.example', { password: 'a' }), 'username'],
    [sip('sip:a@edge.example', { username: 'a b', password: 'x' }), 'username'],
  ];
  for (const [body, mentions] of wrong) {
    const answer = await putEndpoint(server, agent.id, body);
    assert.equal(answer.status, 400, `${JSON.stringify(body)}: ${answer.text}`);
    assert.ok(answer.text.includes(mentions), `${JSON.stringify(body)}: ${answer.text}`);
  }
  expectError(await server.agent.get(`/v1/voice-endpoints/${agent.id}`), 404,
    'resource_not_found');
  // In --demo an agent on this machine is fine.
  for (const url of ['ws://127.0.0.1:9000/media', 'ws://localhost:9000/', 'wss://localhost/']) {
    expectStatus(await putEndpoint(server, agent.id, websocket(url)), 200);
  }
});

test('a call reaches the agent\'s WebSocket and is recorded', async () => {
  const { agent, number } = await answeredNumber(server);
  const call = await callFromOutside(server, number, { duration_s: 42 });
  const { connect_stream: stream } = told(call, 'incoming');
  assert.equal(stream.url, agentUrl);
  assert.deepEqual(told(call, 'leg_ended'), { hang_up: true });
  assert.deepEqual(reports(call), ['in_progress', 'completed']);
  const [listed, ...others] = await callsOf(server, agent, '', newest);
  assert.deepEqual(others, []);
  assert.deepEqual(stream.parameters, { call_id: listed.id, number: number.number, from: caller,
    agent_id: agent.id });
  assert.equal(listed.transcript, undefined);
  const { transcript, ...rest } = await getCall(server, listed.id, newest);
  assert.deepEqual(transcript, []);
  assert.deepEqual(rest, listed);
  assert.equal(listed.agent_id, agent.id);
  assert.equal(listed.agent_name, 'Switchboard');
  assert.equal(listed.status, 'completed');
  assert.equal(listed.end_reason, 'client_hangup');
  assert.equal(listed.telephony_account_type, 'cartesia');
  assert.equal(listed.error_message, null);
  assert.deepEqual(listed.telephony_params, { to: number.number, from: caller, call_sid: call.id,
    direction: 'inbound', parameters: stream.parameters, headers: {}, connection_type: 'phone' });
  // It began when we heard of it, some milliseconds after it rang.
  const lasted_ms = Date.parse(listed.end_time) - Date.parse(listed.start_time);
  assert.equal(Math.round(lasted_ms / 1000), 42);
  await bothEvents(listed.id);
  const events = eventsOf(listed.id);
  for (const event of events) assert.equal(eventComplaint(event), undefined);
  assert.deepEqual(events.map((event) => event.event).sort(), ['call.completed', 'call.started']);
  const end = events.find((event) => event.event === 'call.completed').data;
  assert.deepEqual([end.duration_s, end.agent_id, end.from, end.carrier_call_id],
    [42, uuidOf(agent.id), caller, call.id]);
  assert.equal(events.find((event) => event.event === 'call.started').data.status, 'in_progress');
});

test('who hung up is told', async () => {
  const { agent, number } = await answeredNumber(server);
  await callFromOutside(server, number, { hung_up_by: 'agent' });
  const [call] = await callsOf(server, agent, '', newest);
  assert.deepEqual([call.status, call.end_reason], ['completed', 'agent_hangup']);
});

test('a call is dialled through to a SIP address, with its password', async () => {
  const password = 'Sip-Passw0rd-0002';
  server.secrets.add(password);
  const { agent, number } = await answeredNumber(server,
    { type: 'sip', uri: 'sip:desk@edge.example', username: 'desk', password });
  const call = await callFromOutside(server, number);
  const { dial_sip: dialled } = told(call, 'incoming');
  assert.deepEqual([dialled.uri, dialled.username, dialled.caller_id],
    ['sip:desk@edge.example', 'desk', caller]);
  assert.equal(dialled.password, '***', 'the operator who looks on does not see it');
  assert.equal((await callsOf(server, agent, '', newest))[0].status, 'completed');
  // The carrier does; and a caller without a number is shown as our number.
  const answer = await postCall(server, secret,
    callEvent('incoming', number, 'sbx_sip_1', { from: 'anonymous' }));
  assert.equal(answer.body.dial_sip.password, password);
  assert.equal(answer.body.dial_sip.caller_id, number.number);
  assert.equal((await callsOf(server, agent, '', newest))[0].status, 'created');
});

const unanswered = [
  ['busy', 'sip', 'failed', 'dial_busy'], ['no_answer', 'sip', 'failed', 'dial_no_answer'],
  ['failed', 'sip', 'failed', 'dial_failed'], ['failed', 'websocket', 'failed', 'error'],
];
for (const [outcome, type, status, reason] of unanswered) {
  test(`${outcome} at a ${type}: the caller hears a sentence`, async () => {
    const { agent, number } = await answeredNumber(server, type === 'sip'
      ? { type, uri: 'sip:desk@edge.example' } : undefined);
    const call = await callFromOutside(server, number, { outcome });
    assert.match(sentence(told(call, 'leg_ended')), /cannot be reached/);
    const [row] = await callsOf(server, agent, '', newest);
    assert.deepEqual([row.status, row.end_reason], [status, reason]);
    assert.ok(row.error_message.length > 5);
    const event = await endEvent(row.id);
    assert.equal(event.event, 'call.failed');
    assert.equal(eventComplaint(event), undefined);
    // The sentence ends well for the carrier; that does not make it an answered call.
    assert.equal(reports(call).at(-1), 'completed');
    assert.equal((await getCall(server, row.id, newest)).status, status);
  });
}

test('a caller who gives up has canceled', async () => {
  const { agent, number } = await answeredNumber(server,
    { type: 'sip', uri: 'sip:desk@edge.example' });
  await callFromOutside(server, number, { outcome: 'canceled' });
  const [row] = await callsOf(server, agent, '', newest);
  assert.deepEqual([row.status, row.end_reason], ['failed', 'client_disconnected']);
  assert.equal((await getCall(server, row.id, at('2025-04-16'))).status, 'cancelled');
  assert.equal((await endEvent(row.id)).data.status, 'canceled');
  assert.deepEqual(eventsOf(row.id).map((event) => event.event), ['call.failed']);
});

test('without an agent, or one that takes no calls, the caller hears a sentence', async () => {
  const number = await provisionCartesia(server, {});
  const call = await callFromOutside(server, number);
  assert.match(sentence(told(call, 'incoming')), /Nobody can take your call/);
  const event = await until('the failed call is told', () => hooks.requests
    .find((got) => got.body.data.carrier_call_id === call.id)?.body);
  assert.deepEqual([event.event, event.data.agent_id, event.data.end_reason],
    ['call.failed', null, 'error']);
  assert.equal(eventComplaint(event), undefined);
  assert.equal((await getCall(server, event.data.call_id, newest)).agent_id, null);
  const silent = await newAgent(server, 'Silent');
  const quiet = await provisionCartesia(server, { agent_id: silent.id });
  sentence(told(await callFromOutside(server, quiet), 'incoming'));
  const [row] = await callsOf(server, silent, '', newest);
  assert.equal(row.status, 'failed');
  assert.match(row.error_message, /voice endpoint/);
  assert.equal(hooks.requests.filter((got) => got.body.event === 'call.started' &&
    [call.id].includes(got.body.data.carrier_call_id)).length, 0);
});

test('another agent, no agent, another endpoint: each from the next call on', async () => {
  const { agent: first, number } = await answeredNumber(server);
  const second = await newAgent(server, 'Second');
  expectStatus(await putEndpoint(server, second.id,
    { type: 'websocket', url: 'wss://second.example/' }), 200);
  const before = await callFromOutside(server, number);
  assert.equal(told(before, 'incoming').connect_stream.url, agentUrl);
  const path = `/agents/phone-numbers/${number.id}`;
  expectStatus(await server.agent.patch(path, { agent_id: second.id }), 200);
  const after = await callFromOutside(server, number);
  assert.equal(told(after, 'incoming').connect_stream.url, 'wss://second.example/');
  assert.equal(told(after, 'incoming').connect_stream.parameters.agent_id, second.id);
  assert.equal((await callsOf(server, first)).length, 1);
  assert.equal((await callsOf(server, second)).length, 1);
  expectStatus(await putEndpoint(server, second.id,
    { type: 'websocket', url: 'wss://third.example/' }), 200);
  assert.equal(told(await callFromOutside(server, number), 'incoming').connect_stream.url,
    'wss://third.example/');
  expectStatus(await server.agent.patch(path, { agent_id: null }), 200);
  sentence(told(await callFromOutside(server, number), 'incoming'));
  assert.equal((await callsOf(server, second)).length, 2);
  // A deleted agent takes its endpoint along.
  expectStatus(await server.agent.patch(path, { agent_id: second.id }), 200);
  expectStatus(await server.operator.delete(`/agents/${second.id}`), 204);
  sentence(told(await callFromOutside(server, number), 'incoming'));
});

function permutations(list) {
  if (list.length < 2) return [list];
  return list.flatMap((one, at) =>
    permutations(list.filter((_, other) => other !== at)).map((rest) => [one, ...rest]));
}

test('reports converge, whatever their order and repeats', async () => {
  const { agent, number } = await answeredNumber(server);
  const base = Date.now() + 1_000;
  const time = (seconds) => new Date(base + seconds * 1_000).toISOString();
  const ends = new Set();
  let count = 0;
  for (const order of permutations([0, 1, 2, 3])) {
    count += 1;
    const id = `sbx_order_${order.join('')}`;
    const events = [
      callEvent('status', number, id, { status: 'ringing', sequence: 1, at: time(0) }),
      callEvent('status', number, id, { status: 'in_progress', sequence: 2, at: time(3) }),
      callEvent('status', number, id, { status: 'completed', sequence: 3, at: time(20),
        duration_s: 17 }),
      callEvent('status', number, id, { status: 'in_progress', sequence: 2, at: time(3) }),
    ];
    expectStatus(await postCall(server, secret, callEvent('incoming', number, id,
      { at: time(5) })), 200);
    for (const which of [...order, ...order]) {
      expectStatus(await postCall(server, secret, events[which], { place: '/status' }), 200);
    }
    const row = (await callsOf(server, agent, '', newest))
      .find((each) => each.telephony_params.call_sid === id);
    assert.equal(row.status, 'completed', id);
    await bothEvents(row.id);
    const end = eventsOf(row.id).find((event) => event.event === 'call.completed').data;
    ends.add([row.end_reason, row.end_time, end.duration_s].join());
    assert.deepEqual(eventsOf(row.id).map((event) => event.event).sort(),
      ['call.completed', 'call.started'], `${id}: each told once`);
  }
  assert.equal(count, 24);
  assert.deepEqual([...ends], [`client_hangup,${time(20)},17`]);
  assert.equal((await callsOf(server, agent)).length, 24);
});

test('a question asked again gets the same answer and makes no second call', async () => {
  const { agent, number } = await answeredNumber(server);
  const event = callEvent('incoming', number, 'sbx_again_1');
  const [one, two] = await Promise.all([postCall(server, secret, event),
    postCall(server, secret, event)]);
  const three = await postCall(server, secret, event);
  assert.equal(one.status, 200);
  assert.equal(one.text, two.text);
  assert.equal(one.text, three.text);
  assert.equal((await callsOf(server, agent)).length, 1);
  // After its end it is not led anywhere any more.
  await postCall(server, secret, callEvent('status', number, 'sbx_again_1',
    { status: 'completed', sequence: 5 }), { place: '/status' });
  assert.deepEqual((await postCall(server, secret, event)).body, { hang_up: true });
});

test('a report is never an order, and one for nobody changes nothing', async () => {
  const { agent, number } = await answeredNumber(server);
  // A question at the status address is taken as a report: the answer leads nowhere.
  const asked = await postCall(server, secret, callEvent('incoming', number, 'sbx_status_1'),
    { place: '/status' });
  assert.deepEqual(asked.body, { status: 'accepted' });
  const foreign = { number: '+14155559999' };
  const nobody = await postCall(server, secret, callEvent('status', foreign, 'sbx_foreign_1',
    { status: 'completed' }), { place: '/status' });
  assert.deepEqual([nobody.status, nobody.body], [200, { status: 'accepted' }]);
  const strange = await postCall(server, secret, callEvent('incoming', foreign, 'sbx_foreign_2'));
  assert.match(sentence(strange.body), /not in service/);
  assert.equal((await callsOf(server, agent)).length, 1);
});

test('who cannot sign is nobody: 401, and nothing is recorded', async () => {
  const { agent, number } = await answeredNumber(server);
  const event = Buffer.from(JSON.stringify(callEvent('incoming', number, 'sbx_forged_1')));
  const good = signedHeaders(secret, 'forged_1', event);
  const old = Math.floor(Date.now() / 1000) - 3_600;
  const forged = [{}, { ...good, 'webhook-signature': 'v1,AAAA' },
    { ...good, 'webhook-id': 'forged_2' }, signedHeaders('whsec_AAAA', 'forged_1', event),
    signedHeaders(secret, 'forged_1', event, old),
    signedHeaders(secret, 'forged_1', Buffer.concat([event, Buffer.from(' ')]))];
  for (const place of ['', '/next', '/status']) {
    for (const headers of forged) {
      expectError(await postCall(server, secret, event, { place, headers }), 401, 'unauthorized');
    }
    expectError(await postCall(server, secret, event, { place, account: 'nobody' }), 404,
      'not_found');
    for (const broken of ['[]', '{', '{"type":"call.incoming"}', '{"type":"x","data":{}}',
      '{"type":"call.status","data":{"id":"a","from":"b","to":"c","status":"gone","at":"x"}}']) {
      expectStatus(await postCall(server, secret, Buffer.from(broken), { place }), 400);
    }
  }
  assert.deepEqual(await callsOf(server, agent), []);
});

test('status words and members follow the version', async () => {
  const { agent, number } = await answeredNumber(server);
  const lists = async (version) => (await callsOf(server, agent, '', at(version)))[0];
  await postCall(server, secret, callEvent('incoming', number, 'sbx_words_1'));
  for (const version of ['2024-06-10', '2025-04-16', '2026-03-01']) {
    const row = await lists(version);
    assert.equal(row.status, 'active', version);
    assert.equal(row.deployment_id, null);
    assert.ok(!('agent_name' in row) && !('end_reason' in row), version);
  }
  const row = await lists('2026-08-14');
  assert.equal(row.status, 'started');
  assert.ok(!('deployment_id' in row));
  assert.equal(row.end_reason, null);
  assert.equal(row.redacted_at, null);
});

test('lists: pages both ways, times, transcripts, and what is wrong', async () => {
  const { agent, number } = await answeredNumber(server);
  const ids = [];
  for (let i = 0; i < 5; ++i) {
    await callFromOutside(server, number);
    ids.unshift((await callsOf(server, agent))[0].id);
  }
  const list = async (query) => expectStatus(await server.agent.get(
    `/agents/calls?agent_id=${agent.id}${query}`, newest), 200).body;
  assert.deepEqual((await list('')).data.map((call) => call.id), ids);
  const first = await list('&limit=2');
  assert.deepEqual([first.data.map((call) => call.id), first.has_more, first.next_page],
    [ids.slice(0, 2), true, ids[1]]);
  const last = await list(`&limit=3&starting_after=${ids[1]}`);
  assert.deepEqual([last.data.map((call) => call.id), last.has_more, last.next_page],
    [ids.slice(2), false, null]);
  assert.deepEqual((await list(`&ending_before=${ids[3]}&limit=2`)).data.map((call) => call.id),
    ids.slice(1, 3));
  assert.deepEqual(await list(`&starting_after=${ids[4]}`),
    { data: [], has_more: false, next_page: null });
  const all = (await list('&expand=transcript')).data;
  assert.ok(all.every((call) => call.transcript.length === 0));
  const middle = encodeURIComponent(all[2].start_time);
  const until2 = (await list(`&start_time_lte=${middle}`)).data.map((call) => call.id);
  const from2 = (await list(`&start_time_gte=${middle}`)).data.map((call) => call.id);
  assert.deepEqual([until2, from2], [ids.slice(2), ids.slice(0, 3)]);
  assert.deepEqual((await list(`&start_time_gte=${middle}&start_time_lte=${middle}`)).data
    .map((call) => call.id), [ids[2]]);
  assert.deepEqual((await list(`&start_time_lte=${middle}&ending_before=${ids[4]}&limit=1`)).data
    .map((call) => call.id), [ids[3]]);
  for (const [query, field] of [['?limit=2', 'agent_id'], ['?agent_id=x', 'agent_id'],
    [`?agent_id=${agent.id}&limit=0`, 'limit'], [`?agent_id=${agent.id}&limit=101`, 'limit'],
    [`?agent_id=${agent.id}&start_time_gte=yesterday`, 'start_time_gte'],
    [`?agent_id=${agent.id}&expand=audio`, 'expand'],
    [`?agent_id=${agent.id}&starting_after=nothing`, 'starting_after'],
    [`?agent_id=${agent.id}&starting_after=${ids[0]}&ending_before=${ids[1]}`, 'ending_before'],
    [`?agent_id=${agent.id}&agent=1`, 'agent']]) {
    expectError(await server.agent.get(`/agents/calls${query}`, newest), 400, 'invalid_request',
      { mentions: field });
  }
  expectError(await server.agent.get(`/agents/calls?agent_id=${wireIdOf('agent', unknownUuid)}`,
    newest), 404, 'not_found');
  expectError(await server.agent.get('/agents/calls?batch_id=acb_1', newest), 404, 'not_found');
  expectError(await server.agent.get('/agents/calls/x', newest), 404, 'not_found');
  expectError(await server.agent.get(`/agents/calls/${wireIdOf('ac', unknownUuid)}`, newest), 404,
    'not_found');
});

test('calls and endpoints are their organization\'s own', async () => {
  const { agent, number } = await answeredNumber(server);
  await callFromOutside(server, number);
  const [call] = await callsOf(server, agent);
  for (const key of [stranger.operator_key, stranger.agent_key]) {
    const theirs = api(server, key);
    expectError(await theirs.get(`/agents/calls/${call.id}`, newest), 404, 'not_found');
    expectError(await theirs.get(`/agents/calls?agent_id=${agent.id}`, newest), 404, 'not_found');
    expectError(await theirs.get(`/v1/voice-endpoints/${agent.id}`), 404,
      'resource_not_found');
  }
  const theirs = api(server, stranger.operator_key);
  expectError(await theirs.put(`/v1/voice-endpoints/${agent.id}`,
    { type: 'websocket', url: 'wss://stolen.example/' }), 404, 'resource_not_found');
  expectError(await theirs.delete(`/v1/voice-endpoints/${agent.id}`), 404,
    'resource_not_found');
  assert.equal(expectStatus(await server.agent.get(`/v1/voice-endpoints/${agent.id}`), 200)
    .body.url, agentUrl);
});

test('agent webhooks hear of calls in the envelope of their version', async () => {
  for (const version of ['2025-04-16', '2026-03-01', '2026-08-14']) {
    const hook = await startReceiver();
    const shared = `shared-secret-${version}`;
    server.secrets.add(shared);
    const webhook = expectStatus(await server.operator.post('/agents/webhooks',
      { url: hook.url, secret: shared }, at(version)), 200).body;
    const { agent, number } = await answeredNumber(server);
    expectStatus(await server.operator.patch(`/agents/${agent.id}`,
      { webhook_id: webhook.id }), 200);
    await callFromOutside(server, number);
    await callFromOutside(server, number, { outcome: 'failed' });
    // The number's own event may come late, too.
    const isCall = (each) => each.body.type.startsWith('call_');
    await until('both calls are told', () => hook.requests.filter(isCall).length >= 4);
    const got = hook.requests.filter(isCall);
    const types = got.map((each) => each.body.type).sort();
    assert.deepEqual(types, ['call_completed', 'call_failed', 'call_started', 'call_started']);
    for (const { body, headers } of got) {
      assert.equal(headers['x-webhook-secret'], shared);
      assert.deepEqual([body.agent_id, body.webhook_id], [agent.id, webhook.id]);
      assert.equal(body.request_id, headers['webhook-id']);
    }
    const end = got.find((each) => each.body.type === 'call_completed').body;
    if (version === '2025-04-16') {
      assert.deepEqual(Object.keys(end).sort(),
        ['agent_id', 'body', 'request_id', 'timestamp', 'type', 'webhook_id']);
      assert.deepEqual(end.body, []);
    } else {
      assert.equal(end.call.id, end.call_id);
      assert.deepEqual(end.call, await getCall(server, end.call_id, at(version)));
      const start = got.find((each) => each.body.type === 'call_started').body;
      assert.equal(start.call.status, version === '2026-03-01' ? 'active' : 'started');
    }
    await hook.close();
  }
});

test('texts come in at the address their routing names', async () => {
  const { number } = await answeredNumber(server);
  const phone = { id: uuidOf(number.id), e164: number.number };
  const bytes = Buffer.from(JSON.stringify(receivedEvent(phone, 'sbx_text_1', 'Hello')));
  const post = (headers) => send(server.origin, 'POST', '/carriers/sandbox/texts',
    { body: bytes, headers });
  expectError(await post({}), 401, 'unauthorized');
  const taken = await post(signedHeaders(secret, 'text_1', bytes));
  assert.deepEqual([taken.status, taken.body], [200, { status: 'accepted' }]);
  await until('the text is there', async () =>
    (await inboundTexts(server, phone)).some((row) => row.body_preview === 'Hello'));
});

test('calls survive a restart', async () => {
  const { agent, number } = await answeredNumber(server);
  await postCall(server, secret, callEvent('incoming', number, 'sbx_restart_1'));
  await server.restart();
  const [row] = await callsOf(server, agent, '', newest);
  assert.equal(row.status, 'started');
  await postCall(server, secret, callEvent('leg_ended', number, 'sbx_restart_1',
    { status: 'in_progress', leg_ended: 'completed', sequence: 4 }), { place: '/next' });
  assert.equal((await getCall(server, row.id, newest)).end_reason, 'agent_hangup');
});

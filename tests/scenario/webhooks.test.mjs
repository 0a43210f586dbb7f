// Webhooks out: endpoints, what they get and how it is signed, retries, dead letters, replay.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { allPages, createReadyUser, provisionCartesia, provisionNaive } from
  '../support/actions.mjs';
import { createOrganization } from '../support/cli.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { unknownUuid } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { eventComplaint, naiveSignatureFits, ofType, standardSignatureFits, startReceiver,
  subscribe } from '../support/receiver.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

// First try, then 200, 300 and 400 ms.
const waits = [0, 200, 300, 400];
let server;
const receivers = [];

before(async () => {
  server = await startServer({ slots: 60, credits: 10_000,
    args: ['--webhooks-schedule-ms', waits.join(','), '--webhooks-answer-timeout-ms', '1000'] });
});
after(async () => {
  await Promise.all(receivers.map((each) => each.close()));
  await checkInvariants(server);
  await server.stop();
});

async function receiver(answer) {
  const made = await startReceiver(answer);
  receivers.push(made);
  return made;
}

let contacts = 0;
// An event that costs nothing: contact.opted_out.
async function cheapEvent(client = server.operator, headers = {}) {
  contacts += 1;
  const number = `+1212555${String(1000 + contacts).slice(-4)}`;
  expectStatus(await client.post(`/v1/contacts/${encodeURIComponent(number)}/opt-out`, {},
    headers), 200);
  return number;
}

const webhook = async (id) => expectStatus(await server.operator.get(`/v1/webhooks/${id}`), 200)
  .body;
const deliveries = (id, query = '') =>
  allPages(server.operator, `/v1/webhooks/${id}/deliveries${query}`, 'deliveries');
const remove = async (id) =>
  expectStatus(await server.operator.delete(`/v1/webhooks/${id}`), 200);

test('an endpoint: made, shown without its secret, changed, deleted', async () => {
  const made = expectStatus(await server.operator.post('/v1/webhooks',
    { url: 'https://hooks.example/in', eventTypes: ['phone.provisioned'] }), 201).body;
  server.secrets.add(made.secret);
  assert.match(made.secret, /^whsec_[0-9A-Za-z+/]{32}$/);
  assert.equal(made.active, true);
  assert.equal(made.tenant_user_id, null);
  const { secret, ...shown } = made;
  assert.deepEqual(await webhook(made.id), shown);
  assert.equal(made.secret_hint, `…${secret.slice(-4)}`);
  const list = await allPages(server.operator, '/v1/webhooks', 'webhooks');
  assert.ok(list.some((each) => each.id === made.id));
  assert.ok(!JSON.stringify(list).includes(secret));
  const changed = expectStatus(await server.operator.patch(`/v1/webhooks/${made.id}`,
    { url: 'https://other.example/', eventTypes: ['*'], active: false }), 200).body;
  assert.equal(changed.url, 'https://other.example/');
  assert.equal(changed.off_reason, 'by_owner');
  expectError(await server.operator.post(`/v1/webhooks/${made.id}/test`), 409, 'conflict');
  await remove(made.id);
  expectError(await server.operator.get(`/v1/webhooks/${made.id}`), 404, 'not_found');
  expectError(await server.operator.delete(`/v1/webhooks/${made.id}`), 404, 'not_found');
});

test('what an endpoint may not be', async () => {
  const url = 'https://hooks.example/';
  const wrong = [
    [{ url, eventTypes: [] }, 'eventTypes'],
    [{ url, eventTypes: ['phone.exploded'] }, 'phone.exploded'],
    [{ url, eventTypes: ['*', '*'] }, 'eventTypes'],
    [{ url }, 'eventTypes'],
    [{ eventTypes: ['*'] }, 'url'],
    [{ url: 'ftp://hooks.example/', eventTypes: ['*'] }, 'url'],
    [{ url, event_types: ['*'] }, 'event_types'],
    [{ url, agent_id: server.agentId, eventTypes: ['sms.status'] }, 'sms.received'],
  ];
  const before = (await allPages(server.operator, '/v1/webhooks', 'webhooks')).length;
  for (const [body, mentions] of wrong) {
    expectError(await server.operator.post('/v1/webhooks', body), 400, 'invalid_input',
      { mentions });
  }
  expectError(await server.operator.post('/v1/webhooks', { url, agent_id: unknownUuid }), 404,
    'resource_not_found');
  expectError(await server.agent.post('/v1/webhooks', { url, eventTypes: ['*'] }), 403,
    'forbidden');
  expectError(await server.agent.get('/v1/webhooks'), 403, 'forbidden');
  assert.equal((await allPages(server.operator, '/v1/webhooks', 'webhooks')).length, before);
  const { event_types: types } = (await server.operator.get('/v1/webhooks/event-types')).body;
  assert.ok(types.includes('sms.received') && types.includes('approval.resolved'));
  assert.ok(!types.includes('email.received'));
});

test('an event reaches those who asked for it, signed, once, and nobody else', async () => {
  const hooks = await receiver();
  const all = await subscribe(server, hooks, ['*']);
  const numbers = await subscribe(server, await receiver(), ['phone.released']);
  const { phone } = await provisionNaive(server);
  const [got] = await hooks.wait(1, ofType('phone.provisioned'));
  assert.equal(got.method, 'POST');
  assert.equal(got.path, '/hook');
  assert.equal(got.headers['content-type'], 'application/json');
  assert.equal(eventComplaint(got.body), undefined);
  assert.equal(got.body.data.id, phone.id);
  assert.match(got.body.data.tenant_user_id, /^[0-9a-f-]{36}$/);
  assert.ok(naiveSignatureFits(got, all.secret));
  assert.ok(standardSignatureFits(got, all.secret));
  assert.ok(!naiveSignatureFits(got, numbers.secret));
  assert.ok(Math.abs(Date.now() / 1000 - got.headers['webhook-timestamp']) < 60);
  assert.equal(got.headers['x-webhook-secret'], undefined);
  await until('its delivery is written down', async () => {
    const rows = await deliveries(all.id, '?status=delivered');
    return rows.some((row) => row.event_id === got.headers['webhook-id']);
  });
  const rows = await deliveries(all.id);
  const row = rows.find((each) => each.event_id === got.headers['webhook-id']);
  assert.equal(row.tries, 1);
  assert.equal(row.last_status, 200);
  assert.equal(String(row.sequence), got.headers['x-naive-sequence']);
  assert.equal(hooks.requests.filter(ofType('phone.provisioned')).length, 1);
  assert.deepEqual(await deliveries(numbers.id), []);
  await remove(all.id);
  await remove(numbers.id);
});

test('sequence numbers have no holes, and every event fits its schema', async () => {
  const hooks = await receiver();
  const made = await subscribe(server, hooks, ['contact.opted_out']);
  for (let i = 0; i < 20; ++i) await cheapEvent();
  const got = await hooks.wait(20);
  const numbers = got.map((each) => Number(each.headers['x-naive-sequence'])).sort((a, b) => a - b);
  assert.deepEqual(numbers, numbers.map((_, i) => i + 1));
  for (const each of got) assert.equal(eventComplaint(each.body), undefined, each.text);
  await remove(made.id);
});

test("a user's endpoint hears of that user only", async () => {
  const hooks = await receiver();
  const user = await createReadyUser(server, { external_id: 'hooks-user' });
  const made = expectStatus(await server.operator.post(`/v1/users/${user.id}/webhooks`,
    { url: hooks.url, eventTypes: ['contact.opted_out'] }), 201).body;
  assert.equal(made.tenant_user_id, user.id);
  await cheapEvent();
  const theirs = await cheapEvent(server.operator, { 'X-Naive-User-Id': user.id });
  const [got] = await hooks.wait(1);
  assert.equal(got.body.data.e164, theirs);
  assert.equal(got.body.data.tenant_user_id, user.id);
  const list = await allPages(server.operator, `/v1/users/${user.id}/webhooks`, 'webhooks');
  assert.deepEqual(list.map((each) => each.id), [made.id]);
  const other = await createReadyUser(server, { external_id: 'hooks-other' });
  expectError(await server.operator.get(`/v1/users/${other.id}/webhooks/${made.id}`), 404,
    'not_found');
  assert.equal(hooks.requests.length, 1);
  await remove(made.id);
});

test("another organization's endpoint hears nothing of ours", async () => {
  const stranger = await createOrganization(server, 'Eavesdroppers');
  const theirs = api(server, stranger.operator_key);
  server.secrets.add(stranger.operator_key);
  const hooks = await receiver();
  const made = expectStatus(await theirs.post('/v1/webhooks',
    { url: hooks.url, eventTypes: ['*'] }), 201).body;
  const ours = await subscribe(server, await receiver());
  await cheapEvent();
  expectStatus(await theirs.post(`/v1/webhooks/${made.id}/test`), 202);
  await hooks.wait(1, ofType('webhook.test'));
  assert.equal(hooks.requests.length, 1);
  expectError(await theirs.get(`/v1/webhooks/${ours.id}/deliveries`), 404, 'not_found');
  const [delivery] = await until('a delivery', async () => {
    const rows = await deliveries(ours.id);
    return rows.length > 0 && rows;
  });
  expectError(await theirs.get(`/v1/webhooks/deliveries/${delivery.id}`), 404, 'not_found');
  expectError(await theirs.post(`/v1/webhooks/deliveries/${delivery.id}/replay`), 404,
    'not_found');
  await remove(ours.id);
});

test('tries go by the schedule, with one webhook-id, and end in dead letters', async () => {
  const hooks = await receiver(() => ({ status: 500, body: 'not now' }));
  const made = await subscribe(server, hooks, ['contact.opted_out']);
  await cheapEvent();
  const got = await hooks.wait(waits.length);
  const ids = new Set(got.map((each) => each.headers['webhook-id']));
  assert.equal(ids.size, 1);
  for (let i = 1; i < got.length; ++i) {
    const waited = got[i].at - got[i - 1].at;
    assert.ok(waited >= 0.9 * waits[i] - 5, `try ${i + 1} came after ${waited} ms`);
    assert.deepEqual(got[i].raw, got[0].raw, 'the same bytes at every try');
    assert.ok(standardSignatureFits(got[i], made.secret));
  }
  const [dead] = await until('it is dead', async () => {
    const rows = await deliveries(made.id, '?status=dead');
    return rows.length > 0 && rows;
  });
  assert.equal(dead.tries, waits.length);
  assert.equal(dead.last_status, 500);
  assert.equal(dead.last_error, 'answered_500');
  assert.notEqual(dead.ended_at, null);
  assert.notEqual((await webhook(made.id)).failing_since, null);
  const { log } = expectStatus(
    await server.operator.get(`/v1/webhooks/deliveries/${dead.id}`), 200).body;
  assert.deepEqual(log.map((each) => each.number), [1, 2, 3, 4]);
  assert.ok(log.every((each) => each.status === 500 && each.answer === 'not now'));

  hooks.answer = () => ({ status: 204 });
  expectStatus(await server.operator.post(`/v1/webhooks/deliveries/${dead.id}/replay`), 202);
  const after = await hooks.wait(waits.length + 1);
  assert.equal(after.at(-1).headers['webhook-id'], got[0].headers['webhook-id']);
  await until('it is delivered', async () =>
    (await deliveries(made.id, '?status=delivered')).length === 1);
  assert.equal((await webhook(made.id)).failing_since, null);
  await remove(made.id);
});

test('Retry-After is honoured', async () => {
  let first = true;
  const hooks = await receiver(() => {
    if (!first) return { status: 200 };
    first = false;
    return { status: 429, headers: { 'Retry-After': '1' } };
  });
  const made = await subscribe(server, hooks, ['contact.opted_out']);
  await cheapEvent();
  const [one, two] = await hooks.wait(2);
  assert.ok(two.at - one.at >= 995, `came back after ${two.at - one.at} ms`);
  await remove(made.id);
});

test('410 switches an endpoint off, with an event; switched on it gets the rest', async () => {
  const watch = await receiver();
  const watching = await subscribe(server, watch, ['webhook.disabled']);
  const hooks = await receiver(() => ({ status: 410 }));
  const made = await subscribe(server, hooks, ['contact.opted_out']);
  await cheapEvent();
  const [told] = await watch.wait(1);
  assert.equal(eventComplaint(told.body), undefined);
  assert.equal(told.body.data.webhook_id, made.id);
  assert.equal(told.body.data.reason, 'gone');
  const off = await webhook(made.id);
  assert.equal(off.active, false);
  assert.equal(off.off_reason, 'gone');
  await cheapEvent();
  assert.equal((await deliveries(made.id)).length, 1, 'nothing is made for one that is off');
  const [dead] = await deliveries(made.id, '?status=dead');
  expectError(await server.operator.post(`/v1/webhooks/deliveries/${dead.id}/replay`), 409,
    'conflict');
  hooks.answer = () => ({ status: 200 });
  const on = expectStatus(await server.operator.patch(`/v1/webhooks/${made.id}`,
    { active: true }), 200).body;
  assert.equal(on.off_reason, null);
  const number = await cheapEvent();
  const got = await hooks.wait(2);
  assert.equal(got.at(-1).body.data.e164, number);
  assert.equal(hooks.requests.length, 2);
  await remove(made.id);
  await remove(watching.id);
});

test('a redirect is a failure and is not followed', async () => {
  const elsewhere = await receiver();
  const hooks = await receiver(() => ({ status: 307, headers: { Location: elsewhere.url } }));
  const made = await subscribe(server, hooks);
  await cheapEvent();
  await hooks.wait(2);
  assert.equal(elsewhere.requests.length, 0);
  await remove(made.id);
});

test('while secrets overlap, both sign', async () => {
  const hooks = await receiver();
  const made = await subscribe(server, hooks, ['contact.opted_out']);
  const rotated = expectStatus(await server.operator.post(
    `/v1/webhooks/${made.id}/rotate-secret`, { overlap_hours: 1 }), 200).body;
  server.secrets.add(rotated.secret);
  assert.notEqual(rotated.secret, made.secret);
  assert.notEqual(rotated.old_secret_expires_at, null);
  await cheapEvent();
  const [both] = await hooks.wait(1);
  for (const secret of [made.secret, rotated.secret]) {
    assert.ok(standardSignatureFits(both, secret));
    assert.ok(naiveSignatureFits(both, secret));
  }
  const last = expectStatus(await server.operator.post(
    `/v1/webhooks/${made.id}/rotate-secret`, { overlap_hours: 0 }), 200).body;
  server.secrets.add(last.secret);
  await cheapEvent();
  const [, one] = await hooks.wait(2);
  assert.ok(standardSignatureFits(one, last.secret));
  assert.ok(!standardSignatureFits(one, rotated.secret));
  await remove(made.id);
});

test('a test event goes to one endpoint', async () => {
  const hooks = await receiver();
  const made = await subscribe(server, hooks, ['phone.released']);
  const other = await receiver();
  const beside = await subscribe(server, other);
  const delivery = expectStatus(
    await server.operator.post(`/v1/webhooks/${made.id}/test`), 202).body;
  assert.equal(delivery.event, 'webhook.test');
  const [got] = await hooks.wait(1);
  assert.equal(eventComplaint(got.body), undefined);
  assert.equal(got.headers['webhook-id'], delivery.event_id);
  await cheapEvent();
  await other.wait(1);
  assert.ok(!other.requests.some(ofType('webhook.test')));
  await remove(made.id);
  await remove(beside.id);
});

test('one slow endpoint and one that hangs delay no other', async () => {
  const slow = await receiver(() => 'hang');
  const stuck = await subscribe(server, slow);
  const quick = await receiver();
  const made = await subscribe(server, quick);
  for (let i = 0; i < 30; ++i) await cheapEvent();
  const started = performance.now();
  await quick.wait(30, () => true, 5_000);
  assert.ok(performance.now() - started < 900, 'less than one time-out of the other');
  await until('a time-out is written down', async () => {
    const rows = await deliveries(stuck.id, '?status=pending');
    return rows.some((row) => row.last_error === 'timed_out');
  });
  await remove(stuck.id);
  await remove(made.id);
});

test('what waits for a deleted endpoint is given up', async () => {
  const hooks = await receiver(() => ({ status: 500 }));
  const made = await subscribe(server, hooks);
  await cheapEvent();
  await hooks.wait(1);
  await remove(made.id);
  const before = hooks.requests.length;
  const other = await receiver();
  const beside = await subscribe(server, other);
  await cheapEvent();
  await other.wait(1);
  assert.ok(hooks.requests.length <= before + 1);
  await remove(beside.id);
});

test('a cartesia webhook: plain secret, own envelope, the numbers of its agents', async () => {
  const hooks = await receiver();
  const secret = 'cartesia-shared-secret';
  server.secrets.add(secret);
  const made = expectStatus(await server.operator.post('/agents/webhooks',
    { url: hooks.url, secret, display_name: 'Line' }), 200).body;
  assert.equal(made.secret, secret);
  expectError(await server.operator.post('/agents/webhooks', { url: 'http://hooks.example/',
    secret }), 400, 'invalid_request', { mentions: 'https' });
  const { data } = (await server.operator.get('/agents/webhooks')).body;
  assert.ok(data.some((each) => each.id === made.id && each.secret === undefined));
  expectError(await server.agent.patch(`/agents/${server.agentId}`,
    { webhook_id: 'agent_webhook_0000000000000000000000' }), 404, 'not_found');
  const attached = expectStatus(await server.agent.patch(`/agents/${server.agentId}`,
    { webhook_id: made.id }), 200).body;
  assert.equal(attached.webhook_id, made.id);
  const managed = expectStatus(await server.agent.post('/v1/agents',
    { name: 'Managed', event_webhook_id: made.id }), 201).body;
  assert.equal(managed.event_webhook_id, made.id);
  await provisionCartesia(server);
  await provisionCartesia(server, { agent_id: server.agentId });
  const [got] = await hooks.wait(1);
  assert.equal(got.headers['x-webhook-secret'], secret);
  assert.equal(got.headers['x-naive-signature'], undefined);
  assert.equal(got.body.type, 'phone.provisioned');
  assert.equal(got.body.agent_id, server.agentId);
  assert.equal(got.body.webhook_id, made.id);
  assert.equal(got.body.request_id, got.headers['webhook-id']);
  assert.equal(hooks.requests.length, 1, 'not the number without an agent');
  const moved = expectStatus(await server.operator.patch(`/agents/webhooks/${made.id}`,
    { url: `${hooks.url}/moved`, display_name: null }), 200).body;
  assert.equal(moved.url, `${hooks.url}/moved`);
  assert.equal(moved.display_name, undefined);
  expectStatus(await server.agent.patch(`/agents/${server.agentId}`, { webhook_id: null }), 200);
});

// GET /v1/events: events as they happen, resumed without a hole, and who is cut off.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { provisionNaive } from '../support/actions.mjs';
import { createOrganization } from '../support/cli.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { unknownUuid } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { eventComplaint } from '../support/receiver.mjs';
import { openStream } from '../support/event_stream.mjs';
import { startServer, withServer } from '../support/server.mjs';
import { until, within } from '../support/waiting.mjs';

let server;
before(async () => { server = await startServer({ slots: 20 }); });
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

test('a comment comes every 25 seconds', async () => {
  const stream = await openStream(server, { path: '/v1/events?types=webhook.disabled' });
  const opened = performance.now();
  await until('a heartbeat', () => stream.comments.includes('heartbeat'), { timeoutMs: 35_000 });
  assert.ok(performance.now() - opened > 20_000);
  assert.deepEqual(stream.events, []);
  stream.close();
});

let contacts = 0;
async function cheapEvent(at = server, client = at.operator) {
  contacts += 1;
  const number = `+1312555${String(1000 + contacts).slice(-4)}`;
  expectStatus(await client.post(`/v1/contacts/${encodeURIComponent(number)}/opt-out`, {}), 200);
  return number;
}

test('a stream tells of events from now on', async () => {
  await cheapEvent();
  const stream = await openStream(server);
  assert.equal(stream.status, 200);
  assert.equal(stream.headers['content-type'], 'text/event-stream');
  assert.equal(stream.headers['cache-control'], 'no-store');
  assert.match(stream.headers['x-request-id'], /^[0-9a-f-]{36}$/);
  const { phone } = await provisionNaive(server);
  const told = await until('the number is told of', () =>
    stream.events.find((each) => each.event === 'phone.provisioned'));
  assert.equal(told.data.data.id, phone.id);
  assert.equal(told.data.id, told.id);
  const { id, ...envelope } = told.data;
  assert.equal(id, told.id);
  assert.equal(eventComplaint(envelope), undefined);
  assert.ok(!stream.events.some((each) => each.event === 'contact.opted_out'),
    'nothing from before');
  stream.close();
});

test('a stream is resumed after the last event seen, without hole or repeat', async () => {
  const only = 'types=contact.opted_out';
  const first = await openStream(server, { path: `/v1/events?${only}` });
  await cheapEvent();
  const [{ id: lastId }] = await first.wait(1);
  first.close();
  const missed = [];
  for (let i = 0; i < 450; ++i) missed.push(await cheapEvent());
  for (const options of [{ path: `/v1/events?${only}`, lastId },
    { path: `/v1/events?${only}&after=${lastId}` },
    { path: `/v1/events?${only}&after=${unknownUuid}`, lastId }]) {
    const stream = await openStream(server, options);
    const live = await cheapEvent();
    missed.push(live);
    const events = await stream.wait(missed.length);
    assert.deepEqual(events.map((each) => each.data.data.e164), missed);
    assert.equal(new Set(events.map((each) => each.id)).size, missed.length);
    stream.close();
  }
});

test('types are chosen', async () => {
  const stream = await openStream(server,
    { path: '/v1/events?types=phone.released,phone.provisioned' });
  await cheapEvent();
  await provisionNaive(server);
  const [one] = await stream.wait(1);
  assert.equal(one.event, 'phone.provisioned');
  stream.close();
});

test('who may not, and what is wrong', async () => {
  expectError(await server.agent.get('/v1/events'), 403, 'forbidden');
  expectError(await server.anonymous.get('/v1/events'), 401, 'unauthorized');
  expectError(await server.operator.get('/v1/events?types=phone.exploded'), 400,
    'invalid_input', { mentions: 'types' });
  expectError(await server.operator.get('/v1/events?since=1'), 400, 'invalid_input');
  expectError(await server.operator.get('/v1/events', { 'Last-Event-ID': 'x' }), 400,
    'invalid_input', { mentions: 'Last-Event-ID' });
  expectError(await server.operator.get(`/v1/events?after=${unknownUuid}`), 404, 'not_found');
});

test("another organization's events and ids are not there", async () => {
  const stranger = await createOrganization(server, 'Listeners');
  server.secrets.add(stranger.operator_key);
  const ours = await openStream(server, { path: '/v1/events?types=contact.opted_out' });
  await cheapEvent();
  const [{ id }] = await ours.wait(1);
  const theirs = api(server, stranger.operator_key);
  expectError(await theirs.get(`/v1/events?after=${id}`), 404, 'not_found');
  const stream = await openStream(server, { key: stranger.operator_key });
  await cheapEvent();
  await cheapEvent(server, theirs);
  const events = await stream.wait(1);
  await ours.wait(2);
  assert.equal(events.length, 1);
  assert.equal(ours.events.length, 2);
  stream.close();
  ours.close();
});

test('a key has twenty streams at most, and places are given back', async () => {
  const streams = [];
  for (let i = 0; i < 20; ++i) streams.push(await openStream(server));
  assert.ok(streams.every((each) => each.status === 200));
  expectError(await server.operator.get('/v1/events'), 429, 'rate_limited');
  streams.pop().close();
  const again = await until('there is a place', async () => {
    const stream = await openStream(server);
    if (stream.status === 200) return stream;
    stream.close();
    return undefined;
  });
  again.close();
  for (const each of streams) each.close();
});

test('a reader that does not read is cut off, and loses nothing when it comes back', async () => {
  await withServer({}, async (at) => {
    const seen = await openStream(at);
    await cheapEvent(at);
    const [{ id: lastId }] = await seen.wait(1);
    const slow = await openStream(at, { lastId, read: false });
    const made = 4_000;
    for (let i = 0; i < made / 100; ++i) {
      await Promise.all(Array.from({ length: 100 }, () => cheapEvent(at)));
    }
    await seen.wait(made + 1, 30_000);
    const { text } = await at.anonymous.get('/metrics');
    assert.match(text, /dialplane_/);
    const back = await openStream(at, { lastId });
    const events = await back.wait(made, 30_000);
    assert.equal(new Set(events.map((each) => each.id)).size, made);
    assert.deepEqual(events.map((each) => each.id),
      seen.events.slice(1).map((each) => each.id));
    for (const each of [seen, slow, back]) each.close();
  });
});

test('SIGTERM ends streams at once', async () => {
  await withServer({}, async (at) => {
    const stream = await openStream(at);
    await cheapEvent(at);
    await stream.wait(1);
    const started = performance.now();
    at.child.kill('SIGTERM');
    await stream.end();
    const { code } = await within(10_000, 'the stop', at.exited);
    assert.equal(code, 0);
    assert.ok(performance.now() - started < 4_000, 'not after the drain limit');
    assert.ok(stream.text.endsWith('\n\n'), 'no event is cut in two');
    await at.start();
    const back = await openStream(at, { lastId: stream.events[0].id });
    await cheapEvent(at);
    assert.equal((await back.wait(1)).length, 1);
    back.close();
  });
});

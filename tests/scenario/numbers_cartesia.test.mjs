// The cartesia number routes: list with filters and cursors, get, update, delete.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { allNumbers, provisionCartesia, provisionNaive, soldCount } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { unknownAgentId, unknownNumberId, unknownUuid, uuidOf } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer, withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const path = '/agents/phone-numbers';
let server;
let numbers;  // newest first, as lists show them

before(async () => {
  server = await startServer({ slots: 60 });
  numbers = [];
  for (let i = 0; i < 7; ++i) {
    numbers.unshift(await provisionCartesia(server,
      { label: `Desk ${i}`, ...(i % 2 === 0 ? { agent_id: server.agentId } : {}) }));
  }
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const ids = (list) => list.map((number) => number.id);

async function page(query) {
  return expectStatus(await server.agent.get(`${path}?${query}`), 200).body;
}

test('list: newest first, with provider, without next_page', async () => {
  const body = await page('');
  assert.deepEqual(ids(body.data), ids(numbers));
  assert.equal(body.has_more, false);
  assert.deepEqual(Object.keys(body).sort(), ['data', 'has_more']);
  for (const number of body.data) assert.deepEqual(number.provider, { type: 'cartesia' });
});

test('starting_after walks to an empty page, which is no error', async () => {
  const seen = [];
  let body = await page('limit=3');
  while (body.data.length > 0) {
    seen.push(...ids(body.data));
    assert.equal(body.has_more, seen.length < numbers.length);
    body = await page(`limit=3&starting_after=${seen.at(-1)}`);
  }
  assert.deepEqual(seen, ids(numbers));
  assert.deepEqual(body, { data: [], has_more: false });
});

test('ending_before walks back, page by page, to an empty page', async () => {
  const all = ids(numbers);
  let body = await page(`limit=2&ending_before=${all[6]}`);
  assert.deepEqual(ids(body.data), all.slice(4, 6), 'the page next to the cursor, newest first');
  assert.equal(body.has_more, true);
  body = await page(`limit=2&ending_before=${all[4]}`);
  assert.deepEqual(ids(body.data), all.slice(2, 4));
  body = await page(`limit=2&ending_before=${all[2]}`);
  assert.deepEqual(ids(body.data), all.slice(0, 2));
  assert.equal(body.has_more, false);
  body = await page(`limit=2&ending_before=${all[0]}`);
  assert.deepEqual(body, { data: [], has_more: false });
});

test('cursors and limits that are wrong are named', async () => {
  const first = numbers[0].id;
  const cases = [
    [`starting_after=${first}&ending_before=${first}`, 'ending_before'],
    [`starting_after=${unknownNumberId}`, 'starting_after'],
    [`ending_before=${unknownNumberId}`, 'ending_before'],
    ['starting_after=nonsense', 'starting_after'],
    ['starting_after=', 'starting_after'],
    [`starting_after=${server.agentId}`, 'starting_after'],
    ...['0', '-1', '101', 'ten', '', '1.5', '1e1', ' 5', '99999999999999999999']
      .map((limit) => [`limit=${encodeURIComponent(limit)}`, 'limit']),
    ['type=bogus', 'type'],
  ];
  for (const [query, field] of cases) {
    expectError(await server.agent.get(`${path}?${query}`), 400, 'invalid_request',
      { mentions: field });
  }
});

test('limit: 1 and 100 are allowed, 10 is the default', async () => {
  assert.equal((await page('limit=1')).data.length, 1);
  assert.equal((await page('limit=100')).data.length, numbers.length);
  for (let i = 0; i < 4; ++i) await provisionCartesia(server, { label: 'Filler' });
  assert.equal((await page('')).data.length, 10);
  assert.equal((await page('')).has_more, true);
  numbers = await allNumbers(server.agent);
  assert.equal(numbers.length, 11);
});

test('filters: agent_id, type, provider_id', async () => {
  const assigned = ids(numbers.filter((number) => number.agent !== null));
  assert.equal(assigned.length, 4);
  assert.deepEqual(ids((await page(`limit=100&agent_id=${server.agentId}`)).data), assigned);
  assert.deepEqual(ids((await page(`limit=100&agent_id=${server.agentUuid}`)).data), assigned);
  assert.deepEqual(ids((await page(`limit=2&agent_id=${server.agentId}` +
    `&starting_after=${assigned[1]}`)).data), assigned.slice(2, 4), 'a filter keeps its cursor');
  assert.deepEqual((await page(`agent_id=${unknownAgentId}`)).data, []);
  assert.equal((await page('limit=100&type=cartesia')).data.length, numbers.length);
  assert.deepEqual((await page('type=twilio')).data, []);
  assert.deepEqual((await page('type=sip_trunk')).data, []);
  assert.deepEqual((await page(`provider_id=${unknownUuid}`)).data, []);
});

test('q: part of number, label or agent name, in any case', async () => {
  const wanted = numbers.find((number) => number.label === 'Desk 3');
  assert.deepEqual(ids((await page('q=dEsK%203')).data), [wanted.id]);
  const digits = wanted.number.slice(1, 9);
  const expected = ids(numbers.filter((number) => number.number.includes(digits)));
  assert.deepEqual(ids((await page(`limit=100&q=${digits}`)).data), expected);
  assert.deepEqual(ids((await page(`q=${encodeURIComponent(wanted.number)}`)).data), [wanted.id]);
  assert.equal((await page('limit=100&q=customer%20SUPP')).data.length, 4);
  assert.deepEqual((await page('q=nothing-like-this')).data, []);
  // Not a pattern language.
  assert.deepEqual((await page('q=%25')).data, []);
  assert.deepEqual((await page('q=_')).data, []);
  assert.deepEqual((await page("q='%20OR%201=1")).data, []);
});

test('get: both written forms of the id; unknown is 404', async () => {
  const [number] = numbers;
  const answer = expectStatus(await server.agent.get(`${path}/${number.id}`), 200);
  assert.deepEqual(answer.body, { ...number, provider: { type: 'cartesia' } });
  expectStatus(await server.agent.get(`${path}/${uuidOf(number.id)}`), 200);
  for (const id of [unknownNumberId, unknownUuid, 'pn_abc', 'x', server.agentId,
    `${number.id}0`, '%F0%9F%98%80']) {
    expectError(await server.agent.get(`${path}/${id}`), 404, 'not_found');
  }
});

test('update: label', async () => {
  const [number] = numbers;
  const answer = await server.agent.patch(`${path}/${number.id}`, { label: ' Back office ' });
  expectStatus(answer, 200);
  assert.equal(answer.body.label, 'Back office');
  assert.equal(answer.body.created_at, number.created_at);
  assert.ok(answer.body.updated_at >= number.updated_at);
  assert.equal(answer.body.number, number.number);
  const read = await server.agent.get(`${path}/${number.id}`);
  assert.deepEqual(read.body, answer.body);
  for (const label of ['', ' ', null, 5, 'x'.repeat(256)]) {
    expectError(await server.agent.patch(`${path}/${number.id}`, { label }),
      400, 'invalid_request', { mentions: 'label' });
  }
  expectError(await server.agent.patch(`${path}/${number.id}`, { lable: 'x' }),
    400, 'invalid_request', { mentions: 'lable' });
  assert.equal((await server.agent.get(`${path}/${number.id}`)).body.label, 'Back office');
  // Nothing to change is no error.
  expectStatus(await server.agent.patch(`${path}/${number.id}`, {}), 200);
  expectError(await server.agent.patch(`${path}/${unknownNumberId}`, { label: 'x' }),
    404, 'not_found');
});

test('update: assign, replace, unassign', async () => {
  const number = await provisionCartesia(server);
  const one = `${path}/${number.id}`;
  const other = expectStatus(
    await server.agent.post('/v1/agents', { name: 'Night shift' }), 201).body;
  const set = async (agent) =>
    expectStatus(await server.agent.patch(one, { agent_id: agent }), 200).body.agent;
  assert.deepEqual(await set(server.agentId), { id: server.agentId, name: 'Customer support' });
  assert.deepEqual(await set(other.id), { id: other.id, name: 'Night shift' },
    'a second agent replaces the first');
  expectError(await server.agent.patch(one, { agent_id: unknownAgentId }), 404, 'not_found');
  expectError(await server.agent.patch(one, { agent_id: 5 }), 400, 'invalid_request',
    { mentions: 'agent_id' });
  // A refused update changes nothing, not even its good half.
  expectError(await server.agent.patch(one, { label: 'Half', agent_id: unknownAgentId }),
    404, 'not_found');
  const read = (await server.agent.get(one)).body;
  assert.equal(read.agent.id, other.id);
  assert.equal(read.label, number.label);
  assert.equal(await set(null), null);
  assert.equal(await set(null), null, 'unassigning twice is no error');
});

test('delete: refused while assigned, then gone; twice is 404', async () => {
  const number = await provisionCartesia(server, { agent_id: server.agentId });
  const older = await provisionCartesia(server);
  const one = `${path}/${number.id}`;
  const soldBefore = await soldCount(server);
  expectError(await server.agent.delete(one), 400, 'number_assigned');
  assert.equal(await soldCount(server), soldBefore, 'still ours');
  expectStatus(await server.agent.get(one), 200);
  expectStatus(await server.agent.patch(one, { agent_id: null }), 200);
  const gone = expectStatus(await server.agent.delete(one), 204);
  assert.equal(gone.text, '');
  expectError(await server.agent.delete(one), 404, 'not_found');
  expectError(await server.agent.get(one), 404, 'not_found');
  expectError(await server.agent.patch(one, { label: 'x' }), 404, 'not_found');
  assert.ok(!ids(await allNumbers(server.agent)).includes(number.id));
  await until('the carrier has it back', async () =>
    await soldCount(server) === soldBefore - 1);
  // The id of a deleted number stays a valid cursor.
  const before = await page(`limit=100&ending_before=${number.id}`);
  assert.deepEqual(ids(before.data), [older.id]);
  expectError(await server.agent.delete(`${path}/${unknownNumberId}`), 404, 'not_found');
});

test('numbers bought through the other dialect are here too', async () => {
  const { phone } = await provisionNaive(server, { label: 'From over there' });
  const [newest] = (await page('limit=1')).data;
  assert.equal(uuidOf(newest.id), phone.id);
  assert.equal(newest.number, phone.e164);
  assert.equal(newest.label, 'From over there');
});

test('a released number frees its slot, once the carrier has confirmed', async () => {
  await withServer({ slots: 1 }, async (small) => {
    const first = await provisionCartesia(small);
    expectError(await small.agent.post(`${path}/provision`, { label: 'x' }),
      402, 'quota_exceeded');
    expectStatus(await small.agent.delete(`${path}/${first.id}`), 204);
    const second = await until('the slot is free', async () => {
      const answer = await small.agent.post(`${path}/provision`, { label: 'x' });
      return answer.status === 201 ? answer.body : undefined;
    });
    assert.notEqual(second.number, first.number, 'a released number rests before it returns');
    assert.equal(await soldCount(small), 1);
    await checkInvariants(small);
  });
});

test('state survives a restart', async () => {
  const listed = await allNumbers(server.agent);
  await server.restart();
  assert.deepEqual(await allNumbers(server.agent), listed);
  assert.ok(!server.banner.includes(server.agentKey), 'keys are printed once');
  assert.match(server.banner, /\$DIALPLANE_AGENT_KEY/);
});

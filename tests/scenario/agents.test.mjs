// Agents in both generations of paths: they are the same agents.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { provisionCartesia, provisionNaive } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { unknownAgentId, unknownUuid, uuidOf } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => { server = await startServer({ slots: 60 }); });
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

async function create(body) {
  return expectStatus(await server.agent.post('/v1/agents', body), 201).body;
}

test('the service tells its status without a key', async () => {
  const answer = expectStatus(await server.anonymous.get('/'), 200);
  assert.equal(answer.body.ok, true);
  expectStatus(await server.agent.get('/'), 200);
});

test('templates need no key and are none', async () => {
  const answer = expectStatus(await server.anonymous.get('/agents/templates'), 200);
  assert.deepEqual(answer.body, { templates: [] });
});

test('the demo has one agent, seen by both generations', async () => {
  const first = expectStatus(await server.agent.get('/agents'), 200).body.summaries;
  assert.deepEqual(first.map((each) => [each.id, each.name]),
    [[server.agentId, 'Customer support']]);
  const managed = expectStatus(await server.agent.get('/v1/agents'), 200).body;
  assert.deepEqual(managed.data.map((each) => each.id), [server.agentId]);
  assert.equal(managed.has_more, false);
  assert.equal(managed.next_page, null);
});

test('create with a name only gives a complete configuration', async () => {
  const agent = await create({ name: 'Night shift' });
  assert.equal(agent.description, null);
  assert.deepEqual(agent.config.tools, []);
  assert.deepEqual(agent.config.system_tools,
    { end_call: null, send_dtmf: null, transfer_to_number: null });
  assert.equal(agent.config.initial_message, null);
  assert.match(agent.version.id, /^av_/);
  const read = expectStatus(await server.agent.get(`/v1/agents/${agent.id}`), 200).body;
  assert.deepEqual(read, agent);
  const uuidForm = await server.agent.get(`/v1/agents/${uuidOf(agent.id)}`);
  assert.deepEqual(expectStatus(uuidForm, 200).body, agent);
  const summary = expectStatus(await server.agent.get(`/agents/${agent.id}`), 200).body;
  assert.equal(summary.name, 'Night shift');
  assert.equal(summary.deployment_count, 0);
});

test('a configuration is kept and returned; slots of system_tools are merged', async () => {
  const config = {
    instructions: 'Be brief.', initial_message: 'Hello!',
    model: { id: 'some-model', temperature: 0.5 }, language: { primary: 'en' },
    audio: { output: { voice_id: 'a-voice', speed: 1.1 } }, tools: [{ id: 'tool-1' }],
    system_tools: { end_call: {}, send_dtmf: { description: 'keys' } },
  };
  const agent = await create({ name: 'Configured', description: 'x', config });
  assert.equal(agent.config.instructions, 'Be brief.');
  assert.deepEqual(agent.config.model, config.model);
  assert.deepEqual(agent.config.audio, config.audio);
  assert.equal(agent.config.system_tools.transfer_to_number, null);
  const patched = expectStatus(await server.agent.patch(`/v1/agents/${agent.id}`,
    { config: { instructions: 'Be long.', system_tools: { end_call: null } } }), 200).body;
  assert.equal(patched.config.instructions, 'Be long.');
  assert.equal(patched.config.initial_message, 'Hello!', 'what is left out stays');
  assert.equal(patched.config.system_tools.end_call, null);
  assert.notEqual(patched.config.system_tools.send_dtmf, null);
  assert.notEqual(patched.version.id, agent.version.id, 'each configuration is a version');
});

test('update through the first generation', async () => {
  const agent = await create({ name: 'Before', description: 'old' });
  const one = `/agents/${agent.id}`;
  const body = { name: 'After', description: 'new', tts_voice: 'v', tts_language: 'de' };
  const updated = expectStatus(await server.agent.patch(one, body), 200).body;
  for (const [name, value] of Object.entries(body)) assert.equal(updated[name], value);
  // The official client may send null for what it does not change.
  const nulls = expectStatus(await server.agent.patch(one,
    { name: null, description: null, tts_voice: null, tts_language: null }), 200).body;
  assert.equal(nulls.name, 'After');
  assert.equal(nulls.tts_voice, 'v');
  assert.equal(nulls.description, null);
  const managed = expectStatus(await server.agent.get(`/v1/agents/${agent.id}`), 200).body;
  assert.equal(managed.name, 'After');
});

test('bad agents are refused by field', async () => {
  const cases = [
    [{}, 'name'], [{ name: '' }, 'name'], [{ name: 'x'.repeat(65) }, 'name'],
    [{ name: 5 }, 'name'], [{ name: null }, 'name'],
    [{ name: 'x', description: 5 }, 'description'],
    [{ name: 'x', config: [] }, 'config'],
    [{ name: 'x', config: { instruction: 'y' } }, 'instruction'],
    [{ name: 'x', config: { instructions: 5 } }, 'instructions'],
    [{ name: 'x', config: { tools: Array.from({ length: 33 }, () => ({ id: 't' })) } }, 'tools'],
    [{ name: 'x', config: { system_tools: { fly: {} } } }, 'fly'],
    [{ name: 'x', phone: '1' }, 'phone'],
  ];
  const count = (await server.agent.get('/agents')).body.summaries.length;
  for (const [body, field] of cases) {
    expectError(await server.agent.post('/v1/agents', body), 400, 'invalid_request',
      { mentions: field });
  }
  const one = `/agents/${server.agentId}`;
  expectError(await server.agent.patch(one, { name: '' }), 400, 'invalid_request',
    { mentions: 'name' });
  expectError(await server.agent.patch(one, { nme: 'x' }), 400, 'invalid_request',
    { mentions: 'nme' });
  expectError(await server.agent.patch(`/v1/agents/${server.agentId}`, { config: 5 }),
    400, 'invalid_request', { mentions: 'config' });
  assert.equal((await server.agent.get('/agents')).body.summaries.length, count);
  assert.equal((await create({ name: '名'.repeat(64) })).name.length, 64);
});

test('unknown agents are 404 on every route', async () => {
  for (const id of [unknownAgentId, unknownUuid, 'agent_x', 'x']) {
    for (const root of ['/agents', '/v1/agents']) {
      expectError(await server.agent.get(`${root}/${id}`), 404, 'not_found');
      expectError(await server.agent.patch(`${root}/${id}`, { name: 'x' }), 404, 'not_found');
      expectError(await server.agent.delete(`${root}/${id}`), 404, 'not_found');
    }
    expectError(await server.agent.get(`/agents/${id}/phone-numbers`), 404, 'not_found');
  }
});

test('an agent and its numbers', async () => {
  const agent = await create({ name: 'Two lines' });
  const one = await provisionCartesia(server, { agent_id: agent.id });
  const two = await provisionCartesia(server, { agent_id: agent.id });
  const list = expectStatus(await server.agent.get(`/agents/${agent.id}/phone-numbers`), 200).body;
  assert.deepEqual(list.map((each) => each.number).sort(), [one.number, two.number].sort());
  for (const each of list) {
    assert.equal(each.agent_id, agent.id);
    assert.equal(each.is_cartesia_managed, true);
  }
  const summary = expectStatus(await server.agent.get(`/agents/${agent.id}`), 200).body;
  assert.deepEqual(new Set(summary.phone_numbers.map((each) => each.id)),
    new Set([one.id, two.id]));
  const none = expectStatus(await server.agent.get(`/agents/${server.agentId}/phone-numbers`), 200);
  assert.deepEqual(none.body, []);
});

test('deleting an agent leaves its numbers unassigned', async () => {
  for (const root of ['/agents', '/v1/agents']) {
    const agent = await create({ name: 'Leaving' });
    const number = await provisionCartesia(server, { agent_id: agent.id });
    const { phone } = await provisionNaive(server, { agent_id: agent.id });
    const gone = expectStatus(await server.agent.delete(`${root}/${agent.id}`), 204);
    assert.equal(gone.text, '');
    expectError(await server.agent.delete(`${root}/${agent.id}`), 404, 'not_found');
    const read = await server.agent.get(`/agents/phone-numbers/${number.id}`);
    assert.equal(expectStatus(read, 200).body.agent, null);
    const row = expectStatus(await server.agent.get(`/v1/phone/${phone.id}`), 200).body;
    assert.deepEqual(row.agents, []);
    expectStatus(await server.agent.delete(`/agents/phone-numbers/${number.id}`), 204);
    const { summaries } = expectStatus(await server.agent.get('/agents'), 200).body;
    assert.ok(!summaries.some((each) => each.id === agent.id));
  }
});

test('the managed list: q, pages both ways, bad cursors', async () => {
  for (let i = 0; i < 5; ++i) await create({ name: `Paged ${i}` });
  const names = (answer) => expectStatus(answer, 200).body.data.map((each) => each.name);
  const all = ['Paged 4', 'Paged 3', 'Paged 2', 'Paged 1', 'Paged 0'];
  assert.deepEqual(names(await server.agent.get('/v1/agents?q=pAGEd&limit=100')), all);
  const first = expectStatus(await server.agent.get('/v1/agents?q=paged&limit=2'), 200).body;
  assert.equal(first.has_more, true);
  assert.equal(first.next_page, first.data[1].id);
  const after = `starting_after=${first.data[1].id}`;
  assert.deepEqual(names(await server.agent.get(`/v1/agents?q=paged&limit=2&${after}`)),
    ['Paged 2', 'Paged 1']);
  const before = `ending_before=${first.data[1].id}`;
  assert.deepEqual(names(await server.agent.get(`/v1/agents?q=paged&limit=2&${before}`)),
    ['Paged 4']);
  expectError(await server.agent.get(`/v1/agents?${after}&${before}`), 400, 'invalid_request');
  expectError(await server.agent.get('/v1/agents?starting_after=x'), 400, 'invalid_request',
    { mentions: 'starting_after' });
  expectError(await server.agent.get('/v1/agents?limit=101'), 400, 'invalid_request',
    { mentions: 'limit' });
});

test('agents need a key', async () => {
  for (const path of ['/agents', `/agents/${server.agentId}`, '/v1/agents']) {
    const answer = expectError(await server.anonymous.get(path), 401, 'unauthorized');
    assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer/);
  }
});

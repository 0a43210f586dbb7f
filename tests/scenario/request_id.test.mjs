// X-Request-Id: on every answer, in every error body of the cartesia dialect, and in the log.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expectError } from '../support/http.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
before(async () => { server = await startServer(); });
after(() => server.stop());

test('each answer has its own, whatever it is', async () => {
  const answers = [
    await server.agent.get('/agents'),
    await server.agent.get('/v1/phone'),
    await server.anonymous.get('/agents'),
    await server.agent.get('/nothing'),
    await server.agent.call('PUT', '/agents'),
    await server.agent.post('/v1/phone/provision', Buffer.from('{')),
    await server.agent.post('/agents/phone-numbers/provision', { label: 'x' }),
    await server.agent.get('/', { 'Cartesia-Version': '1999-01-01' }),
    await server.anonymous.get('/health'),
    await server.anonymous.get('/metrics'),
  ];
  const ids = answers.map((answer) => answer.headers['x-request-id']);
  assert.equal(new Set(ids).size, ids.length);
});

test('the log tells of the request under its id, without secrets', async () => {
  const answer = await server.agent.post('/v1/phone/provision', { ein: '12-3456789' });
  const id = answer.headers['x-request-id'];
  await until('the log has the id', async () => server.stderr.includes(id));
  const refused = expectError(await server.agent.get('/v1/phone/x'), 404, 'resource_not_found');
  await until('the log has the refusal',
    async () => server.stderr.includes(refused.headers['x-request-id']));
  server.checkLogs();
});

test('what the client sends as id is not taken over into the log as it is', async () => {
  const sent = 'injected-id-{"level":"error"}';
  const answer = await server.agent.get('/agents', { 'X-Request-Id': sent });
  assert.notEqual(answer.headers['x-request-id'], sent);
});

// Cartesia-Version: five known ones; errors are text before 2026-03-01.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { soldCount } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => { server = await startServer({ slots: 7 }); });
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const text = ['2024-06-10', '2024-11-13', '2025-04-16'];
const json = ['2026-03-01', '2026-08-14'];
const path = '/agents/phone-numbers/provision';
const at = (version) => ({ 'Cartesia-Version': version });

test('all five are accepted and buy a number of the same shape', async () => {
  const shapes = new Set();
  for (const version of [...text, ...json]) {
    const answer = await server.agent.post(path, { label: version }, at(version));
    expectStatus(answer, 201);
    shapes.add(Object.keys(answer.body).sort().join());
    expectStatus(await server.agent.get('/agents', at(version)), 200);
  }
  assert.equal(shapes.size, 1);
});

test('errors before 2026-03-01 are plain text, then JSON', async () => {
  for (const version of text) {
    const answer = await server.agent.post(path, {}, at(version));
    assert.equal(answer.status, 400);
    assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
    assert.match(answer.text, /^[^:{]+: .*label/);
    const missing = await server.agent.get('/agents/phone-numbers/x', at(version));
    assert.equal(missing.status, 404);
    assert.equal(missing.headers['content-type'], 'text/plain; charset=utf-8');
    const nobody = await server.anonymous.get('/agents', at(version));
    assert.equal(nobody.status, 401);
    assert.equal(nobody.headers['content-type'], 'text/plain; charset=utf-8');
  }
  for (const version of json) {
    expectError(await server.agent.post(path, {}, at(version)), 400, 'invalid_request');
  }
  expectError(await server.agent.post(path, {}), 400, 'invalid_request');
});

test('a missing version is read as 2026-03-01, and says so', async () => {
  const answer = expectStatus(await server.agent.get('/agents'), 200);
  assert.equal(answer.headers['cartesia-version'], '2026-03-01');
});

test('unknown and malformed versions are 400, in JSON, and nothing is bought', async () => {
  const soldBefore = await soldCount(server);
  for (const version of ['2026-03-02', '2019-01-01', '2027-01-01', 'latest', '2026-3-1', '1', '',
    '2026-03-01T00:00:00Z', '2026-03-01, 2026-08-14']) {
    const answer = await server.agent.post(path, { label: 'x' }, at(version));
    expectError(answer, 400, 'invalid_version');
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(answer.headers['x-should-retry'], 'false');
    for (const other of ['/agents', '/v1/agents', '/']) {
      expectError(await server.agent.get(other, at(version)), 400, 'invalid_version');
    }
  }
  assert.equal(await soldCount(server), soldBefore);
});

test('the naive routes know no versions', async () => {
  expectStatus(await server.agent.get('/v1/phone', at('2019-01-01')), 200);
  const answer = await server.agent.get('/v1/phone/x', at('2024-06-10'));
  expectError(answer, 404, 'resource_not_found');
});

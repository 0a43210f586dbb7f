// A known path with another method is 405 with Allow; an unknown path is 404; both in the dialect
// of the path.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { soldCount } from '../support/actions.mjs';
import { fillPath, methodsOf, openapi } from '../support/contract.mjs';
import { expectError } from '../support/http.mjs';
import { unknownAgentId, unknownUuid } from '../support/ids.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => { server = await startServer(); });
after(() => server.stop());

const isCartesia = (path) => path === '/' || /^(\/v1)?\/agents(\/|$)/.test(path);

test('every path of the contract, with every other method', async () => {
  let cases = 0;
  for (const template of Object.keys(openapi.paths)) {
    const path = fillPath(template,
      { id: unknownUuid, agent_id: unknownAgentId, user_id: unknownUuid, e164: '+12125550123',
        carrier: 'sandbox', name: 'sandbox', call_id: unknownUuid });
    const allowed = methodsOf(template);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      if (allowed.includes(method)) continue;
      ++cases;
      const answer = await server.operator.call(method, path);
      expectError(answer, 405, 'method_not_allowed');
      const listed = (answer.headers.allow ?? '').split(',').map((name) => name.trim())
        .filter((name) => name !== 'HEAD' && name !== 'OPTIONS');
      assert.deepEqual(listed.sort(), [...allowed].sort(), `Allow of ${path}`);
      assert.equal(answer.body.error === undefined, isCartesia(path), `dialect of ${path}`);
    }
  }
  assert.ok(cases > 100);
  assert.equal(await soldCount(server), 0);
});

test('unknown paths are 404', async () => {
  const unknown = ['/nothing', '/v1', '/v2/phone', '/v1/phones', '/agent', '/v1/phone/status/more',
    '/v1/agents/', '/agents/', '/AGENTS', '/v1/Phone',
    '/agents/phone-numbers/provision/x', '/health/', '/health/dead', '/metrics/x', '/v1/sandbox/x',
    '/.env', '/admin', '/v1/formation/x/y/z', '/*', '/v1/agents/a/b'];
  for (const path of unknown) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await server.operator.call(method, path);
      expectError(answer, 404, 'not_found');
    }
  }
});

test('a path that could be read in two ways is refused before any route', async () => {
  for (const path of ['//agents', '/agents//phone-numbers', '/%2Fagents', '/agents/%2e%2e/v1']) {
    const answer = await server.operator.call('GET', path);
    assert.equal(answer.status, 400, `${path}: ${answer.text}`);
  }
});

test('a query does not change the route', async () => {
  const answer = await server.operator.get('/agents?x=/v1/phone');
  assert.ok([200, 400].includes(answer.status));
  expectError(await server.operator.get('/nothing?path=/agents'), 404, 'not_found');
});

// /mcp as a protocol: both revisions and their mistakes, names and origins, keys, limits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expectStatus, send } from '../support/http.mjs';
import {
  ask, expectFault, got, legacy, modern, modernHeaders, modernMeta, post, resultOf,
} from '../support/mcp.mjs';
import { startServer, withServer } from '../support/server.mjs';
import { textArgs, textingNumber } from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

const version = 'io.modelcontextprotocol/protocolVersion';
const capabilities = 'io.modelcontextprotocol/clientCapabilities';
const metadataPath = '/.well-known/oauth-protected-resource';
const hello = { protocolVersion: legacy, capabilities: {},
  clientInfo: { name: 'test', version: '1' } };

let server;
before(async () => { server = await startServer({ slots: 50, args: textArgs }); });
after(() => server.stop());

const modernAsk = (method, params, headers, meta) => post(server,
  { jsonrpc: '2.0', id: 7, method, params: { ...params, _meta: meta ?? modernMeta() } },
  { ...modernHeaders(method, params), ...headers });

test('2025-11-25: initialize, initialized, ping, log level', async () => {
  const answer = expectStatus(await post(server,
    { jsonrpc: '2.0', id: 'one', method: 'initialize', params: hello }), 200);
  assert.equal(answer.body.id, 'one');
  const { result } = answer.body;
  assert.equal(result.protocolVersion, legacy);
  assert.deepEqual(Object.keys(result.capabilities).sort(),
    ['completions', 'logging', 'prompts', 'resources', 'tools']);
  assert.equal(result.serverInfo.name, 'dialplane');
  assert.ok(result.instructions.includes('naive_phone_status'));
  assert.equal(answer.headers['mcp-session-id'], undefined);
  const noted = expectStatus(await post(server,
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { 'MCP-Protocol-Version': legacy }), 202);
  assert.equal(noted.text, '');
  assert.deepEqual(await resultOf(server, 'ping', {}, { revision: legacy }), {});
  assert.deepEqual(await resultOf(server, 'logging/setLevel', { level: 'info' },
    { revision: legacy }), {});
  await expectFault(ask(server, 'logging/setLevel', { level: 'loud' }, { revision: legacy }),
    200, -32602);
});

test('initialize negotiates', async () => {
  for (const [wanted, offered] of [['2025-06-18', '2025-06-18'], ['1999-01-01', legacy],
    [modern, legacy]]) {
    const { body } = expectStatus(await post(server, { jsonrpc: '2.0', id: 1,
      method: 'initialize', params: { ...hello, protocolVersion: wanted } }), 200);
    assert.equal(body.result.protocolVersion, offered);
  }
  await expectFault(post(server, { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }),
    200, -32602);
  const { body } = await post(server, { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    { 'MCP-Protocol-Version': '1999-01-01' });
  assert.equal(body.error.code, -32022);
});

test('2026-07-28: discover, result members, cache hints', async () => {
  const found = await resultOf(server, 'server/discover');
  assert.deepEqual(found.supportedVersions, [modern, legacy, '2025-06-18']);
  assert.deepEqual(Object.keys(found.capabilities).sort(),
    ['completions', 'prompts', 'resources', 'tools']);
  assert.equal(found.resultType, 'complete');
  assert.equal(found._meta['io.modelcontextprotocol/serverInfo'].name, 'dialplane');
  for (const method of ['tools/list', 'prompts/list', 'resources/list',
    'resources/templates/list']) {
    const listed = await resultOf(server, method);
    assert.equal(listed.cacheScope, 'public');
    assert.ok(Number.isInteger(listed.ttlMs) && listed.ttlMs > 0);
    const old = await resultOf(server, method, {}, { revision: legacy });
    assert.equal(old.ttlMs, undefined);
    assert.equal(old._meta, undefined);
  }
  const read = await resultOf(server, 'resources/read', { uri: 'phone://status' });
  assert.equal(read.cacheScope, 'private');
  assert.equal(read.ttlMs, 0);
});

test('2026-07-28: what a request must carry', async () => {
  const without = (name) => modernMeta({ [name]: undefined });
  await expectFault(modernAsk('tools/list', {}, {}, without(version)), 400, -32602);
  await expectFault(modernAsk('tools/list', {}, {}, without(capabilities)), 400, -32602);
  expectStatus(await modernAsk('tools/list', {}, {},
    without('io.modelcontextprotocol/clientInfo')), 200);
  await expectFault(post(server, { jsonrpc: '2.0', id: 1, method: 'server/discover', params: {} },
    modernHeaders('server/discover')), 400, -32602);
  for (const headers of [{ 'MCP-Protocol-Version': legacy }, { 'Mcp-Method': 'prompts/list' },
    { 'Mcp-Method': 'TOOLS/LIST' }, { 'MCP-Protocol-Version': undefined },
    { 'Mcp-Method': undefined }]) {
    await expectFault(modernAsk('tools/list', {}, headers), 400, -32020);
  }
  const tool = { name: 'naive_phone_status', arguments: {} };
  const encoded = (text) => `=?base64?${Buffer.from(text).toString('base64')}?=`;
  for (const name of ['naive_phone_list', undefined, encoded('naive_phone_list'),
    '=?base64?bmFpdm?=', '=?base64?!!!!?=']) {
    await expectFault(modernAsk('tools/call', tool, { 'Mcp-Name': name }), 400, -32020);
  }
  for (const name of [encoded('naive_phone_status'), '  naive_phone_status  ']) {
    expectStatus(await modernAsk('tools/call', tool, { 'Mcp-Name': name }), 200);
  }
  const { error } = await expectFault(modernAsk('tools/list', {},
    { 'MCP-Protocol-Version': '2099-01-01' }, modernMeta({ [version]: '2099-01-01' })),
  400, -32022);
  assert.deepEqual(error.data, { supported: [modern, legacy, '2025-06-18'],
    requested: '2099-01-01' });
});

test('methods that do not exist', async () => {
  for (const method of ['initialize', 'ping', 'logging/setLevel', 'resources/subscribe',
    'subscriptions/listen', 'tasks/get', 'unknown/method']) {
    const fault = await expectFault(modernAsk(method, {}), 404, -32601);
    assert.equal(fault.id, 7);
  }
  for (const method of ['resources/subscribe', 'tasks/list', 'approvals/resolve',
    'x'.repeat(128)]) {
    await expectFault(ask(server, method, {}, { revision: legacy }), 200, -32601);
  }
});

test('what is no message', async () => {
  const raw = (text, headers = {}) => send(server.origin, 'POST', '/mcp', {
    body: Buffer.from(text), headers: { Authorization: `Bearer ${server.agentKey}`,
      'Content-Type': 'application/json', ...headers } });
  const deep = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;
  for (const [text, status, code] of [
    ['{', 400, -32700], ['', 400, -32700], ['null', 400, -32700], ['"x"', 400, -32700],
    ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', 400, -32700], [deep, 400, -32700],
    ['{"a":1,"a":2}', 400, -32700],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","id":2}', 400, -32700],
    ['{}', 400, -32600], ['{"jsonrpc":"1.0","id":1,"method":"ping"}', 400, -32600],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', 400, -32600],
    ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', 400, -32600],
    ['{"jsonrpc":"2.0","id":{},"method":"ping"}', 400, -32600],
    ['{"jsonrpc":"2.0","id":1,"method":5}', 400, -32600],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', 400, -32600],
    ['{"jsonrpc":"2.0","id":1}', 400, -32600]]) {
    const answer = await raw(text);
    assert.equal(answer.status, status, `${text.slice(0, 80)}: ${answer.text}`);
    assert.equal(answer.body.error.code, code, `${text.slice(0, 80)}: ${answer.text}`);
    assert.notEqual(answer.body.id, null);
  }
  assert.equal((await raw('{}', { 'Content-Type': 'text/plain' })).status, 415);
  assert.equal((await raw(`{"x":"${'y'.repeat(70_000)}"}`)).status, 413);
  assert.equal((await raw('{"jsonrpc":"2.0","id":9,"result":{}}')).status, 202);
});

test('no stream and no session to end', async () => {
  for (const method of ['GET', 'DELETE']) {
    const answer = await server.agent.call(method, '/mcp');
    expectStatus(answer, 405);
    assert.equal(answer.headers.allow, 'POST');
  }
});

test('keys, and where a token would come from', async () => {
  const message = { jsonrpc: '2.0', id: 1, method: 'ping' };
  for (const key of [null, 'nv_sk_live_wrongwrongwrong']) {
    const answer = expectStatus(await post(server, message, {}, { key }), 401);
    assert.equal(answer.headers['www-authenticate'],
      `Bearer resource_metadata="${server.origin}${metadataPath}/mcp"`);
    assert.equal(answer.body.error.data.code, 'unauthorized');
  }
  for (const path of [metadataPath, `${metadataPath}/mcp`]) {
    const { body } = expectStatus(await server.anonymous.get(path), 200);
    assert.deepEqual(body, { resource: `${server.origin}/mcp`, resource_name: 'Dialplane',
      authorization_servers: [], bearer_methods_supported: ['header'] });
  }
  await withServer({ args: ['--public-url', 'https://numbers.example.com',
    '--mcp-authorization-servers', 'https://login.example.com/tenant'] }, async (public_) => {
    const { body } = expectStatus(await public_.anonymous.get(metadataPath), 200);
    assert.equal(body.resource, 'https://numbers.example.com/mcp');
    assert.deepEqual(body.authorization_servers, ['https://login.example.com/tenant']);
  });
});

test('Host and Origin: our names only, before any key is looked at', async () => {
  await withServer({ args: ['--public-url', 'https://numbers.example.com', '--mcp-hosts',
    'other.example,10.0.0.5', '--mcp-origins', 'https://app.example.com'] }, async (named) => {
    const { port } = new URL(named.origin);
    const asked = async (headers) => (await send(named.origin, 'POST', '/mcp', {
      body: { jsonrpc: '2.0', id: 1, method: 'ping' },
      headers: { Authorization: `Bearer ${named.agentKey}`, ...headers } }));
    for (const Host of [`localhost:${port}`, '127.0.0.1', '[::1]:99', 'LOCALHOST',
      'numbers.example.com', 'numbers.example.com:443', 'other.example', '10.0.0.5:1']) {
      expectStatus(await asked({ Host }), 200);
    }
    for (const Host of ['evil.example.com', `evil.example.com:${port}`, 'localhost.evil.example',
      '127.0.0.1.evil.example', '10.0.0.6', 'app.example.com']) {
      const answer = expectStatus(await asked({ Host, Authorization: undefined }), 403);
      assert.equal(answer.body.error.data.code, 'forbidden');
    }
    for (const Origin of [`http://localhost:${port}`, 'https://app.example.com',
      'http://127.0.0.1:3000', 'https://numbers.example.com', 'http://[::1]:5']) {
      expectStatus(await asked({ Origin }), 200);
    }
    for (const Origin of ['http://evil.example.com', 'null', 'https://app.example.com.evil.example',
      'file://', 'http://app.example.com', 'http://localhost@evil.example', '']) {
      expectStatus(await asked({ Origin }), 403);
    }
    // The other routes are asked by name as before.
    expectStatus(await send(named.origin, 'GET', '/v1/phone', { headers: {
      Host: 'evil.example.com', Authorization: `Bearer ${named.agentKey}` } }), 200);
  });
});

test('a tool call takes one from the rate of its key', async () => {
  await withServer({ rateLimit: 5 }, async (limited) => {
    for (let left = 4; left >= 0; --left) {
      const answer = expectStatus(await ask(limited, 'tools/call',
        { name: 'naive_phone_status', arguments: {} }), 200);
      assert.equal(answer.headers['x-ratelimit-remaining'], String(left));
      assert.equal(answer.body.result.isError, false);
    }
    const full = expectStatus(await ask(limited, 'tools/list'), 429);
    assert.equal(full.body.error.data.code, 'rate_limited');
    assert.match(full.headers['retry-after'], /^[1-9]/);
  });
});

test('calls at once are bounded per key', async () => {
  await withServer({ args: [...textArgs, '--mcp-calls-at-once', '2'] }, async (busy) => {
    const phone = await textingNumber(busy);
    const wait = (signal) => ask(busy, 'tools/call', { name: 'naive_phone_wait',
      arguments: { phone_id: phone.id, timeout_ms: 2_000 } }, { signal });
    const waiting = [wait(), wait()];
    const full = await until('both places are taken', async () => {
      const answer = await ask(busy, 'tools/list');
      return answer.status === 429 ? answer : undefined;
    });
    assert.equal(full.body.error.data.code, 'rate_limited');
    // Another key is not concerned.
    expectStatus(await ask(busy, 'tools/list', {}, { key: busy.operatorKey }), 200);
    for (const answer of await Promise.all(waiting)) expectStatus(answer, 200);
    expectStatus(await ask(busy, 'tools/list'), 200);
    assert.equal((await got(busy, 'naive_phone_list')).phones.length, 1);
  });
});

// `dialplane mcp` against a server that does as the test says: whatever comes in on standard input,
// only JSON-RPC goes out on standard output, one line each, and nothing is done twice or lost.
import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import test from 'node:test';
import { run } from '../support/cli.mjs';
import { startBridge } from '../support/mcp_stdio.mjs';
import { answerWith, echo, resultOf, startScriptedMcp } from '../support/scripted_mcp.mjs';
import { until } from '../support/waiting.mjs';

const key = 'nv_sk_live_0000testbridgekey000000000000000000000cC3';

// Runs with a scripted server and a bridge to it; the bridge must end cleanly.
async function withBridge(answer, use, options = {}) {
  const server = await startScriptedMcp(answer);
  const bridge = startBridge({ server: server.origin, key, ...options });
  try {
    await use(bridge, server);
    const { code, signal, rest } = await bridge.end();
    assert.deepEqual({ code, signal, rest }, { code: 0, signal: null, rest: '' }, bridge.stderr);
    for (const line of bridge.lines) assert.equal(JSON.parse(line).jsonrpc, '2.0');
    assert.ok(!bridge.stderr.includes(key), 'the key is never shown');
  } finally {
    await bridge.kill();
    await server.stop();
  }
}

const ofCode = (message, code) => {
  assert.equal(message.error?.code, code, JSON.stringify(message));
  return message;
};

test('each message becomes one POST with the key and the bytes as they were', () =>
  withBridge(echo, async (bridge, server) => {
    const text = '{"jsonrpc":"2.0",  "id":"a-1","method":"ping","params":{"n":1.50}}';
    bridge.write(`${text}\r\n`);
    assert.deepEqual(await bridge.answerTo('a-1'),
      { jsonrpc: '2.0', id: 'a-1', result: { method: 'ping' } });
    const [request] = server.requests;
    assert.equal(request.method, 'POST');
    assert.equal(request.path, '/mcp');
    assert.equal(request.text, text);
    assert.equal(request.headers.authorization, `Bearer ${key}`);
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers.accept, 'application/json, text/event-stream');
    assert.equal(request.headers['mcp-protocol-version'], undefined);
    assert.equal(request.headers['idempotency-key'], undefined);
  }));

test('2025-11-25: what initialize agreed on is said from then on', () =>
  withBridge((request, response) => {
    if (request.body.method !== 'initialize') return echo(request, response);
    answerWith(response, 200, resultOf(request, { protocolVersion: '2025-06-18' }),
      { 'mcp-session-id': 'session-7' });
  }, async (bridge, server) => {
    await bridge.initialize();
    await bridge.request('tools/list');
    const [hello, ready, list] = server.requests.map((one) => one.headers);
    assert.equal(hello['mcp-protocol-version'], undefined);
    for (const headers of [ready, list]) {
      assert.equal(headers['mcp-protocol-version'], '2025-06-18');
      assert.equal(headers['mcp-session-id'], 'session-7');
      assert.equal(headers['mcp-method'], undefined);
    }
  }));

test('2026-07-28: headers come from each message', () =>
  withBridge(echo, async (bridge, server) => {
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    await bridge.request('tools/call', { name: 'naive_phone_list', arguments: {}, _meta: meta });
    await bridge.request('resources/read', { uri: 'phone://nümbers', _meta: meta });
    const [call, read] = server.requests.map((one) => one.headers);
    assert.equal(call['mcp-protocol-version'], '2026-07-28');
    assert.equal(call['mcp-method'], 'tools/call');
    assert.equal(call['mcp-name'], 'naive_phone_list');
    assert.equal(read['mcp-name'],
      `=?base64?${Buffer.from('phone://nümbers').toString('base64')}?=`);
  }));

test('nothing that is no message gets through, and all of it is answered or ignored', () =>
  withBridge(echo, async (bridge, server) => {
    const refused = [
      ['hello', -32700],
      ['{"jsonrpc":"2.0","id":1,"method":"ping"', -32700],
      ['"text"', -32700],
      ['{"jsonrpc":"2.0","id":1,"method":"ping"}{"jsonrpc":"2.0","id":2,"method":"ping"}', -32700],
      [Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), -32700],
      [Buffer.from('{"jsonrpc":"2.0","id":1,"method":"\u0000"}'), -32700],
      ['['.repeat(100_000), -32600],
      [`{"jsonrpc":"2.0","id":1,"method":"ping","params":${'{"a":'.repeat(200)}1${'}'.repeat(201)}`,
        -32700],
      ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600],
      ['[]', -32600],
      ['{}', -32600],
      ['{"jsonrpc":"2.0","id":1}', -32600],
      ['{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600],
      ['{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600],
      ['{"jsonrpc":"2.0","id":[1],"method":"ping"}', -32600],
      [`{"jsonrpc":"2.0","id":1,"method":"${'a'.repeat(300_000)}"}`, -32600],
      ['x'.repeat(3_000_000), -32600],
    ];
    for (const [bytes, code] of refused) {
      const before = bridge.lines.length;
      bridge.write(bytes);
      bridge.write('\n');
      ofCode(JSON.parse(await bridge.line(before + 1)), code);
    }
    assert.equal(server.requests.length, 0, 'none of it reached the server');
    const before = bridge.lines.length;
    for (const ignored of ['', '\r', '{"jsonrpc":"2.0","id":9,"result":{}}',
      '{"jsonrpc":"2.0","id":9,"error":{"code":1,"message":"x"}}',
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":77}}']) {
      bridge.write(`${ignored}\n`);
    }
    bridge.nextId = 1000;  // refusals above had ids of their own
    await bridge.request('ping');
    assert.equal(server.requests.length, 1);
    assert.equal(bridge.lines.length, before + 1);
  }));

test('notifications are sent on and never answered, whatever the server says', () =>
  withBridge((request, response) => {
    if ('id' in request.body) return echo(request, response);
    answerWith(response, 500, { jsonrpc: '2.0', id: null, error: { code: 1, message: 'x' } });
  }, async (bridge, server) => {
    bridge.send({ method: 'notifications/roots/list_changed' });
    bridge.send({ method: 'notifications/anything', params: { a: 1 } });
    await server.arrived(2);
    await bridge.request('ping');
    assert.equal(bridge.lines.length, 1);
    assert.equal(server.requests.length, 3);
  }));

test('several requests are under way at once, sixteen at most, and answers find their own', () => {
  const held = [];
  let most = 0;
  let open = 0;
  return withBridge((request, response) => {
    ++open;
    most = Math.max(most, open);
    held.push(() => {
      --open;
      echo(request, response);
    });
  }, async (bridge, server) => {
    for (let id = 1; id <= 40; ++id) bridge.send({ id, method: `m${id}` });
    await server.arrived(16);
    // The last one that came is answered first.
    let answered = 0;
    while (answered < 40) {
      await until('there is a request to answer', () => held.length > 0);
      held.pop()();
      ++answered;
      await bridge.line(answered);
    }
    assert.equal(most, 16);
    assert.equal(server.requests.length, 40);
    for (const one of bridge.messages) assert.equal(one.result.method, `m${one.id}`);
    assert.equal(new Set(bridge.messages.map((one) => one.id)).size, 40);
  });
});

test('what comes after initialize waits for its answer', () => {
  let release;
  return withBridge((request, response) => {
    if (request.body.method === 'initialize') release = () => echo(request, response);
    else echo(request, response);
  }, async (bridge, server) => {
    bridge.send({ id: 1, method: 'initialize', params: {} });
    bridge.send({ method: 'notifications/initialized' });
    bridge.send({ id: 2, method: 'tools/list' });
    await server.arrived(1);
    release();
    await bridge.answerTo(2);
    assert.deepEqual(server.requests.map((one) => one.headers['mcp-protocol-version']),
      [undefined, '2025-11-25', '2025-11-25']);
  });
});

test('an id that is in use is refused; afterwards it is free again', () => {
  let release;
  return withBridge((request, response) => {
    if (request.body.method === 'slow') release = () => echo(request, response);
    else echo(request, response);
  }, async (bridge, server) => {
    bridge.send({ id: 5, method: 'slow' });
    await server.arrived(1);
    bridge.send({ id: 5, method: 'fast' });
    ofCode(JSON.parse(await bridge.line(1)), -32600);
    release();
    assert.equal(JSON.parse(await bridge.line(2)).result.method, 'slow');
    bridge.send({ id: 5, method: 'fast' });
    assert.equal(JSON.parse(await bridge.line(3)).result.method, 'fast');
    assert.equal(server.requests.length, 2);
  });
});

test('a cancelled request is hung up on and never answered', () => {
  const held = [];
  return withBridge((request, response) => {
    if (request.body.method === 'slow') held.push(() => echo(request, response));
    else echo(request, response);
  }, async (bridge, server) => {
    await bridge.initialize();
    bridge.send({ id: 'x', method: 'slow' });
    const waiting = await server.arrived(3);
    bridge.send({ method: 'notifications/cancelled', params: { requestId: 'x' } });
    await until('the request is hung up on', () => waiting.closed);
    const told = await server.arrived(4);
    assert.equal(told.body.method, 'notifications/cancelled');
    assert.equal((await bridge.request('ping')).result.method, 'ping');
    assert.ok(!bridge.messages.some((one) => one.id === 'x'));
  });
});

test('a call without a key of its own gets one, fresh for each call', () =>
  withBridge(echo, async (bridge, server) => {
    await bridge.call('naive_phone_provision', { area_code: '415' });
    await bridge.call('naive_phone_provision', { area_code: '415' });
    await bridge.call('naive_phone_provision', { area_code: '415', idempotency_key: 'mine' });
    const keys = server.requests.map((one) => one.headers['idempotency-key']);
    assert.match(keys[0], /^mcp-[0-9A-Za-z]{22}$/);
    assert.match(keys[1], /^mcp-[0-9A-Za-z]{22}$/);
    assert.notEqual(keys[0], keys[1]);
    assert.equal(keys[2], undefined, 'the argument is the key');
  }));

test('a call whose answer is lost is sent again, the same bytes with the same key', () =>
  withBridge((request, response, count) => {
    if (count === 1) return void response.socket.destroy();
    if (count === 2) {
      return answerWith(response, 502, 'bad gateway', { 'content-type': 'text/html' });
    }
    if (count === 3) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      return void response.write('{"jsonrpc":', () => response.socket.destroy());
    }
    echo(request, response);
  }, async (bridge, server) => {
    const answer = await bridge.call('naive_phone_provision', { area_code: '415' });
    assert.equal(answer.result.method, 'tools/call');
    assert.equal(server.requests.length, 4);
    const [first] = server.requests;
    for (const one of server.requests) {
      assert.equal(one.text, first.text);
      assert.equal(one.headers['idempotency-key'], first.headers['idempotency-key']);
    }
    assert.equal(bridge.lines.length, 1);
  }));

test('where it stays unknown, that is what is said, with the key to ask again with', () =>
  withBridge((request, response) => response.socket.destroy(), async (bridge, server) => {
    const { result } = await bridge.call('naive_phone_provision', { area_code: '415' });
    assert.equal(server.requests.length, 6, 'with a limit');
    const sent = server.requests[0].headers['idempotency-key'];
    assert.equal(result.isError, true);
    assert.equal(result.structuredContent.verdict, 'unknown');
    assert.equal(result.structuredContent.idempotency_key, sent);
    assert.equal(result.content[0].type, 'text');
    assert.ok(result.content[0].text.includes(sent));
    ofCode(await bridge.request('tools/list'), -32000);
  }));

test('a server that is not there: a plain sentence at once, nothing tried again', async () => {
  const gone = http.createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address();
  gone.close();
  await once(gone, 'close');
  const bridge = startBridge({ server: `http://127.0.0.1:${port}`, key });
  const { error } = await bridge.call('naive_phone_provision', {});
  assert.equal(error.code, -32000);
  assert.equal(error.data.reason, 'not_connected');
  assert.ok(error.message.startsWith(
    `The Dialplane server at http://127.0.0.1:${port} cannot be reached`), error.message);
  assert.equal((await bridge.end()).code, 0);
});

test('refusals that are no JSON-RPC become sentences', () => {
  const answers = [[401, { error: { code: 'unauthorized', message: 'No such key.' } }],
    [404, 'not here'], [413, ''], [429, { error: { message: 'Slow down.' } }], [200, '<html>']];
  return withBridge((request, response, count) => answerWith(response, ...answers[count - 1]),
    async (bridge) => {
      const messages = [];
      for (const [status] of answers) {
        const { error } = await bridge.request('tools/list');
        assert.equal(error.code, -32000);
        assert.equal(error.data.reason, `http_${status}`);
        messages.push(error.message);
      }
      assert.ok(messages[0].includes('No such key.') && messages[0].includes('DIALPLANE_API_KEY'));
      assert.ok(messages[3].includes('Slow down.'));
    });
});

test('the end of the input waits for what is under way, and a last line needs no end', async () => {
  let release;
  const server = await startScriptedMcp((request, response) => {
    release = () => echo(request, response);
  });
  const bridge = startBridge({ server: server.origin, key });
  bridge.write('{"jsonrpc":"2.0","id":1,"method":"slow"}');
  const ended = bridge.end();
  await server.arrived(1);
  release();
  assert.equal((await ended).code, 0);
  assert.deepEqual(bridge.messages.map((one) => one.id), [1]);
  await server.stop();
});

test('when nobody reads the answers any more, it ends', async () => {
  const server = await startScriptedMcp();
  const bridge = startBridge({ server: server.origin, key });
  await bridge.request('ping');
  bridge.child.stdout.destroy();
  // The first write after that may still be taken.
  const stop = setInterval(() => bridge.send({ id: bridge.nextId++, method: 'ping' }), 20);
  try {
    assert.equal((await until('it has ended', () => bridge.child.exitCode !== null))
      && bridge.child.exitCode, 1);
  } finally {
    clearInterval(stop);
    await bridge.kill();
    await server.stop();
  }
});

test('a thousand requests at once are all answered once', () =>
  withBridge(echo, async (bridge, server) => {
    for (let id = 1; id <= 1000; ++id) bridge.send({ id, method: 'ping' });
    await bridge.line(1000);
    assert.equal(new Set(bridge.messages.map((one) => one.id)).size, 1000);
    assert.equal(server.requests.length, 1000);
    // Connections are used again.
    assert.ok(new Set(server.requests.map((one) => one.port)).size < 100);
  }));

test('addresses that are none are refused before anything is read', async () => {
  for (const server of ['ftp://127.0.0.1', 'localhost:8080', 'http://', 'http://a/?x=1']) {
    const { code, stdout, stderr } = await run(['mcp', '--server', server]);
    assert.equal(code, 2, server);
    assert.equal(stdout, '');
    assert.match(stderr, /^dialplane: (--server|The server's address) must /m, server);
  }
  const words = await run(['mcp', 'now']);
  assert.equal(words.code, 2);
});

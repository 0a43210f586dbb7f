// Senders that trickle are cut off; many of them do not keep others waiting.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { soldCount } from '../support/actions.mjs';
import { expectStatus } from '../support/http.mjs';
import { withServer } from '../support/server.mjs';
import { within } from '../support/waiting.mjs';

const config = '[http]\nhead_timeout_ms = 500\nbody_timeout_ms = 500\nidle_timeout_ms = 700\n';

function connect(server) {
  const url = new URL(server.origin);
  const socket = net.connect({ host: url.hostname, port: Number(url.port) });
  socket.on('error', () => {});  // a reset is one way of cutting off
  return socket;
}

test('a head, a body or an idle connection that takes too long is cut off', async () => {
  await withServer({ config }, async (server) => {
    const host = new URL(server.origin).host;
    const starts = [
      'GET / HTTP/1.1\r\nHost: ',
      `POST /v1/agents HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${server.agentKey}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"name": "',
      '',
    ];
    for (const start of starts) {
      const socket = connect(server);
      await once(socket, 'connect');
      if (start !== '') socket.write(start);
      // One byte at a time keeps the connection busy, but not alive.
      const trickle = setInterval(() => {
        if (start !== '' && socket.writable) socket.write('x');
      }, 100);
      socket.resume();
      await within(6000, 'cutting off a slow sender', once(socket, 'close'));
      clearInterval(trickle);
    }
    assert.equal((await server.agent.get('/agents')).body.summaries.length, 1);
  });
});

test('two hundred stuck connections do not keep others waiting', async () => {
  await withServer({}, async (server) => {
    const sockets = Array.from({ length: 200 }, () => connect(server));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.write('POST /v1/agents HTTP/1.1\r\nHost: x\r\n');
    const began = performance.now();
    expectStatus(await server.agent.post('/agents/phone-numbers/provision', { label: 'x' }), 201);
    assert.ok(performance.now() - began < 3000, 'a provision beside stuck connections');
    assert.equal(await soldCount(server), 1);
    for (const socket of sockets) socket.destroy();
  });
});

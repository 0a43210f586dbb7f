// SIGTERM: stops accepting, finishes what is in flight within 10 s; the rest goes on at the next
// start.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { ein, orderFault, soldCount, usage } from '../support/actions.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { withServer } from '../support/server.mjs';
import { until, within } from '../support/waiting.mjs';

const path = '/v1/phone/provision';

// Waits until the ordered fault has been used up: the purchase has left for the carrier.
function inFlight(server) {
  return until('the carrier has been asked', async () => {
    const { faults } = (await server.operator.get('/v1/sandbox/faults')).body;
    return faults.length === 0;
  });
}

test('what is in flight is answered', async () => {
  await withServer({}, async (server) => {
    await orderFault(server, { on: 'buy', outcome: 'slow', delay_ms: 1500, count: 1 });
    const request = server.agent.post(path, { ein });
    await inFlight(server);
    const stopped = server.stop();
    const answer = expectStatus(await request, 202);
    assert.equal(answer.body.phone.status, 'active');
    await stopped;
    await server.start();
    assert.equal(await soldCount(server), 1);
    await checkInvariants(server);
  });
});

test('new connections are refused while it stops', async () => {
  await withServer({}, async (server) => {
    await orderFault(server, { on: 'buy', outcome: 'slow', delay_ms: 2000, count: 1 });
    const request = server.agent.post(path, { ein });
    await inFlight(server);
    server.child.kill('SIGTERM');
    const url = new URL(server.origin);
    await until('the port is closed', async () => {
      const socket = net.connect({ host: url.hostname, port: Number(url.port) });
      const outcome = await Promise.race([
        once(socket, 'connect').then(() => 'open'),
        once(socket, 'error').then(() => 'closed', () => 'closed'),
      ]);
      socket.destroy();
      return outcome === 'closed';
    }, { timeoutMs: 1500 });
    expectStatus(await request, 202);
    const { code } = await server.exited;
    assert.equal(code, 0);
    await server.start();
    assert.equal(await soldCount(server), 1);
  });
});

test('what takes longer than the limit goes on at the next start', async () => {
  await withServer({}, async (server) => {
    await orderFault(server, { on: 'buy', outcome: 'slow', delay_ms: 55_000, count: 1 });
    const key = { 'Idempotency-Key': 'over-the-stop' };
    const request = server.agent.post(path, { ein }, key).catch((failure) => failure);
    await inFlight(server);
    await server.stop();
    const answer = await request;
    // Cut off, told to come back, or told it is pending; never told it failed for good.
    if (!(answer instanceof Error)) {
      assert.ok([202, 503].includes(answer.status), answer.text);
      if (answer.status === 202) assert.equal(answer.body.phone.status, 'pending');
      else assert.notEqual(answer.headers['x-should-retry'], 'false');
    }
    await server.start();
    const ended = await until('the operation has ended', async () => {
      const replay = expectStatus(await server.agent.post(path, { ein }, key), 202);
      return replay.body.phone.status === 'active' ? replay.body : undefined;
    }, { timeoutMs: 40_000 });
    assert.equal(ended.credits_used, 50);
    assert.equal(await soldCount(server), 1);
    assert.equal((await usage(server)).balance, 950);
    await checkInvariants(server);
  });
});

test('idle and half-open connections do not hold it up', async () => {
  await withServer({}, async (server) => {
    const url = new URL(server.origin);
    const sockets = Array.from({ length: 5 }, () =>
      net.connect({ host: url.hostname, port: Number(url.port) }));
    for (const socket of sockets) socket.on('error', () => {});
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    sockets[0].write('GET / HTTP/1.1\r\nHo');
    expectStatus(await server.agent.get('/agents'), 200);  // leaves a keep-alive connection
    await within(3000, 'a stop with idle connections', server.stop());
    for (const socket of sockets) socket.destroy();
  });
});

test('SIGINT does the same; a second signal is harmless', async () => {
  await withServer({}, async (server) => {
    server.child.kill('SIGINT');
    server.child.kill('SIGINT');
    server.child.kill('SIGTERM');
    const { code } = await within(10_000, 'the stop', server.exited);
    assert.equal(code, 0);
    await server.start();
    expectStatus(await server.agent.get('/agents'), 200);
  });
});

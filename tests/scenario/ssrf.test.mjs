// Where webhooks may lead: the table of addresses and spellings, judged when an endpoint is made
// and again when it is connected to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectError, expectStatus } from '../support/http.mjs';
import { startReceiver } from '../support/receiver.mjs';
import { withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const create = (server, url) =>
  server.operator.post('/v1/webhooks', { url, eventTypes: ['*'] });
// The demo's organization without --demo, which would allow loopback.
async function withoutLoopback(args, use) {
  await withServer({ demo: true }, async (server) => {
    await server.restart({ demo: false, args });
    await use(server);
  });
}

// Whoever answers there hears of it in a test that fails.
const spellings = (port) => [
  `http://127.0.0.1:${port}/`, `http://127.0.0.2:${port}/`, `http://127.1:${port}/`,
  `http://2130706433:${port}/`, `http://017700000001:${port}/`, `http://0x7f000001:${port}/`,
  `http://0x7f.0.0.1:${port}/`, `http://0177.0.0.1:${port}/`, `http://127.0.0.1.:${port}/`,
  `http://localhost:${port}/`, `http://localhost.:${port}/`, `http://LOCALHOST:${port}/`,
  `http://x.localhost:${port}/`, `http://0.0.0.0:${port}/`, `http://0:${port}/`,
  `http://[::1]:${port}/`, `http://[::]:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`,
  `http://[::ffff:7f00:1]:${port}/`, `http://[0:0:0:0:0:ffff:127.0.0.1]:${port}/`,
  `http://[::127.0.0.1]:${port}/`, `http://[64:ff9b::7f00:1]:${port}/`,
  `http://[2002:7f00:1::]:${port}/`, `http://[::1%25lo]:${port}/`, `http://[::1%lo]:${port}/`,
  `http://good.example@127.0.0.1:${port}/`, `http://127.0.0.1:${port}\\@good.example/`,
  `http://127.0.0.1:${port}#@good.example/`, `http://①②⑦.0.0.1:${port}/`,
  'http://10.0.0.1/', 'http://172.16.0.1/', 'http://192.168.1.1/', 'http://100.64.0.1/',
  'http://169.254.169.254/latest/meta-data/', 'http://[fd00:ec2::254]/', 'http://[fe80::1]/',
  'http://224.0.0.1/', 'http://255.255.255.255/', 'http://192.0.2.1/', 'http://[2001:db8::1]/',
  'http://[ff02::1]/', 'http://198.18.0.1/', 'http://192.0.0.192/',
];

test('no spelling of a private address makes an endpoint', async () => {
  const receiver = await startReceiver();
  await withoutLoopback([], async (server) => {
    for (const url of spellings(receiver.port)) {
      const answer = await create(server, url);
      expectError(answer, 400, 'invalid_input', { mentions: 'url' });
    }
    assert.deepEqual((await server.operator.get('/v1/webhooks')).body.webhooks, []);
    const made = expectStatus(await create(server, 'https://hooks.example/'), 201).body;
    expectError(await server.operator.patch(`/v1/webhooks/${made.id}`,
      { url: 'http://169.254.169.254/' }), 400, 'invalid_input');
  });
  assert.equal(receiver.sockets.size, 0);
  assert.equal(receiver.requests.length, 0);
  await receiver.close();
});

test('an address is judged again when it is connected to', async () => {
  const receiver = await startReceiver();
  await withServer({ args: ['--webhooks-schedule-ms', '0,100'] }, async (server) => {
    // Allowed when it was made, by --demo.
    const made = expectStatus(await create(server, receiver.url), 201).body;
    const named = expectStatus(
      await create(server, `http://localhost:${receiver.port}/`), 201).body;
    await server.restart({ demo: false });
    for (const { id } of [made, named]) {
      expectStatus(await server.operator.post(`/v1/webhooks/${id}/test`), 202);
      const [dead] = await until('it is dead', async () => {
        const { deliveries } = (await server.operator.get(
          `/v1/webhooks/${id}/deliveries?status=dead`)).body;
        return deliveries.length > 0 && deliveries;
      });
      assert.equal(dead.last_error, 'destination_not_allowed');
      assert.equal(dead.last_status, null);
    }
    assert.equal(receiver.requests.length, 0);
    await server.restart({ args: ['--allow-destinations', '127.0.0.0/8'] });
    expectStatus(await server.operator.post(`/v1/webhooks/${made.id}/test`), 202);
    await receiver.wait(1);
  });
  await receiver.close();
});

test('the operator allows ranges, and nothing beside them', async () => {
  const receiver = await startReceiver();
  await withoutLoopback(['--allow-destinations', '127.0.0.1,10.1.0.0/16'], async (server) => {
    const made = expectStatus(await create(server, receiver.url), 201).body;
    expectStatus(await server.operator.post(`/v1/webhooks/${made.id}/test`), 202);
    await receiver.wait(1);
    expectStatus(await create(server, 'http://10.1.255.255/'), 201);
    for (const url of ['http://10.2.0.0/', 'http://127.0.0.2/', 'http://[::1]/']) {
      expectError(await create(server, url), 400, 'invalid_input');
    }
  });
  await receiver.close();
});

// Carriers that take an order and deliver later: the purchase waits, durable, and a client that has
// waited long enough is told so.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  balance, clearFaults, ein, operationEnd, orderFault, provisionCartesia, provisionNaive, sold,
  soldCount, usage,
} from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
before(async () => {
  server = await startServer({ slots: 1000, credits: 100_000, waitMs: 3_000 });
  await provisionNaive(server, {});
  await until('the registration is paid', async () => (await usage(server)).held === 0);
});
afterEach(() => clearFaults(server));
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

test('delivered while the client waits', async () => {
  const count = await soldCount(server);
  await orderFault(server, { on: 'buy', outcome: 'pending', delay_ms: 400 });
  const { phone } = await provisionNaive(server, { area_code: '415' });
  assert.equal(await soldCount(server), count + 1);
  assert.ok((await sold(server)).some((row) => row.e164 === phone.e164));
});

test('delivered after the client was told to wait', async () => {
  await orderFault(server, { on: 'buy', outcome: 'pending', delay_ms: 4_500 });
  const credits = await balance(server);
  const answer = await server.agent.post('/v1/phone/provision', { ein });
  const { phone } = expectStatus(answer, 202).body;
  assert.deepEqual([phone.status, phone.e164], ['pending', null]);
  const open = expectStatus(
    await server.operator.get(`/v1/operations/${phone.operation_id}`), 200).body;
  assert.ok(JSON.stringify(open).includes('order_pending'));
  await operationEnd(server, phone.operation_id);
  const row = expectStatus(await server.agent.get(`/v1/phone/${phone.id}`), 200).body;
  assert.equal(row.status, 'active');
  assert.equal(await balance(server), credits - 4);
});

test('the same in the cartesia dialect', async () => {
  await orderFault(server, { on: 'buy', outcome: 'pending', delay_ms: 4_500 });
  const answer = await server.agent.post('/agents/phone-numbers/provision', { label: 'Later' });
  const { id, status, number, operation_id: operation } = expectStatus(answer, 202).body;
  assert.deepEqual([status, number], ['pending', null]);
  await operationEnd(server, operation);
  const row = expectStatus(await server.agent.get(`/agents/phone-numbers/${id}`), 200).body;
  assert.match(row.number, /^\+1/);
});

test('an order that fails: another number is bought, once', async () => {
  const [count, credits] = [await soldCount(server), await balance(server)];
  await orderFault(server, { on: 'buy', outcome: 'undelivered', delay_ms: 200 });
  await provisionCartesia(server);
  await orderFault(server, { on: 'buy', outcome: 'undelivered', delay_ms: 200 });
  await provisionNaive(server, {});
  assert.equal(await soldCount(server), count + 2);
  assert.equal(await balance(server), credits - 4);
});

test('an order for one exact number that fails gives everything back', async () => {
  const { numbers: [row] } = expectStatus(
    await server.agent.get('/v1/phone/available?area_code=415&limit=1'), 200).body;
  const [count, credits] = [await soldCount(server), await balance(server)];
  await orderFault(server, { on: 'buy', outcome: 'undelivered', delay_ms: 200 });
  expectError(await server.agent.post('/v1/phone/provision',
    { ein, phone_number: row.phone_number }), 503, 'number_unavailable');
  assert.equal(await soldCount(server), count);
  assert.equal(await balance(server), credits);
  assert.equal((await usage(server)).held, 0);
});

// Rate limits: per key, with Retry-After, in the dialect of the route.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { soldCount } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

test('more than sixty requests of sixty a minute are 429', async () => {
  await withServer({ rateLimit: 60 }, async (server) => {
    const answers = await Promise.all(
      Array.from({ length: 80 }, () => server.agent.get('/agents')));
    const passed = answers.filter((answer) => answer.status === 200).length;
    assert.ok(passed >= 60 && passed <= 65, `${passed} passed`);
    const cartesia = expectError(answers.find((answer) => answer.status !== 200),
      429, 'rate_limited');
    const seconds = Number(cartesia.headers['retry-after']);
    assert.ok(seconds >= 1 && seconds <= 60, cartesia.headers['retry-after']);
    // All at once, so that hardly any comes back meanwhile.
    const more = await Promise.all(Array.from({ length: 30 }, (_, i) => i % 2 === 0
      ? server.agent.get('/v1/phone')
      : server.agent.post('/agents/phone-numbers/provision', { label: 'x' })));
    const bought = more.filter((answer) => answer.status === 201).length;
    const refused = more.filter((answer) => answer.status === 429);
    assert.ok(refused.length >= 20, `${refused.length} of 30 refused`);
    assert.ok(refused.some((answer) => answer.body.error?.code === 'rate_limited'));
    assert.ok(refused.some((answer) => answer.body.error_code === 'rate_limited'));
    assert.equal(await soldCount(server), bought, 'nothing runs behind the limit');
    // Another key and routes without one go on.
    expectStatus(await server.operator.get('/agents'), 200);
    for (let i = 0; i < 20; ++i) expectStatus(await server.anonymous.get('/health/live'), 200);
    // The key comes back by itself, one request after another.
    await until('the key may ask again', async () =>
      (await server.agent.get('/agents')).status === 200, { timeoutMs: 70_000, intervalMs: 200 });
  });
});

test('a wrong key never reaches the limit of a right one', async () => {
  await withServer({ rateLimit: 5 }, async (server) => {
    for (let i = 0; i < 30; ++i) {
      expectError(await server.anonymous.get('/agents', { Authorization: 'Bearer sk_car_guess' }),
        401, 'unauthorized');
    }
    expectStatus(await server.agent.get('/agents'), 200);
  });
});

test('a marked retry finds its first attempt in spite of the limit', async () => {
  await withServer({ rateLimit: 2 }, async (server) => {
    const send = (count) => server.agent.post('/agents/phone-numbers/provision',
      { label: 'Limited' }, { 'x-stainless-retry-count': String(count) });
    const first = expectStatus(await send(0), 201);
    expectStatus(await server.agent.get('/agents'), 200);
    expectError(await server.agent.get('/agents'), 429, 'rate_limited');
    const retried = expectStatus(await send(1), 201);
    assert.equal(retried.body.id, first.body.id);
    expectError(await send(0), 429, 'rate_limited');
    assert.equal(await soldCount(server), 1);
  });
});

test('0 switches the limit off; 300 a minute is the default', async () => {
  await withServer({ rateLimit: 0 }, async (server) => {
    const answers = await Promise.all(
      Array.from({ length: 400 }, () => server.agent.get('/agents')));
    assert.ok(answers.every((answer) => answer.status === 200));
  });
  await withServer({ rateLimit: undefined }, async (server) => {
    const answers = await Promise.all(
      Array.from({ length: 400 }, () => server.agent.get('/agents')));
    const refused = answers.filter((answer) => answer.status === 429).length;
    assert.ok(refused >= 50 && refused <= 100, `${refused} of 400 refused`);
  });
});

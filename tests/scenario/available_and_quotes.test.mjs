// What is for sale, quotes for it, and purchases of exactly one number.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  balance, clearFaults, createReadyUser, ein, gateDefaultUser, orderFault, provisionNaive,
  soldCount,
} from '../support/actions.mjs';
import { createOrganization } from '../support/cli.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
before(async () => {
  server = await startServer({ slots: 1000, credits: 100_000 });
  await provisionNaive(server, {});
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const available = async (query) =>
  expectStatus(await server.agent.get(`/v1/phone/available?${query}`), 200).body;
const quoted = async (body, headers) =>
  expectStatus(await server.agent.post('/v1/phone/quotes', body, headers), 201).body;

test('what is for sale, with the carrier\'s price and ours', async () => {
  const { numbers, unavailable } = await available('area_code=415&limit=3');
  assert.equal(numbers.length, 3);
  assert.deepEqual(unavailable, []);
  for (const row of numbers) {
    assert.match(row.phone_number, /^\+1415555/);
    assert.equal(row.carrier, 'sandbox');
    assert.equal(row.region, 'CA');
    assert.deepEqual(row.carrier_price,
      { monthly_micro_usd: '1000000', upfront_micro_usd: '0', estimate: false });
    assert.equal(row.credits, 4, 'the registration is paid');
    assert.equal(row.monthly_credits, 4);
  }
  const fresh = await createReadyUser(server, { external_id: 'first-number' });
  const first = expectStatus(await server.operator.get(
    `/v1/users/${fresh.id}/phone/available?limit=1`), 200).body.numbers[0];
  assert.equal(first.credits, 50, 'the first number comes with the registration');
});

test('filters', async () => {
  const containing = (await available('contains=4155550')).numbers;
  assert.ok(containing.length > 0);
  assert.ok(containing.every((row) => row.phone_number.includes('4155550')));
  assert.ok((await available('contains=98765')).numbers
    .every((row) => row.phone_number.includes('98765')));
  assert.deepEqual((await available('contains=5550100')).numbers, [], 'never for sale');
  const wyoming = (await available('state=WY&limit=4')).numbers;
  assert.deepEqual([wyoming.length, wyoming[0].area_code], [4, '307']);
  assert.deepEqual((await available('state=WY&area_code=415')).numbers, []);
  assert.deepEqual((await available('locality=Oakland')).numbers, [], 'the sandbox has no towns');
  const free = (await available('type=toll_free&limit=2&features=sms,voice')).numbers;
  assert.ok(free.every((row) => /^8[0-9]{2}$/.test(row.area_code) && row.type === 'toll_free'));
  assert.equal(free[0].carrier_price.monthly_micro_usd, '2000000');
  for (const query of ['area_code=000', 'contains=12a', 'state=XX', 'features=fax', 'limit=51',
    'type=short', 'color=blue', 'carrier=nobody']) {
    expectError(await server.agent.get(`/v1/phone/available?${query}`), 400, 'invalid_input');
  }
});

test('a carrier that fails is named instead of failing the answer', async () => {
  await orderFault(server, { on: 'search', outcome: 'rate_limited', count: 1 });
  const { numbers, unavailable } = await available('area_code=415');
  assert.deepEqual(numbers, []);
  assert.equal(unavailable.length, 1);
  assert.equal(unavailable[0].carrier, 'sandbox');
  assert.match(unavailable[0].message, /\.$/);
  await clearFaults(server);
});

test('a quote fixes number and price, and is used once', async () => {
  const quote = await quoted({ area_code: '415' });
  assert.equal(quote.status, 'open');
  assert.equal(quote.credits, 4);
  assert.equal(quote.reserved, false);
  assert.ok(Date.parse(quote.expires_at) - Date.parse(quote.created_at) === 600_000);
  const before = await balance(server);
  const { phone, credits_used: used } = await provisionNaive(server, { quote_id: quote.id });
  assert.equal(phone.e164, quote.phone_number);
  assert.equal(used, quote.credits);
  assert.equal(await balance(server), before - 4);
  const now = expectStatus(await server.agent.get(`/v1/phone/quotes/${quote.id}`), 200).body;
  assert.equal(now.status, 'used');
  assert.match(now.operation_id, /-/);
  const sold = await soldCount(server);
  expectError(await server.agent.post('/v1/phone/provision', { ein, quote_id: quote.id }), 409,
    'quote_expired');
  assert.equal(await soldCount(server), sold);
});

test('operators see what the carrier asks, agents do not', async () => {
  const { phone } = await provisionNaive(server, {});
  const shown = expectStatus(await server.operator.get(`/v1/phone/${phone.id}`), 200).body;
  assert.equal(shown.carrier, 'sandbox');
  assert.equal(shown.carrier_price.monthly_micro_usd, '1000000');
  const own = expectStatus(await server.agent.get(`/v1/phone/${phone.id}`), 200).body;
  assert.equal('carrier_price' in own, false);
});

test('exactly the number asked for, or none', async () => {
  const [row] = (await available('area_code=628&limit=1')).numbers;
  const { phone } = await provisionNaive(server, { phone_number: row.phone_number });
  assert.equal(phone.e164, row.phone_number);
  const [sold, credits] = [await soldCount(server), await balance(server)];
  const again = await server.agent.post('/v1/phone/provision',
    { ein, phone_number: row.phone_number });
  expectError(again, 503, 'number_unavailable');
  assert.equal(await soldCount(server), sold);
  assert.equal(await balance(server), credits);

  // Sold to somebody else between the search and the purchase: still no other number.
  const [next] = (await available('area_code=628&limit=1')).numbers;
  await orderFault(server, { on: 'buy', outcome: 'gone', count: 1 });
  expectError(await server.agent.post('/v1/phone/provision',
    { ein, phone_number: next.phone_number }), 503, 'number_unavailable');
  await clearFaults(server);
  assert.equal(await balance(server), credits);
});

test('exactly that number, though its digits stand in others too', async () => {
  // In 415-555-5xxx the last seven digits occur one place earlier as well.
  const { numbers } = await available('area_code=415&contains=4155555&limit=3');
  assert.equal(numbers.length, 3);
  for (const row of numbers) {
    assert.match(row.phone_number, /^\+14155555/);
    const { phone } = await provisionNaive(server, { phone_number: row.phone_number });
    assert.equal(phone.e164, row.phone_number);
  }
});

test('wrong words about the number', async () => {
  const post = (body) => server.agent.post('/v1/phone/provision', { ein, ...body });
  const fields = async (body, field) => {
    const refusal = expectError(await post(body), 400, 'invalid_input');
    assert.match(refusal.body.error.message + JSON.stringify(refusal.body), new RegExp(field));
  };
  await fields({ phone_number: '+442079460000' }, 'phone_number');
  await fields({ phone_number: '4155550123' }, 'phone_number');
  await fields({ phone_number: '+14155550133', area_code: '415' }, 'area_code');
  await fields({ phone_number: '+14155550133', type: 'toll_free' }, 'type');
  await fields({ quote_id: '0198c2a4-0000-7000-8000-000000000000', type: 'local' }, 'type');
  expectError(await post({ quote_id: 'nonsense' }), 404, 'resource_not_found');
  expectError(await post({ quote_id: '0198c2a4-0000-7000-8000-000000000000' }), 404,
    'resource_not_found');
  expectError(await server.agent.post('/v1/phone/quotes', { carrier: 'nobody' }), 400,
    'invalid_input');
  expectError(await server.agent.post('/v1/phone/quotes', { phone_number: '+14155550100' }), 503,
    'number_unavailable');
});

test('a quote belongs to its key and its user', async () => {
  const quote = await quoted({});
  expectStatus(await server.operator.get(`/v1/phone/quotes/${quote.id}`), 200);
  const operators = await server.operator.post('/v1/phone/provision', { ein, quote_id: quote.id });
  expectError(operators, 404, 'resource_not_found');
  const other = await createReadyUser(server, { external_id: 'other-user' });
  const subject = { 'X-Naive-User-Id': other.id };
  expectError(await server.agent.get(`/v1/phone/quotes/${quote.id}`, subject), 404,
    'resource_not_found');
  expectError(await server.agent.post('/v1/phone/provision', { ein, quote_id: quote.id }, subject),
    404, 'resource_not_found');
  expectStatus(await server.agent.post('/v1/phone/provision', { quote_id: quote.id }), 202);
});

test('a repeated request for a quote gets the same one', async () => {
  const key = { 'Idempotency-Key': 'quote-once' };
  const first = await quoted({ area_code: '415' }, key);
  const again = await quoted({ area_code: '415' }, key);
  assert.deepEqual(again, first);
});

test('a repeated purchase under a quote gets its number, though the quote is used', async () => {
  const quote = await quoted({});
  const key = { 'Idempotency-Key': 'buy-once' };
  const first = await provisionNaive(server, { quote_id: quote.id }, key);
  const again = await provisionNaive(server, { quote_id: quote.id }, key);
  assert.deepEqual(again, first);
});

test('while a quote lives its number is there for nobody else', async () => {
  const own = await startServer({ slots: 1000, credits: 100_000,
    args: ['--purchase-quote-ms', '4000'] });
  try {
    const [{ phone_number: wanted }, { phone_number: second }] = expectStatus(
      await own.agent.get('/v1/phone/available?area_code=307&limit=2'), 200).body.numbers;
    const isListed = async (e164, who = own.agent) => expectStatus(await who.get(
      `/v1/phone/available?area_code=307&contains=${e164.slice(5)}`), 200).body.numbers
      .some((row) => row.phone_number === e164);
    assert.ok(await isListed(wanted) && await isListed(second));
    const quote = expectStatus(await own.agent.post('/v1/phone/quotes',
      { phone_number: wanted }), 201).body;
    assert.equal(quote.reserved, false);
    const stranger = await createOrganization(own, 'Stranger');
    own.secrets.add(stranger.operator_key);
    own.secrets.add(stranger.agent_key);
    const theirs = api(own, stranger.operator_key);
    for (const who of [own.agent, theirs]) {
      assert.ok(!await isListed(wanted, who), 'it is not listed');
      assert.ok(await isListed(second, who), 'others are');
    }
    expectError(await theirs.post('/v1/phone/quotes', { phone_number: wanted }), 503,
      'number_unavailable');
    const before = await soldCount(own);
    const other = await createReadyUser(own, { external_id: 'another' });
    expectError(await own.agent.post(`/v1/users/${other.id}/phone/provision`,
      { ein, phone_number: wanted }), 503, 'number_unavailable');
    assert.equal(await soldCount(own), before);
    // Its own user quotes it anew, by name, and buys it under either.
    expectStatus(await own.agent.post('/v1/phone/quotes', { phone_number: wanted }), 201);
    const { phone } = await provisionNaive(own, { quote_id: quote.id });
    assert.equal(phone.e164, wanted);

    // One that is over hides nothing any more.
    const { id } = expectStatus(await own.agent.post('/v1/phone/quotes',
      { phone_number: second }), 201).body;
    assert.ok(!await isListed(second));
    await until('the quote is over', async () => expectStatus(
      await own.agent.get(`/v1/phone/quotes/${id}`), 200).body.status === 'expired');
    assert.ok(await isListed(second));
    await checkInvariants(own);
  } finally {
    await own.stop();
  }
});

test('an organization has a hundred open quotes at most', async () => {
  const own = await startServer({ slots: 1000, credits: 100_000 });
  try {
    const seen = new Set();
    for (let i = 0; i < 100; ++i) {
      const { phone_number: e164 } = expectStatus(
        await own.agent.post('/v1/phone/quotes', {}), 201).body;
      assert.ok(!seen.has(e164), 'each promises a number of its own');
      seen.add(e164);
    }
    const refusal = expectError(await own.agent.post('/v1/phone/quotes', {}), 429,
      'rate_limited');
    assert.match(refusal.text, /100 open quotes/);
    await provisionNaive(own, {});
  } finally {
    await own.stop();
  }
});

test('a quote ends', async () => {
  const short = await startServer({ args: ['--purchase-quote-ms', '1000'] });
  try {
    const { body: quote } = await short.agent.post('/v1/phone/quotes', {});
    const path = `/v1/phone/quotes/${quote.id}`;
    let status = quote.status;
    while (status === 'open') ({ status } = (await short.agent.get(path)).body);
    assert.equal(status, 'expired');
    expectError(await short.agent.post('/v1/phone/provision', { ein, quote_id: quote.id }), 409,
      'quote_expired');
    assert.equal(await soldCount(short), 0);
  } finally {
    await short.stop();
  }
});

test('a price that rose since the quote', async () => {
  let risen = await startServer({});
  const { dataDir } = risen;
  const { body: quote } = await risen.agent.post('/v1/phone/quotes', {});
  await risen.stop();
  risen = await startServer({ dataDir, args: ['--prices-monthly-local', '5'] });
  try {
    const refusal = await risen.agent.post('/v1/phone/provision', { ein, quote_id: quote.id });
    expectError(refusal, 409, 'conflict');
    assert.equal(refusal.body.error.reason, 'price_changed');
    assert.equal(await soldCount(risen), 0);
  } finally {
    await checkInvariants(risen);
    await risen.stop();
  }
});

test('an approved purchase buys the quoted number', async () => {
  const gated = await startServer({});
  try {
    await gateDefaultUser(gated);
    const { body: quote } = await gated.agent.post('/v1/phone/quotes', {});
    const waiting = expectStatus(
      await gated.agent.post('/v1/phone/provision', { ein, quote_id: quote.id }), 202).body;
    assert.equal(waiting.status, 'pending_approval');
    const resolved = expectStatus(await gated.operator.post(
      `/v1/approvals/${waiting.approval_id}/approve`), 200).body;
    assert.equal(resolved.payload.phone_number, quote.phone_number);
    assert.equal(resolved.result.phone.e164, quote.phone_number);
  } finally {
    await checkInvariants(gated);
    await gated.stop();
  }
});

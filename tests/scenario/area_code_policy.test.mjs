// An area code is a preference with a policy: exact, overlay, state (default), any.
import assert from 'node:assert/strict';
import { afterEach, after, before, test } from 'node:test';
import {
  balance, clearFaults, orderFault, provisionNaive, soldCount, usage,
} from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
before(async () => {
  server = await startServer({ slots: 1000, credits: 100_000 });
  await provisionNaive(server, {});
});
afterEach(() => clearFaults(server));
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

// 415 and 628 lie over the same ground in California; 307 is all of Wyoming.
const californian = new Set(('209 213 279 310 323 341 350 357 369 408 415 424 442 510 530 559 ' +
  '562 619 626 628 650 657 661 669 707 714 738 747 760 805 818 820 831 837 840 858 909 916 925 ' +
  '949 951').split(' '));

async function empty(...codes) {
  for (const code of codes) {
    await orderFault(server, { on: 'search', outcome: 'empty', area_code: code, count: 100_000 });
  }
}

async function provisioned(body) {
  const { phone } = await provisionNaive(server, body);
  const row = expectStatus(await server.agent.get(`/v1/phone/${phone.id}`), 200).body;
  assert.equal(row.e164.slice(2, 5), row.area_code, 'the row says what was really bought');
  assert.equal(row.area_code_matched,
    body.area_code === undefined || row.area_code === body.area_code);
  return row;
}

async function refusedForStock(body) {
  await until('the registration is paid', async () => (await usage(server)).held === 0);
  const [soldBefore, balanceBefore] = [await soldCount(server), await balance(server)];
  const answer = await server.agent.post('/v1/phone/provision', body);
  expectError(answer, 503, 'number_unavailable');
  assert.equal(answer.headers['x-should-retry'], 'false');
  assert.equal(await soldCount(server), soldBefore, 'nothing bought');
  assert.equal(await balance(server), balanceBefore, 'nothing charged');
  assert.equal((await usage(server)).held, 0);
  return answer;
}

test('the code itself, as long as it has stock', async () => {
  for (const policy of [undefined, 'exact', 'overlay', 'state', 'any']) {
    const row = await provisioned({ area_code: '415', area_code_policy: policy });
    assert.equal(row.area_code, '415');
  }
});

test('state: its overlay next, then its state, never another state', async () => {
  await empty('415');
  assert.equal((await provisioned({ area_code: '415' })).area_code, '628');
  await empty('628');
  const row = await provisioned({ area_code: '415' });
  assert.ok(californian.has(row.area_code), `${row.area_code} is not in California`);
  assert.ok(!['415', '628'].includes(row.area_code));
  await empty('307');
  const answer = await refusedForStock({ area_code: '307' });
  assert.match(answer.body.error.hint, /area_code_policy/, 'the hint says how to widen');
});

test('exact: the code or nothing', async () => {
  await empty('415');
  await refusedForStock({ area_code: '415', area_code_policy: 'exact' });
  await refusedForStock({ area_code: '415', area_code_strict: true });
  assert.equal((await provisioned({ area_code: '628', area_code_strict: true })).area_code, '628');
});

test('overlay: the same ground or nothing', async () => {
  await empty('415');
  const row = await provisioned({ area_code: '415', area_code_policy: 'overlay' });
  assert.equal(row.area_code, '628');
  await empty('628');
  await refusedForStock({ area_code: '415', area_code_policy: 'overlay' });
});

test('any: the rest of the country', async () => {
  await empty('307');
  const row = await provisioned({ area_code: '307', area_code_policy: 'any' });
  assert.notEqual(row.area_code, '307');
});

test('no preference takes any code; no stock at all is 503', async () => {
  const row = await provisioned({ area_code: undefined });
  assert.match(row.area_code, /^[2-9]\d\d$/);
  await orderFault(server, { on: 'search', outcome: 'empty', count: 100_000 });
  await refusedForStock({});
  await refusedForStock({ area_code: '415', area_code_policy: 'any' });
  await refusedForStock({ type: 'toll_free' });
  expectError(await server.agent.post('/agents/phone-numbers/provision', { label: 'x' }),
    503, 'number_unavailable');
});

test('codes that are not geographic US codes are bad input', async () => {
  const soldBefore = await soldCount(server);
  // Canada, Jamaica, premium, toll-free, personal, government, not in service, service codes.
  for (const code of ['416', '876', '900', '800', '888', '533', '710', '999', '555', '911', '411',
    '000', '100', '41', '4155', '+14', '４１５', 'abc', '']) {
    const answer = await server.agent.post('/v1/phone/provision', { area_code: code });
    expectError(answer, 400, 'invalid_input', { mentions: 'area_code' });
    if (/^[2-9]\d\d$/.test(code)) assert.equal(answer.body.error.reason, 'area_code_invalid', code);
  }
  assert.equal(await soldCount(server), soldBefore);
});

test('every corner of the country is for sale', async () => {
  for (const code of ['907', '808', '787', '671', '212', '307', '202']) {
    assert.equal((await provisioned({ area_code: code })).area_code, code);
  }
});

// The judges must be able to say no: each one gets something broken and has to report it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { provisionNaive } from '../support/actions.mjs';
import { checkAnswer, fitsSchema, templateOf } from '../support/contract.mjs';
import { databaseWith, sqlite } from '../support/database_file.mjs';
import { uuidOf, wireIdOf } from '../support/ids.mjs';
import { findBrokenPromises, storeCheck } from '../support/invariants.mjs';
import { withServer } from '../support/server.mjs';
import { NotYet, until, within } from '../support/waiting.mjs';

const requestId = '0198c2a4-0000-4000-8000-000000000000';
const number = { id: 'pn_0000000000000000000001', label: 'x', number: '+14155550100', agent: null,
  created_at: '2026-03-01T00:00:00Z', updated_at: '2026-03-01T00:00:00Z' };

function judge(change = {}, method = 'POST', path = '/agents/phone-numbers/provision') {
  const answer = { status: 201, body: number, headers: { 'x-request-id': requestId,
    'content-type': 'application/json' }, ...change };
  answer.text = change.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  checkAnswer({ method, path, version: change.version, answer });
}

test('the contract judge accepts what fits and refuses what does not', () => {
  judge();
  const wrong = {
    'an extra member': { body: { ...number, provider: { type: 'cartesia' } } },
    'a missing member': { body: { ...number, agent: undefined } },
    'a wrong type': { body: { ...number, label: 5 } },
    'a number that is none': { body: { ...number, number: '415-555-0100' } },
    'an unknown status': { status: 200 },
    'another content type': { headers: { 'x-request-id': requestId, 'content-type': 'text/html' } },
    'no request id': { headers: { 'content-type': 'application/json' } },
    'no JSON': { body: undefined, text: '{' },
  };
  for (const [what, change] of Object.entries(wrong)) {
    assert.throws(() => judge(change), undefined, what);
  }
  assert.throws(() => judge({}, 'POST', '/agents/phone-numbers/bogus/way'), /not a route/);
});

test('the contract judge knows errors', () => {
  const body = { error_code: 'quota_exceeded', title: 'Phone number limit reached', message: 'm',
    request_id: requestId };
  const headers = { 'x-request-id': requestId, 'content-type': 'application/json',
    'x-should-retry': 'false' };
  const refusal = (change) => judge({ status: 402, body, headers, ...change });
  refusal();
  assert.throws(() => refusal({ headers: { ...headers, 'x-should-retry': undefined } }));
  assert.throws(() => refusal({ body: { ...body, title: 'Something else' } }), /errors.yaml/);
  assert.throws(() => refusal({ body: { ...body, error_code: 'forbidden' } }), /errors.yaml/);
  assert.throws(() => refusal({ body: { ...body, request_id: requestId.replace('2', '3') } }));
  assert.throws(() => refusal({ version: '2024-06-10' }), /text before/);
  const text = { ...headers, 'content-type': 'text/plain; charset=utf-8' };
  refusal({ version: '2024-06-10', body: undefined, text: 'Phone number limit reached: m',
    headers: text });
  assert.throws(() => refusal({ body: undefined, text: 'Phone number limit reached: m',
    headers: text }), /text before/);
  const naive = { error: { code: 'forbidden', reason: 'self_approval', message: 'm' } };
  const approve = (change) => judge({ status: 403, body: naive, headers, ...change }, 'POST',
    '/v1/approvals/x/approve');
  approve();
  assert.throws(() => approve({ body: { error: { ...naive.error, reason: 'made_up' } } }));
  assert.throws(() => approve({ body: { error: { ...naive.error, extra: 1 } } }));
  assert.throws(() => approve({ status: 418 }));
});

test('literal path segments win', () => {
  assert.equal(templateOf('/v1/phone/status'), '/v1/phone/status');
  assert.equal(templateOf('/v1/phone/other'), '/v1/phone/{id}');
  assert.equal(templateOf('/agents/templates'), '/agents/templates');
  assert.equal(templateOf('/agents/phone-numbers'), '/agents/phone-numbers');
  assert.equal(templateOf('/agents//phone-numbers'), undefined);
  assert.equal(fitsSchema('e164', '+14155550100'), true);
  assert.equal(fitsSchema('e164', '+1415555010'), false);
});

test('ids go both ways', () => {
  const uuid = '0198c2a4-7d00-7abc-8def-0123456789ab';
  assert.equal(uuidOf(wireIdOf('pn', uuid)), uuid);
  assert.equal(wireIdOf('pn', uuid).length, 25);
  assert.throws(() => uuidOf('pn_short'));
});

test('waiting has a limit', async () => {
  const options = { timeoutMs: 60, intervalMs: 5 };
  await assert.rejects(until('pigs fly', () => false, options), /pigs fly.*never/);
  await assert.rejects(until('x', () => { throw new NotYet('because'); }, options), /because/);
  await assert.rejects(until('x', () => { throw new TypeError('a bug'); }, options), TypeError);
  await assert.rejects(within(20, 'for ever', new Promise(() => {})), /for ever/);
  assert.equal(await until('now', () => 7, options), 7);
});

async function breakAndCheck(sql, expected) {
  await withServer({}, async (server) => {
    await provisionNaive(server);
    await provisionNaive(server);
    await until('the registration is paid', async () =>
      (await server.agent.get('/v1/usage?limit=1')).body.held === 0);
    assert.deepEqual(await findBrokenPromises(server), [], 'whole before');
    await server.stop();
    assert.deepEqual((await storeCheck(server.dataDir)).report.violations, []);
    sqlite(databaseWith(server.dataDir, 'numbers', 'organizations'), sql);
    const { code, report } = await storeCheck(server.dataDir);
    assert.ok(report.violations.length > 0, `check says nothing about: ${sql}`);
    assert.notEqual(code, 0);
    await server.start();
    const broken = await findBrokenPromises(server);
    assert.ok(broken.some((line) => expected.test(line)), broken.join('\n'));
  });
}

test('a lost number is an orphan', () => breakAndCheck(
  'DELETE FROM numbers WHERE id = (SELECT id FROM numbers LIMIT 1);', /orphan/));

test('a number that was never bought is a ghost', () => breakAndCheck(
  "UPDATE numbers SET e164 = '+12125550199' WHERE id = (SELECT id FROM numbers LIMIT 1);",
  /ghost/));

test('a ledger row that is gone shows', () => breakAndCheck(
  "DELETE FROM ledger_entries WHERE kind = 'charge' AND id = " +
  "(SELECT id FROM ledger_entries WHERE kind = 'charge' LIMIT 1);", /check: |entries sum/));

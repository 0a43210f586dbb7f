// The tier sole_proprietor: a person without an EIN, one number, confirmed by a code that is texted
// to a mobile: sent, resent, wrong, expired, right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balance, completeEntity, ein, soldCount } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import {
  blockers, campaignOf, carrierCalls, orderReview, phoneRow, phoneStatus, sandboxSettings,
  storedEvents, untilMaySend,
} from '../support/registration.mjs';
import { startServer, withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const provision = '/v1/phone/provision';
const resend = '/v1/phone/brand-verification/resend';
const confirm = '/v1/phone/brand-verification/confirm';
const config = '[sandbox]\nreview_ms = 100\n';

const person = {
  ...completeEntity, entity_type: 'sole_proprietor', registered_name: 'Ada Byron',
  display_name: 'Harbor Tools',
};

let made = 0;

// A user whose company is one person; the mobile is shared by all unless given.
async function soleUser(server, fields = {}) {
  made += 1;
  const user = expectStatus(
    await server.operator.post('/v1/users', { external_id: `sole-${made}` }), 201).body;
  const subject = { 'X-Naive-User-Id': user.id };
  const entity = expectStatus(
    await server.operator.post('/v1/formation', { ...person, ...fields }, subject), 201).body;
  expectStatus(await server.operator.post(`/v1/formation/${entity.id}/submit`), 200);
  expectStatus(await server.operator.post(`/v1/formation/${entity.id}/complete`), 200);
  return subject;
}

async function buy(server, subject, body = {}) {
  return expectStatus(await server.agent.post(provision,
    { tier: 'sole_proprietor', ...body }, subject), 202).body;
}

// The code the handset shows, once it is another than `old`.
async function textedCode(server, old) {
  return until('a code was texted', async () => {
    const { brand_codes: codes } = await sandboxSettings(server);
    return codes.find((each) => each.code !== old)?.code;
  });
}

function other(code) {
  return code === '000000' ? '000001' : '000000';
}

async function untilAwaited(server, subject) {
  return until('the code is waited for', async () => {
    const status = await phoneStatus(server, subject);
    return status.next_step === 'verify_otp' ? status : undefined;
  });
}

test('one number, a code, then the right to text', async () => {
  const server = await startServer({ config, slots: 10 });
  const subject = await soleUser(server);
  expectError(await server.agent.post(resend, undefined, subject), 404, 'resource_not_found');
  expectError(await server.agent.post(confirm, { code: '123456' }, subject),
    404, 'resource_not_found');
  const bought = await buy(server, subject);
  assert.equal(bought.brand_verification, 'pending_otp');
  assert.equal(bought.phone.status, 'active');
  const status = await untilAwaited(server, subject);
  assert.equal(status.account.tier, 'sole_proprietor');
  assert.equal(status.account.brand_verification, 'pending_otp');
  assert.equal(status.account.brand_status, 'pending');
  const row = await phoneRow(server, bought.phone.id, subject);
  assert.deepEqual(blockers(row), ['brand', 'campaign', 'attachment']);
  assert.match(row.send_readiness.blockers[0].next_step, /brand-verification\/confirm/);
  assert.equal((await carrierCalls(server)).file_campaign, 0, 'the person comes first');

  const code = await textedCode(server);
  const { messages } = expectStatus(await server.operator.get(
    `/v1/sandbox/messages?to=${encodeURIComponent(person.mobile_number)}`), 200).body;
  assert.match(messages[0].body, new RegExp(`^${code} is your code`), 'the handset shows it');
  expectError(await server.agent.post(confirm, { code: other(code) }, subject),
    400, 'invalid_input', { reason: 'code_wrong' });
  expectError(await server.agent.post(confirm, {}, subject), 400, 'invalid_input',
    { mentions: 'code' });
  expectError(await server.agent.post(confirm, { code: 123456 }, subject), 400, 'invalid_input',
    { mentions: 'code' });
  const key = { ...subject, 'Idempotency-Key': 'resend-1' };
  const sent = expectStatus(await server.agent.post(resend, undefined, key), 202).body;
  assert.equal(sent.status, 'enqueued');
  assert.equal(sent.brand_verification, 'pending_otp');
  const newCode = await textedCode(server, code);
  expectStatus(await server.agent.post(resend, undefined, key), 202);
  assert.equal(await textedCode(server, code), newCode, 'the same request sends once');
  expectError(await server.agent.post(confirm, { code }, subject), 400, 'invalid_input',
    { reason: 'code_wrong' });
  const confirmed = expectStatus(
    await server.agent.post(confirm, { code: newCode }, subject), 200).body;
  assert.deepEqual(confirmed,
    { status: 'confirmed', brand_status: 'verified', brand_verification: null });
  expectStatus(await server.agent.post(confirm, { code: newCode }, subject), 200);
  expectError(await server.agent.post(resend, undefined, subject), 409, 'conflict');
  await untilMaySend(server, bought.phone.id, subject);
  assert.deepEqual((await sandboxSettings(server)).brand_codes, []);
  assert.equal(await balance(server), 950);
  assert.equal((await carrierCalls(server)).file_brand, 1);
  await checkInvariants(server);
  await server.stop();
  assert.ok(!server.stderr.includes(newCode), 'a code is not logged');
  const stages = storedEvents(server, 'brand.updated').map((each) => each.stage);
  assert.deepEqual(stages, ['submitted', 'pending_otp', 'verified']);
});

test('one number and one campaign only; a released one makes room', async () => {
  await withServer({ config, slots: 10 }, async (server) => {
    const subject = await soleUser(server);
    const { phone } = await buy(server, subject);
    const sold = await soldCount(server);
    const left = await balance(server);
    for (const body of [{}, { tier: 'sole_proprietor' }]) {
      expectError(await server.agent.post(provision, body, subject), 409, 'conflict',
        { reason: 'sole_proprietor_limit' });
    }
    assert.equal(await soldCount(server), sold);
    assert.equal(await balance(server), left);
    await untilAwaited(server, subject);
    expectStatus(await server.agent.post(confirm, { code: await textedCode(server) }, subject),
      200);
    await untilMaySend(server, phone.id, subject);
    expectStatus(await server.agent.delete(`/v1/phone/${phone.id}`, subject), 200);
    const next = await buy(server, subject);
    assert.equal(next.credits_used, 4);
    assert.equal('brand_verification' in next, false, 'the person is known by now');
    await untilMaySend(server, next.phone.id, subject);
    await checkInvariants(server);
  });
});

test('what the tier needs, and what it refuses', async () => {
  await withServer({ config, slots: 10 }, async (server) => {
    const company = { tier: 'sole_proprietor' };
    expectError(await server.agent.post(provision, company), 400, 'invalid_input',
      { mentions: 'tier' });
    const subject = await soleUser(server);
    expectError(await server.agent.post(provision, { ...company, ein }, subject),
      400, 'invalid_input', { mentions: 'ein' });
    expectError(await server.agent.post(provision, { ...company, type: 'toll_free' }, subject),
      400, 'invalid_input', { mentions: 'tier' });
    expectError(await server.agent.post(provision, { tier: 'gold' }, subject),
      400, 'invalid_input', { mentions: 'tier' });
    assert.equal(await soldCount(server), 0);
    const { phone } = await buy(server, subject);
    expectError(await server.agent.post(provision, { tier: 'standard', ein }, subject),
      400, 'invalid_input', { mentions: 'tier' });
    assert.equal((await campaignOf(server, phone.id, subject)).kind, '10dlc');
    // A company needs no code.
    expectStatus(await server.agent.post(provision, { ein }), 202);
    await until('the company is known', async () =>
      (await phoneStatus(server)).account?.brand_status === 'verified');
    expectError(await server.agent.post(resend), 400, 'invalid_input', { mentions: 'standard' });
    expectError(await server.agent.post(confirm, { code: '123456' }), 400, 'invalid_input',
      { mentions: 'standard' });
  });
});

test('one mobile stands behind three people at most', async () => {
  await withServer({ config, slots: 10 }, async (server) => {
    for (let i = 0; i < 3; ++i) await buy(server, await soleUser(server));
    const fourth = await soleUser(server);
    expectError(await server.agent.post(provision, { tier: 'sole_proprietor' }, fourth),
      409, 'conflict', { reason: 'mobile_number_limit' });
    assert.equal(await soldCount(server), 3);
    await buy(server, await soleUser(server, { mobile_number: '+14155550199' }));
  });
});

test('a code expires; wrong codes can be ordered; a kill loses neither', async () => {
  const server = await startServer({ config, slots: 10 });
  const subject = await soleUser(server);
  expectStatus(await server.operator.patch('/v1/sandbox', { code_ms: 1 }), 200);
  const { phone } = await buy(server, subject);
  await untilAwaited(server, subject);
  const stale = await textedCode(server);
  await until('the code is stale', async () => {
    const { brand_codes: codes } = await sandboxSettings(server);
    return Date.parse(codes[0].expires_at) < Date.now() - 5;
  });
  expectError(await server.agent.post(confirm, { code: stale }, subject), 400, 'invalid_input',
    { reason: 'code_expired' });
  expectStatus(await server.operator.patch('/v1/sandbox', { code_ms: 600_000 }), 200);
  expectStatus(await server.agent.post(resend, undefined, subject), 202);
  const code = await textedCode(server, stale);
  await orderReview(server, { outcome: 'wrong_code' });
  expectError(await server.agent.post(confirm, { code }, subject), 400, 'invalid_input',
    { reason: 'code_wrong' });
  await server.kill();
  await server.start();
  assert.equal(await textedCode(server), code, 'the handset still has it');
  expectStatus(await server.agent.post(confirm, { code }, subject), 200);
  await untilMaySend(server, phone.id, subject);
  await checkInvariants(server);
  await server.stop();
});

// What may be sent, through the API: each refusal with its reason, before any charge or carrier.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { balance, createReadyUser, provisionNaive, setReviewMs } from '../support/actions.mjs';
import { runJson } from '../support/cli.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer, withServer } from '../support/server.mjs';
import { receivedBy, sendText, textArgs, textEnd, textFromOutside, textRow,
  textingNumber } from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

let server;
let phone;
before(async () => {
  // Quiet hours would let some of these tests pass by day only.
  server = await startServer({ slots: 100, credits: 10_000,
    args: textArgs, env: { DIALPLANE_MESSAGING_QUIET_HOURS: 'false' } });
  phone = await textingNumber(server);
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

// Refused with that reason; nothing is charged, stored or received.
async function refused(body, status, code,
  { reason, from = phone, at = server, as = at.agent } = {}) {
  const credits = await balance(at);
  const list = async () => expectStatus(await at.operator.get(
    `/v1/phone/${from.id}/messages?direction=outbound&limit=1`), 200).body.messages[0]?.id;
  const last = await list();
  const answer = await as.post(`/v1/phone/${from.id}/sms`, { body: 'guarded', ...body });
  expectError(answer, status, code, { reason });
  assert.equal(await balance(at), credits, 'nothing is charged');
  assert.equal(await list(), last, 'nothing is stored');
  return answer.body.error;
}

test('compliance_pending names what stands in the way, and ends by itself', async () => {
  const user = await createReadyUser(server);
  await setReviewMs(server, 60_000);
  const { phone: fresh } = await provisionNaive(server, {}, { 'x-naive-user-id': user.id });
  const error = await refused({ to: '+12125550101' }, 409, 'compliance_pending', { from: fresh });
  assert.ok(error.details.blockers.length >= 1);
  for (const blocker of error.details.blockers) {
    assert.ok(blocker.what && blocker.reason && blocker.next_step, JSON.stringify(blocker));
  }
  await setReviewMs(server, 0);
});

test('destinations: the reason is a stable word', async () => {
  for (const [to, why] of [['+19005550101', 'premium'], ['+15005550101', 'personal'],
    ['+17005550101', 'interexchange'], ['+17105550101', 'government'],
    ['+18005550101', 'toll_free'], ['+14165550101', 'country'], ['+18765550101', 'country'],
    ['+442079460000', 'country'], ['+14155551212', 'directory'], ['+14159760101', 'premium'],
    ['911', 'emergency'], ['+911', 'emergency'], ['933', 'emergency'], ['988', 'crisis_line'],
    ['411', 'service_code'], ['72345', 'short_code']]) {
    const error = await refused({ to }, 403, 'forbidden', { reason: 'destination_not_allowed' });
    assert.equal(error.details.why, why, to);
  }
  for (const to of ['4155550101', '+1415555010', 'me']) {
    await refused({ to }, 400, 'invalid_input');
  }
});

test('an agent key needs send_sms on the number; operators do not', async () => {
  const key = await runJson(['keys', 'create', '--role', 'agent', '--agent', server.agentId,
    '--data-dir', server.dataDir, '--json']);
  const agent = api(server, key.key);
  const to = '+12125550102';
  const stranger = await refused({ to }, 403, 'forbidden',
    { reason: 'missing_permission', as: agent });
  assert.equal(stranger.details.permission, 'send_sms');
  const assign = (permissions) => server.operator.post(`/v1/phone/${phone.id}/assign`,
    { agent_id: server.agentId, permissions });
  for (const answer of [await agent.post(`/v1/phone/${phone.id}/assign`,
    { agent_id: server.agentId }), await agent.delete(
    `/v1/phone/${phone.id}/assign/${server.agentId}`)]) {
    expectError(answer, 403, 'forbidden');
  }
  expectStatus(await assign(['receive_sms']), 200);
  await refused({ to }, 403, 'forbidden', { reason: 'missing_permission', as: agent });
  expectStatus(await server.operator.post(`/v1/phone/${phone.id}/sms`, { to, body: 'x' }), 202);
  expectStatus(await assign(['send_sms']), 200);
  expectStatus(await agent.post(`/v1/phone/${phone.id}/sms`, { to, body: 'x' }), 202);
});

test('marketing needs consent: recorded, attested, or a conversation', async () => {
  const to = '+12125550103';
  const sale = { to, body: 'Sale!', purpose: 'marketing', queue: true };
  const error = await refused(sale, 403, 'forbidden', { reason: 'consent_required' });
  assert.match(error.hint, /consent/);
  expectStatus(await server.agent.put(`/v1/contacts/${encodeURIComponent(to)}/consent`,
    { method: 'web_form', wording: 'Texts from Harbor', identifier: 'form-7' }), 200);
  expectStatus(await sendText(server, phone, sale), 202);

  const attested = { ...sale, to: '+12125550104', consent: 'ticked the box at sign-up' };
  expectStatus(await sendText(server, phone, attested), 202);
  const contact = expectStatus(await server.agent.get('/v1/contacts/%2B12125550104'), 200).body;
  assert.equal(contact.consents[0].method, 'attested');
  assert.equal(contact.consents[0].wording, 'ticked the box at sign-up');
  assert.notEqual(contact.first_sent_at, null);

  const from = '+12125550105';
  await textFromOutside(server, phone, 'What do you sell?', from);
  await until('the question is there', async () =>
    (await server.agent.get(`/v1/contacts/${encodeURIComponent(from)}`)).status === 200);
  const answer = expectStatus(await sendText(server, phone, { ...sale, to: from }), 202).body;
  // An answer in a conversation leaves at any hour.
  assert.equal((await textEnd(server, answer.id)).status, 'delivered');
});

test('quiet hours: refused with the next time, or queued until then', async () => {
  await withServer({ credits: 10_000, args: textArgs }, async (at) => {
    // The default kit gets a window of one hour, far from now in New York.
    const hourThere = Number(new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York',
      hour: 'numeric', hourCycle: 'h23' }).format(new Date()));
    const from = hourThere < 12 ? 18 : 9;
    const { account_kits: [kit] } = (await at.operator.get('/v1/account-kits')).body;
    const change = (hours) => at.operator.patch(`/v1/account-kits/${kit.id}`, { primitives_config:
      { phone: { enabled: true, requiresApproval: false, defaults: { quiet_hours: hours } } } });
    for (const wrong of [{ from_hour: 9, to_hour: 9 }, { from_hour: 3, to_hour: 9 },
      { from_hour: 9 }, { from_hour: 9, to_hour: 25 }]) {
      expectError(await change(wrong), 400, 'invalid_input');
    }
    expectStatus(await change({ from_hour: from, to_hour: from + 1 }), 200);
    const number = await textingNumber(at);
    const sale = { to: '+12125550106', body: 'Sale!', purpose: 'marketing', consent: 'paper' };
    const error = await refused(sale, 403, 'forbidden',
      { reason: 'quiet_hours', from: number, at });
    const next = Date.parse(error.details.next_allowed_at);
    assert.ok(next > Date.now() && next < Date.now() + 48 * 3_600_000);
    const { body } = expectStatus(await sendText(at, number, { ...sale, queue: true }), 202);
    assert.equal((await textRow(at, body.id)).status, 'queued');
    // Nothing but marketing waits.
    const plain = expectStatus(await sendText(at, number,
      { to: sale.to, body: 'Your parcel is here' }), 202).body;
    assert.equal((await textEnd(at, plain.id)).status, 'delivered');
    assert.equal((await textRow(at, body.id)).status, 'queued');
    assert.equal((await receivedBy(at, sale.to)).length, 1);
  });
});

test('too long is bad input, and says how long it is', async () => {
  const error = await refused({ to: '+12125550107', body: 'ж'.repeat(671) }, 400, 'invalid_input');
  assert.match(error.message, /10 segments; it needs 11/);
  await refused({ to: '+12125550107', body: 'x'.repeat(1601) }, 400, 'invalid_input');
});

test('the rules in force are recorded with what was accepted', async () => {
  const { body } = expectStatus(await sendText(server, phone, { to: '+12125550108', body: 'x' }),
    202);
  assert.match((await textRow(server, body.id)).metadata.rules_version, /^[0-9a-f]{12}$/);
});

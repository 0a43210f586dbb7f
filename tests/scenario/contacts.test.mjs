// Contacts: consent, opt-outs by hand, who may lift them, and what a stolen key could spend.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createReadyUser } from '../support/actions.mjs';
import { createOrganization, run, runJson } from '../support/cli.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { unknownUuid } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
before(async () => { server = await startServer({ slots: 10 }); });
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const consent = { method: 'web_form', wording: 'I agree to texts\nfrom Harbor',
  identifier: '203.0.113.7' };
const path = (number, rest = '') => `/v1/contacts/${encodeURIComponent(number)}${rest}`;
// Entries show once they are sealed, a moment after their act.
const audit = (action, atLeast) => until(`${atLeast} ${action} in the audit`, async () => {
  const { entries } = (await server.operator.get('/v1/audit?limit=100')).body;
  const found = entries.filter((entry) => entry.action === action);
  return found.length >= atLeast && found;
});

test('consent is recorded, kept and shown', async () => {
  const number = '+12125550101';
  expectError(await server.agent.get(path(number)), 404, 'not_found');
  const made = expectStatus(await server.agent.put(path(number, '/consent'), consent), 200).body;
  assert.equal(made.e164, number);
  assert.equal(made.opted_out, false);
  assert.equal(made.first_sent_at, null);
  assert.equal(made.consents.length, 1);
  assert.equal(made.consents[0].wording, consent.wording);
  assert.equal(made.consents[0].phone_id, null);
  const at = '2026-01-02T03:04:05.000Z';
  const second = expectStatus(await server.agent.put(path(number, '/consent'),
    { ...consent, method: 'paper', at }), 200).body;
  assert.equal(second.id, made.id);
  assert.deepEqual(second.consents.map((one) => one.method), ['paper', 'web_form']);
  assert.equal(second.consents[0].at, at);
  assert.deepEqual(expectStatus(await server.agent.get(path(number)), 200).body, second);
  assert.equal((await audit('contact.consent_recorded', 2)).length, 2);
});

test('consent is read strictly', async () => {
  const url = path('+12125550102', '/consent');
  for (const [body, field] of [
    [{ ...consent, method: 'telepathy' }, 'method'],
    [{ ...consent, wording: '' }, 'wording'],
    [{ method: 'paper', wording: 'x' }, 'identifier'],
    [{ ...consent, at: 'yesterday' }, 'at'],
    [{ ...consent, at: '2999-01-01T00:00:00Z' }, 'at'],
    [{ ...consent, how: 'x' }, 'how'],
  ]) {
    const answer = await server.agent.put(url, body);
    expectError(answer, 400, 'invalid_input');
    assert.equal(answer.body.error.details.field, field);
  }
  expectError(await server.agent.put(url, { ...consent, phone_id: unknownUuid }), 404,
    'resource_not_found');
  expectError(await server.agent.put(url, { ...consent, campaign_id: unknownUuid }), 404,
    'resource_not_found');
  for (const wrong of ['12125550102', '+1212555', 'me']) {
    expectError(await server.agent.put(path(wrong, '/consent'), consent), 400, 'invalid_input');
  }
  expectError(await server.agent.get(path('+12125550102')), 404, 'not_found');
});

test('an opt-out by hand blocks, once, and an operator lifts it with a reason', async () => {
  const number = '+12125550103';
  const out = expectStatus(await server.agent.post(path(number, '/opt-out'),
    { reason: 'told us on the phone' }), 200).body;
  assert.equal(out.opted_out, true);
  assert.equal(out.opt_outs.length, 1);
  assert.equal(out.opt_outs[0].source, 'operator');
  assert.equal(out.opt_outs[0].phone_id, null);
  assert.match(out.opt_outs[0].rules_version, /^[0-9a-f]{12}$/);
  const again = expectStatus(await server.agent.post(path(number, '/opt-out'), {}), 200).body;
  assert.deepEqual(again.opt_outs, out.opt_outs);

  expectError(await server.agent.post(path(number, '/opt-in'), { reason: 'please' }), 403,
    'forbidden');
  expectError(await server.operator.post(path(number, '/opt-in'), {}), 400, 'invalid_input');
  assert.equal((await server.agent.get(path(number))).body.opted_out, true);
  const back = expectStatus(await server.operator.post(path(number, '/opt-in'),
    { reason: 'called again' }), 200).body;
  assert.equal(back.opted_out, false);
  assert.deepEqual(back.opt_outs, []);
  assert.notEqual(back.opted_in_at, null);
  const acts = await audit('contact.opted_in', 1);
  assert.equal(acts.length, 1);
  assert.equal((await audit('contact.opted_out', 1)).length, 1, 'the repeat left none');
  assert.equal(acts[0].detail.reason, 'called again');
  expectError(await server.operator.post(path('+12125550199', '/opt-in'), { reason: 'x' }), 404,
    'not_found');
});

test('a repeated request with a key answers the same', async () => {
  const url = path('+12125550104', '/opt-out');
  const headers = { 'idempotency-key': 'contact-1' };
  const first = expectStatus(await server.agent.post(url, { reason: 'a' }, headers), 200);
  const second = expectStatus(await server.agent.post(url, { reason: 'a' }, headers), 200);
  assert.deepEqual(second.body, first.body);
  assert.equal(second.headers['idempotent-replayed'], 'true');
});

test('lists: by side, by page, by user, by organization', async () => {
  const owner = await createReadyUser(server);
  const mount = `/v1/users/${owner.id}/contacts`;
  const numbers = [0, 1, 2, 3].map((at) => `+1310555010${at}`);
  for (const [at, number] of numbers.entries()) {
    const one = `${mount}/${encodeURIComponent(number)}`;
    expectStatus(at % 2 ? await server.agent.post(`${one}/opt-out`)
      : await server.agent.put(`${one}/consent`, consent), 200);
  }
  const list = async (query) => expectStatus(await server.agent.get(`${mount}${query}`), 200).body;
  const shown = async (query) => (await list(query)).contacts.map((one) => one.e164);
  assert.deepEqual(await shown(''), [...numbers].reverse());
  assert.deepEqual(await shown('?opted_out=true'), [numbers[3], numbers[1]]);
  assert.deepEqual(await shown('?opted_out=false'), [numbers[2], numbers[0]]);
  const page = await list('?limit=3');
  assert.equal(page.contacts.length, 3);
  assert.deepEqual(await shown(`?limit=3&cursor=${page.next_cursor}`), [numbers[0]]);
  expectError(await server.agent.get(`${mount}?opted_out=maybe`), 400, 'invalid_input');
  // The default user and another organization know nothing of them.
  const mine = expectStatus(await server.agent.get('/v1/contacts?limit=100'), 200).body.contacts;
  assert.ok(mine.every((one) => !numbers.includes(one.e164)));
  const other = await createOrganization(server, 'Other');
  const stranger = api(server, other.operator_key);
  expectError(await stranger.get(mount), 404, 'not_found');
  expectError(await stranger.get(path('+12125550101')), 404, 'not_found');
  expectError(await stranger.post(`${mount}/${encodeURIComponent(numbers[0])}/opt-out`, {}), 404,
    'not_found');
});

test('exposure: a stolen agent key spends less than one day\'s cap', async () => {
  const all = await runJson(['exposure', '--data-dir', server.dataDir, '--json']);
  assert.equal(all.texts.credits_per_day, '40');
  assert.equal(all.organization_cap, '400');
  assert.equal(all.less_than_one_days_cap, true);
  assert.ok(Number(all.total.credits_per_day) < 400);
  assert.match(all.summary, /less than the 400 credits of one day's cap/);
  const made = await runJson(['keys', 'create', '--role', 'agent',
    '--spend-cap', '5', '--data-dir', server.dataDir, '--json']);
  const one = await runJson(['exposure', '--key', made.id, '--data-dir', server.dataDir,
    '--json']);
  assert.equal(one.total.credits_per_day, '5');
  assert.equal(one.total.set_by, "the key's spend cap");
  const wrong = await run(['exposure', '--key', unknownUuid, '--data-dir', server.dataDir]);
  assert.notEqual(wrong.code, 0);
});

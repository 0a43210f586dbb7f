// API keys over HTTP: made, listed, ended at once, and telling who they are.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { provisionNaive } from '../support/actions.mjs';
import { createOrganization, run, runJson } from '../support/cli.mjs';
import { openStream } from '../support/event_stream.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { unknownUuid } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
before(async () => { server = await startServer({ slots: 20, credits: 1_000 }); });
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

async function make(body, headers) {
  const made = expectStatus(await server.operator.post('/v1/auth/keys', body, headers), 201).body;
  server.secrets.add(made.key);
  return { ...made, api: api(server, made.key) };
}
const list = async (client = server.operator) =>
  expectStatus(await client.get('/v1/auth/keys?limit=100'), 200).body.keys;
const whoAmI = async (client) => expectStatus(await client.get('/v1/auth/key'), 200).body;
// Entries show once they are chained, a moment after the act.
const auditOf = (id, count = 1) => until(`${count} audit entries`, async () => {
  const { entries } = expectStatus(await server.operator.get('/v1/audit?limit=100'), 200).body;
  const fitting = entries.filter((entry) => entry.object === id);
  return fitting.length >= count ? fitting : undefined;
});

test('a key is made, works, and its text is shown this once', async () => {
  const made = await make({ role: 'agent' });
  assert.match(made.key, /^nv_sk_live_[0-9A-Za-z]{32}$/);
  assert.ok(made.prefix.startsWith('nv_sk_live_') && made.prefix.endsWith(made.key.slice(-4)));
  assert.equal(made.status, 'active');
  expectStatus(await made.api.get('/v1/phone'), 200);
  expectError(await made.api.get('/v1/users'), 403, 'forbidden');
  const operator = await make({ role: 'operator' });
  assert.match(operator.key, /^nv_pk_live_/);
  expectStatus(await operator.api.get('/v1/users'), 200);
  const listed = await server.operator.get('/v1/auth/keys');
  const rows = expectStatus(listed, 200).body.keys;
  assert.deepEqual(rows.slice(0, 2).map((row) => row.id), [operator.id, made.id], 'newest first');
  assert.ok(!listed.text.includes(made.key) && !listed.text.includes(made.key.slice(11)));
  const [row] = rows.filter((each) => each.id === made.id);
  const { key, api: client, ...shown } = made;
  assert.deepEqual(row, shown);
});

test('pages', async () => {
  const all = await list();
  assert.ok(all.length >= 4);
  const seen = [];
  let cursor = '';
  do {
    const page = expectStatus(
      await server.operator.get(`/v1/auth/keys?limit=1${cursor}`), 200).body;
    seen.push(...page.keys.map((row) => row.id));
    cursor = page.next_cursor && `&cursor=${page.next_cursor}`;
  } while (cursor);
  assert.deepEqual(seen, all.map((row) => row.id));
});

test('bindings, expiry and spend cap', async () => {
  const user = expectStatus(await server.operator.post('/v1/users',
    { label: 'Shop', external_id: 'crm-7' }), 201).body;
  await provisionNaive(server);
  const bound = await make({ role: 'agent', user_id: user.id, agent_id: server.agentId,
    expires_in_s: 3600, spend_cap_credits_per_day: 12.5 });
  assert.equal(bound.user_id, user.id);
  assert.equal(bound.agent_id, server.agentId);
  assert.equal(bound.spend_cap_credits_per_day, 12.5);
  const left = Date.parse(bound.expires_at) - Date.now();
  assert.ok(left > 3_500_000 && left <= 3_600_000, bound.expires_at);
  assert.deepEqual(expectStatus(await bound.api.get('/v1/phone'), 200).body.phones, [],
    'sees its user only');
  const me = await whoAmI(bound.api);
  assert.equal(me.id, bound.id);
  assert.equal(me.role, 'agent');
  assert.equal(me.prefix, bound.prefix);
  assert.deepEqual(me.user, { id: user.id, external_id: 'crm-7', label: 'Shop' });
  assert.equal(me.agent.id, server.agentId);
  assert.deepEqual(me.scopes, ['use']);
  assert.equal(me.spend_cap_credits_per_day, 12.5);
  assert.equal(me.spent_today_credits, 0);
  assert.equal(me.expires_at, bound.expires_at);

  const at = new Date(Date.now() + 1500).toISOString();
  const soon = await make({ role: 'agent', expires_at: at, spend_cap_credits_per_day: '0.5' });
  assert.equal(soon.expires_at, at);
  assert.equal(soon.spend_cap_credits_per_day, 0.5);
  expectStatus(await soon.api.get('/v1/phone'), 200);
  await until('the key has expired', async () =>
    (await soon.api.get('/v1/phone')).status === 401);
  assert.equal((await list()).find((row) => row.id === soon.id).status, 'expired');
});

test('what a key has spent today', async () => {
  const buyer = await make({ role: 'agent', spend_cap_credits_per_day: 5 });
  expectStatus(await buyer.api.post('/v1/phone/provision', { label: 'one' }), 202);
  const { spent_today_credits: spent } = await whoAmI(buyer.api);
  assert.ok(spent > 0 && spent <= 5, String(spent));
  expectError(await buyer.api.post('/v1/phone/provision', { label: 'two' }), 402,
    'billing_blocked', { reason: 'spend_cap_reached' });
  assert.equal((await whoAmI(buyer.api)).spent_today_credits, spent);
});

test('who am I, as operator', async () => {
  const me = await whoAmI(server.operator);
  assert.equal(me.role, 'operator');
  assert.deepEqual(me.scopes, ['use', 'approve', 'manage']);
  assert.ok(me.organization.id && me.organization.name && me.organization.plan);
  assert.equal(me.user, null);
  assert.equal(me.agent, null);
  assert.equal(me.expires_at, null);
  assert.equal(me.spend_cap_credits_per_day, null);
  expectError(await server.anonymous.get('/v1/auth/key'), 401, 'unauthorized');
});

test('bad wishes make nothing', async () => {
  const count = (await list()).length;
  const user = expectStatus(await server.operator.post('/v1/users', {}), 201).body;
  const later = new Date(Date.now() + 60_000).toISOString();
  for (const [body, field] of [[{}, 'role'], [{ role: 'king' }, 'role'],
    [{ role: 'operator', user_id: user.id }, 'user'],
    [{ role: 'operator', agent_id: server.agentId }, 'agent'],
    [{ role: 'agent', expires_at: 'soon' }, 'expires_at'],
    [{ role: 'agent', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ role: 'agent', expires_in_s: 0 }, 'expires_in_s'],
    [{ role: 'agent', expires_at: later, expires_in_s: 60 }, 'expires_in_s'],
    [{ role: 'agent', spend_cap_credits_per_day: -1 }, 'spend_cap_credits_per_day'],
    [{ role: 'agent', spend_cap_credits_per_day: 'x' }, 'spend_cap_credits_per_day'],
    [{ role: 'agent', spend_cap_credits_per_day: 1e300 }, 'spend_cap_credits_per_day'],
    [{ role: 'agent', spend_cap_credits_per_day: true }, 'spend_cap_credits_per_day'],
    [{ role: 'agent', expires: '30d' }, 'expires'], [{ role: 'agent', key: 'mine' }, 'key']]) {
    expectError(await server.operator.post('/v1/auth/keys', body), 400, 'invalid_input',
      { mentions: field });
  }
  for (const body of [{ role: 'agent', user_id: unknownUuid }, { role: 'agent', user_id: 'x' },
    { role: 'agent', agent_id: unknownUuid }, { role: 'agent', agent_id: 'x' }]) {
    expectError(await server.operator.post('/v1/auth/keys', body), 404, 'not_found');
  }
  assert.equal((await list()).length, count);
});

test('agent keys make, list and end no keys', async () => {
  const victim = await make({ role: 'agent' });
  for (const client of [server.agent, victim.api]) {
    expectError(await client.get('/v1/auth/keys'), 403, 'forbidden');
    expectError(await client.post('/v1/auth/keys', { role: 'agent' }), 403, 'forbidden');
    expectError(await client.delete(`/v1/auth/keys/${victim.id}`), 403, 'forbidden');
  }
  expectStatus(await victim.api.get('/v1/phone'), 200);
});

test('the same request again gets the same key, another body is refused', async () => {
  const count = (await list()).length;
  const headers = { 'Idempotency-Key': 'one-key' };
  const first = await make({ role: 'agent', expires_in_s: 600 }, headers);
  const again = await server.operator.post('/v1/auth/keys',
    { role: 'agent', expires_in_s: 600 }, headers);
  expectStatus(again, 201);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  assert.equal(again.body.key, first.key);
  assert.equal(again.body.id, first.id);
  expectError(await server.operator.post('/v1/auth/keys', { role: 'operator' }, headers), 409,
    'idempotency_conflict');
  assert.equal((await list()).length, count + 1);
  assert.equal((await auditOf(first.id)).length, 1);
  // Sealed: nothing in the data directory shows the text.
  const [, random] = /_live_(\w+)$/.exec(first.key);
  for (const name of readdirSync(server.dataDir, { withFileTypes: true })) {
    if (!name.isFile()) continue;
    const bytes = readFileSync(join(server.dataDir, name.name));
    assert.ok(!bytes.includes(random), `${name.name} holds the key`);
  }
});

test('a key that is ended is refused at once, on every connection', async () => {
  const made = await make({ role: 'agent' });
  // Every loop has seen it.
  const asks = () => Promise.all(Array.from({ length: 24 }, () => made.api.get('/v1/phone')));
  for (const answer of await asks()) expectStatus(answer, 200);
  const ended = expectStatus(await server.operator.delete(`/v1/auth/keys/${made.id}`), 200).body;
  assert.equal(ended.status, 'revoked');
  assert.ok(ended.revoked_at);
  for (const answer of await asks()) expectError(answer, 401, 'unauthorized');
  const again = expectStatus(await server.operator.delete(`/v1/auth/keys/${made.id}`), 200).body;
  assert.equal(again.revoked_at, ended.revoked_at, 'twice changes nothing');
  const entries = await auditOf(made.id, 2);
  assert.deepEqual(entries.map((entry) => entry.action).sort(), ['key.created', 'key.revoked']);
  const me = await whoAmI(server.operator);
  for (const entry of entries) {
    assert.equal(entry.key_id, me.id);
    assert.equal(entry.actor_type, 'operator');
    assert.equal(entry.detail.role, 'agent');
    assert.ok(!JSON.stringify(entry).includes(made.key));
    assert.notEqual(entry.request_id, '');
  }
});

test('a stream hears nothing after its key was ended', async () => {
  const made = await make({ role: 'operator' });
  const path = '/v1/events?types=contact.opted_out';
  const stream = await openStream(server, { path, key: made.key });
  const other = await openStream(server, { path });
  const event = async (number) => expectStatus(await server.operator.post(
    `/v1/contacts/${encodeURIComponent(number)}/opt-out`, {}), 200);
  await event('+13125550101');
  await stream.wait(1);
  await other.wait(1);
  expectStatus(await server.operator.delete(`/v1/auth/keys/${made.id}`), 200);
  await event('+13125550102');
  await other.wait(2);
  await stream.end();
  assert.equal(stream.events.length, 1);
  // Others go on.
  await event('+13125550103');
  await other.wait(3);
  other.close();
});

test('no key ends itself, and the last operator key stays', async () => {
  const me = await whoAmI(server.operator);
  const refusal = await server.operator.delete(`/v1/auth/keys/${me.id}`);
  expectError(refusal, 409, 'conflict', { mentions: 'itself' });
  assert.match(refusal.body.error.hint, /another operator key/);
  expectStatus(await server.operator.get('/v1/users'), 200);
  const lonely = await createOrganization(server, 'Lonely');
  server.secrets.add(lonely.operator_key);
  server.secrets.add(lonely.agent_key);
  const theirs = api(server, lonely.operator_key);
  const [last] = (await list(theirs)).filter((row) => row.role === 'operator');
  // An operator key that has expired, or was revoked, is none that works.
  const brief = expectStatus(await theirs.post('/v1/auth/keys',
    { role: 'operator', expires_in_s: 1 }), 201).body;
  server.secrets.add(brief.key);
  await until('it has expired', async () =>
    (await api(server, brief.key).get('/v1/users')).status === 401);
  const refused = await run(['keys', 'revoke', last.id, '--data-dir', server.dataDir]);
  assert.notEqual(refused.code, 0, 'at the machine too');
  assert.match(refused.stdout + refused.stderr, /last operator key/);
  expectStatus(await theirs.get('/v1/users'), 200);
  // With another one it goes, and the other is the last then.
  const next = expectStatus(await theirs.post('/v1/auth/keys', { role: 'operator' }), 201).body;
  server.secrets.add(next.key);
  const successor = api(server, next.key);
  expectStatus(await successor.delete(`/v1/auth/keys/${last.id}`), 200);
  expectError(await theirs.get('/v1/users'), 401, 'unauthorized');
  expectError(await successor.delete(`/v1/auth/keys/${next.id}`), 409, 'conflict');
});

test("another organization's keys are not there", async () => {
  const stranger = await createOrganization(server, 'Stranger');
  server.secrets.add(stranger.operator_key);
  server.secrets.add(stranger.agent_key);
  const theirs = api(server, stranger.operator_key);
  const ours = await make({ role: 'agent' });
  assert.ok(!(await list(theirs)).some((row) => row.id === ours.id));
  expectError(await theirs.delete(`/v1/auth/keys/${ours.id}`), 404, 'not_found');
  expectError(await theirs.delete(`/v1/auth/keys/${unknownUuid}`), 404, 'not_found');
  expectError(await theirs.delete('/v1/auth/keys/x'), 404, 'not_found');
  const { users } = expectStatus(await server.operator.get('/v1/users'), 200).body;
  expectError(await theirs.post('/v1/auth/keys', { role: 'agent', user_id: users[0].id }), 404,
    'not_found');
  expectError(await theirs.post('/v1/auth/keys', { role: 'agent', agent_id: server.agentId }),
    404, 'not_found');
  expectStatus(await ours.api.get('/v1/phone'), 200);
});

test('keys of the machine and of HTTP are the same keys', async () => {
  const local = await runJson(['keys', 'create', '--role', 'agent', '--spend-cap', '7',
    '--data-dir', server.dataDir]);
  server.secrets.add(local.key);
  assert.equal((await whoAmI(api(server, local.key))).spend_cap_credits_per_day, 7);
  const row = (await list()).find((each) => each.id === local.id);
  assert.equal(row.prefix, local.hint);
  const [entry] = await auditOf(local.id);
  assert.equal(entry.actor_type, 'local');
  expectStatus(await server.operator.delete(`/v1/auth/keys/${local.id}`), 200);
  expectError(await api(server, local.key).get('/v1/phone'), 401, 'unauthorized');
  const made = await make({ role: 'agent' });
  await runJson(['keys', 'revoke', made.id, '--data-dir', server.dataDir]);
  expectError(await made.api.get('/v1/phone'), 401, 'unauthorized');
});

test('keys at the command line, over HTTP', async () => {
  const env = { DIALPLANE_SERVER: server.origin, DIALPLANE_API_KEY: server.operatorKey };
  const cli = (...args) => runJson(args, { env });
  const me = await cli('whoami');
  assert.equal(me.role, 'operator');
  const user = expectStatus(await server.operator.post('/v1/users', {}), 201).body;
  const made = await cli('keys', 'create', '--role', 'agent', '--agent', server.agentId, '--user',
    user.id, '--expires', '30d', '--spend-cap', '12.5', '--server', server.origin);
  server.secrets.add(made.key);
  assert.equal(made.user_id, user.id);
  assert.equal(made.agent_id, server.agentId);
  assert.equal(made.spend_cap_credits_per_day, 12.5);
  const days = (Date.parse(made.expires_at) - Date.now()) / 86_400_000;
  assert.ok(days > 29.9 && days <= 30, made.expires_at);
  const theirs = { DIALPLANE_SERVER: server.origin, DIALPLANE_API_KEY: made.key };
  assert.equal((await runJson(['whoami'], { env: theirs })).id, made.id);
  const { keys } = await cli('keys', 'list', '--limit', '100');
  assert.ok(keys.some((row) => row.id === made.id));
  assert.equal((await cli('keys', 'revoke', made.id)).status, 'revoked');
  const ended = await run(['whoami'], { env: theirs });
  assert.equal(ended.code, 3, ended.stderr);
  for (const [args, code] of [[['keys', 'create'], 2], [['keys', 'create', '--role', 'king'], 2],
    [['keys', 'create', '--role', 'agent', '--expires', 'soon'], 2],
    [['keys', 'create', '--role', 'operator', '--user', user.id], 1],
    [['keys', 'revoke', me.id], 1], [['keys', 'revoke', unknownUuid], 1]]) {
    const refused = await run(args, { env });
    assert.equal(refused.code, code, `${args.join(' ')}: ${refused.stderr}`);
  }
});

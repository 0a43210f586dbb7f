// Every command that asks a server, run once: what it prints is judged by contract/cli.yaml and,
// where it is one request, by the answers that contract/openapi.yaml allows. A command without a
// line here fails the test.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { ein } from '../support/actions.mjs';
import { runJson } from '../support/cli.mjs';
import { client } from '../support/client_cli.mjs';
import { operationOf, resultComplaint } from '../support/contract.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startReceiver } from '../support/receiver.mjs';
import { freshDirectory, startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const contract = parse(readFileSync(new URL('../../contract/cli.yaml', import.meta.url), 'utf8'));
const ajv = new Ajv.default({ strict: false, allErrors: true });
const isEnvelope = ajv.compile(contract.envelope);

let server;
let receiver;
let cli;
let catalog;
const made = {};  // ids by what they are of
const seen = new Set();

before(async () => {
  receiver = await startReceiver();
  server = await startServer({ credits: 5000 });
  cli = client(server);
  catalog = (await runJson(['commands', '--json'])).commands
    .filter((one) => one.where === 'server');
});
after(async () => {
  try {
    await checkInvariants(server);
    await server.stop();
  } finally {
    await receiver.close();
  }
});

// Runs a command, judges what it printed, and gives the result (or, refused, the error).
async function judged(name, args = [], code = 0) {
  const one = catalog.find((each) => each.name === name);
  assert.ok(one, `there is no command ${name}`);
  seen.add(name);
  const ended = await cli(...name.split(' '), ...args);
  assert.equal(ended.code, code, `${name}: ${ended.stderr}${ended.stdout}`);
  assert.ok(isEnvelope(ended.document),
    `${name}: ${ended.stdout}${JSON.stringify(isEnvelope.errors)}`);
  assert.equal(ended.document.success, code === 0);
  if (code !== 0) return ended.document.error;
  const { result } = ended.document;
  if (one.request === '') {
    const fits = ajv.compile(contract.results[ended.document.action]);
    assert.ok(fits(result), `${name}: ${JSON.stringify(fits.errors)}`);
  } else {
    const [method, template] = one.request.split(' ');
    const complaint = resultComplaint(operationOf(method, template), result);
    assert.equal(complaint, undefined, name);
  }
  return result;
}

test('numbers and texts', async () => {
  made.phone = (await judged('phone provision', ['--ein', ein, '--label', 'Desk'])).phone.id;
  const [row] = (await judged('phone list')).phones;
  made.e164 = row.e164;
  await judged('phone status');
  await until('it may send', async () =>
    (await judged('phone get', [made.phone])).send_readiness.may_send);
  made.agent = (await judged('agents create', ['--name', 'Front'])).id;
  await judged('phone assign', [made.phone, '--agent-id', made.agent]);
  await judged('phone assignments', [made.phone]);
  await judged('phone unassign', [made.phone, made.agent]);
  await judged('phone campaign', [made.phone]);
  await judged('phone available', ['--area-code', '415']);
  made.quote = (await judged('phone quote', ['--area-code', '415'])).id;
  await judged('phone quote get', [made.quote]);
  await judged('phone check');
  await judged('phone resend-otp', [], 1);
  await judged('phone confirm-otp', ['123456'], 1);
  await judged('sandbox text', ['--from', '+14155550123', '--to', made.e164, '--body', 'Open?']);
  const text = await until('the text is there', async () =>
    (await judged('phone messages', [made.phone])).messages[0]);
  await judged('phone read', [text.id]);
  await judged('phone wait', [made.phone, '--timeout-ms', '0']);
  await judged('phone send', ['--from', made.phone, '--to', '+14155550123', '--body', 'Yes.',
    '--dry-run']);
  await judged('contacts list');
  await judged('contacts get', ['+14155550123']);
  await judged('contacts opt-out', ['+14155550123']);
  await judged('contacts opt-in', ['+14155550123', '--reason', 'asked by phone',
    '--confirmed-by-contact']);
  await judged('contacts consent', ['+14155550123', '--method', 'web_form', '--wording',
    'I agree to texts.', '--identifier', 'order-17']);
});

test('numbers for calls, agents, calls', async () => {
  made.number = (await judged('numbers provision', ['--label', 'Line'])).id;
  await judged('numbers list');
  await judged('numbers get', [made.number]);
  await judged('numbers update', [made.number, '--label', 'Night']);
  await judged('numbers import', ['--number', '+14155550100', '--label', 'x', '--provider',
    'provider_none'], 1);
  await judged('agents list');
  await judged('agents get', [made.agent]);
  await judged('agents update', [made.agent, '--description', 'day']);
  await judged('agents voice set', [made.agent, '--type', 'websocket', '--url',
    'wss://example.com/v']);
  await judged('agents voice get', [made.agent]);
  await judged('sandbox call', ['--from', '+14155550123', '--to', made.e164]);
  await judged('calls list', ['--agent-id', made.agent]);
  await judged('calls get', ['ac_0000000000000000000000'], 1);
  await judged('agents voice clear', [made.agent]);
});

test('approvals, campaigns, credits', async () => {
  const kit = (await judged('kits list')).account_kits[0].id;
  await judged('kits get', [kit]);
  made.kit = (await judged('kits create', ['--name', 'Careful', '--requires-approval', 'true'])).id;
  await judged('kits update', [made.kit, '--max-numbers', '3']);
  made.user = (await judged('users create', ['--external-id', 'acme'])).id;
  await judged('kits assign', [made.kit, made.user]);
  await judged('users list');
  await judged('users get', [made.user]);
  await judged('users update', [made.user, '--label', 'Acme']);
  const wanted = async () => expectStatus(await server.agent.post('/v1/phone/provision', {}),
    202).body;
  expectStatus(await server.operator.patch(`/v1/account-kits/${kit}`,
    { primitives_config: { phone: { enabled: true, requiresApproval: true } } }), 200);
  const first = (await wanted()).approval_id;
  await judged('approvals list', ['--status', 'pending']);
  await judged('approvals get', [first]);
  await judged('approvals approve', [first]);
  const second = expectStatus(await server.agent.post('/v1/phone/provision',
    { label: 'Another' }), 202).body.approval_id;
  await judged('approvals deny', [second, '--reason', 'not now']);
  const campaign = (await judged('campaigns list')).campaigns[0].id;
  await judged('campaigns get', [campaign]);
  await judged('campaigns resubmit', [campaign], 1);
  await judged('campaigns end', [campaign], 1);
  await judged('credits list');
  await judged('credits packs');
  await judged('credits topup', ['small']);
  await judged('users delete', [made.user]);
  await judged('kits delete', [made.kit]);
});

test('companies', async () => {
  const company = (await judged('companies list')).formations[0].id;
  await judged('companies get', [company]);
  await judged('companies update', [company, '--website', 'https://example.com']);
  await judged('companies create', ['--name', 'Second LLC'], 1);
  await judged('companies submit', [company], 1);
  await judged('companies complete', [company]);
});

test('carriers, webhooks, sandbox', async () => {
  await judged('carriers list');
  await judged('carriers get', ['sandbox']);
  await judged('carriers add', ['--kind', 'nobody', '--credentials', '{}'], 1);
  await judged('carriers update', ['nobody', '--preference', '1'], 1);
  await judged('carriers check', ['nobody'], 1);
  await judged('carriers remove', ['nobody'], 1);
  await judged('reconcile');
  await judged('reconcile show');
  made.webhook = (await judged('webhooks create', ['--url', receiver.url, '--events',
    'sms.received'])).id;
  await judged('webhooks list');
  await judged('webhooks get', [made.webhook]);
  await judged('webhooks update', [made.webhook, '--events', 'sms.received,phone.released']);
  await judged('webhooks event-types');
  await judged('webhooks test', [made.webhook]);
  const delivery = await until('the delivery is there', async () =>
    (await judged('webhooks deliveries', [made.webhook])).deliveries[0]);
  await judged('webhooks delivery', [delivery.id]);
  await judged('webhooks replay', [delivery.id]);
  await judged('webhooks rotate-secret', [made.webhook]);
  await judged('webhooks delete', [made.webhook]);
  await judged('inbox list');
  await judged('inbox retry', ['0198c2a4-7c1e-7000-8000-00000000000b'], 1);
  await judged('sandbox list');
  await judged('sandbox set', ['--review-ms', '50']);
  await judged('sandbox numbers');
  await judged('sandbox messages', ['--to', '+14155550123']);
  await judged('sandbox fault', ['--on', 'lookup', '--outcome', 'slow', '--delay-ms', '1']);
  await judged('sandbox faults');
  await judged('sandbox heal');
});

test('keys, audit, plans, doctor', async () => {
  await judged('whoami');
  const key = await judged('keys create', ['--role', 'agent', '--spend-cap', '5']);
  server.secrets.add(key.key);
  await judged('keys list');
  await judged('keys revoke', [key.id]);
  await judged('audit list');
  const file = join(freshDirectory(), 'numbers.yaml');
  writeFileSync(file, 'numbers:\n  - label: Planned\n');
  await judged('plan', ['-f', file]);
  await judged('apply', ['-f', file]);
  await judged('doctor');
  await judged('operations get', ['0198c2a4-7c1e-7000-8000-00000000000c'], 1);
});

test('release and restore', async () => {
  await judged('phone release', [made.phone]);
  await judged('phone restore', [made.phone], 1);
  await judged('numbers delete', [made.number]);
  await judged('agents delete', [made.agent]);
});

test('no command was left out', () => {
  // These follow something until they are told to stop; cli_terminal and cli_tail run them.
  const following = ['approvals watch', 'tail', 'listen'];
  const left = catalog.map((one) => one.name)
    .filter((name) => !seen.has(name) && !following.includes(name));
  assert.deepEqual(left, []);
});

test('a document for every kind of refusal', async () => {
  for (const [code, args, env] of [
    [1, ['phone', 'get', '0198c2a4-7c1e-7000-8000-000000000001'], {}],
    [2, ['phone', 'get'], {}],
    [2, ['phone', 'list', '--limt', '5'], {}],
    [2, ['phone', 'provision', '--type', 'mobile'], {}],
    [2, ['phone', 'provision', '--yes', '--idempotency-key='], {}],
    [3, ['phone'], { DIALPLANE_API_KEY: 'nv_pk_live_wrong' }],
    [4, ['phone'], { DIALPLANE_SERVER: 'http://127.0.0.1:1025' }]]) {
    const ended = await client(server, { env })(...args);
    assert.equal(ended.code, code, `${args.join(' ')}: ${ended.stdout}`);
    assert.ok(isEnvelope(ended.document), ended.stdout);
    assert.equal(ended.document.success, false);
    assert.ok(ended.stderr.includes(ended.document.error.message));
  }
});

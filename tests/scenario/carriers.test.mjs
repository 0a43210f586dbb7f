// Carrier accounts at run time: added, checked, shown, rotated and removed, at the command line and
// over REST; and what happens to them: revoked credentials, no funds, removed with numbers on them.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { credentialFile, ownAccount } from '../support/carrier_accounts.mjs';
import { createOrganization, resultIn, run, runJson } from '../support/cli.mjs';
import { openStream } from '../support/event_stream.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { eventComplaint } from '../support/receiver.mjs';
import { freshDirectory, startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';
import { startEmulator } from '../support/wire_emulator.mjs';

let emulator;
let server;
let account;
let good;    // credentials that the carrier accepts
let file;    // them, in a file

before(async () => {
  emulator = await startEmulator('twilio');
  account = await ownAccount(emulator);
  good = { account_sid: account.sid, auth_token: account.token };
  file = credentialFile(good);
  server = await startServer({ args: ['--carriers-ask-again-ms', '300'] });
  server.secrets.add(account.token);
});
after(async () => {
  try {
    await checkInvariants(server,
      { elsewhere: (await emulator.state()).numbers.map((each) => each.e164) });
    await server.stop();
  } finally {
    await emulator.stop();
  }
});

const here = () => ['--data-dir', server.dataDir];
const option = () => ['--option', `base_url=${emulator.origin}`];
const add = (more = []) =>
  runJson(['carriers', 'add', 'twilio', '--credential-file', file, ...option(), ...more,
    ...here()]);
const read = async (name = 'twilio') =>
  expectStatus(await server.operator.get(`/v1/carriers/${name}`), 200).body;
const envelopeOf = ({ data: { id, ...envelope } }) => envelope;
const stream = () => openStream(server, { path: '/v1/events?types=carrier.account_changed' });
const isIn = (state) => until(`the account is ${state}`, async () =>
  (await read()).state === state, { timeoutMs: 15_000 });

async function failing(args, mentions) {
  const ended = await run([...args, ...here()]);
  assert.notEqual(ended.code, 0, ended.stdout);
  assert.ok(ended.stderr.includes(mentions), `${ended.stderr} should say ${mentions}`);
  assert.ok(!(ended.stderr + ended.stdout).includes(account.token));
}

test('describe: what there is, what one needs and can do', async () => {
  const { kinds } = await runJson(['carriers', 'describe', '--json']);
  assert.ok(kinds.some((each) => each.kind === 'twilio'));
  const one = await runJson(['carriers', 'describe', 'twilio', '--json']);
  assert.ok(one.credentials.some((each) => each.name === 'auth_token' && each.secret));
  assert.equal(one.prices.local.monthly_usd, '1.15');
  assert.ok(one.set_up.length > 0);
  const nobody = await run(['carriers', 'describe', 'nobody']);
  assert.notEqual(nobody.code, 0);
  assert.match(nobody.stderr, /There is no carrier nobody/);
});

test('what is wrong with a new account is said, and nothing is saved', async () => {
  const wrong = credentialFile({ ...good, auth_token: 'x'.repeat(32) });
  const unknown = credentialFile({ ...good, auth_tokem: 'x' });
  const fromFile = (path) => ['carriers', 'add', 'twilio', '--credential-file', path];
  await failing([...fromFile(wrong), ...option()], 'does not accept these credentials');
  await failing([...fromFile(unknown), ...option()], 'no credential auth_tokem');
  await failing([...fromFile('/nowhere/at/all'), ...option()], 'cannot be opened');
  await failing(['carriers', 'add', 'twilio', ...option()], 'account_sid');
  await failing(['carriers', 'add', 'nobody', '--credential-file', file], 'no carrier "nobody"');
  await failing([...fromFile(file), ...option(), '--name', 'No Name'], 'a-z');
  await failing([...fromFile(file), ...option(), '--name', 'sandbox'], 'has this name');
  // The real one must be able to reach us.
  await failing(fromFile(file), '--public-url');
  await failing([...fromFile(file), '--option', 'base_url=https://api.example'], '--public-url');
  await failing([...fromFile(file), '--option', 'base_url=http://127.0.0.1:9'], 'carrier');
  assert.deepEqual((await runJson(['carriers', 'list', ...here()])).carriers, []);
});

test('added at the command line, it sells instead of the sandbox', async () => {
  const events = await stream();
  const made = await add(['--label', 'Main', '--preference', '5']);
  assert.equal(made.name, 'twilio');
  assert.equal(made.state, 'active');
  assert.deepEqual(made.credentials, { account_sid: account.sid });
  const [told] = await events.wait(1);
  assert.equal(eventComplaint(envelopeOf(told)), undefined);
  assert.equal(told.data.data.name, 'twilio');
  assert.equal(told.data.data.previous, null);
  events.close();
  const { carriers } = await runJson(['carriers', 'list', ...here()]);
  assert.deepEqual(carriers.map((each) => each.name), ['twilio']);
  await failing(['carriers', 'add', 'twilio', '--credential-file', file, ...option()],
    'configured already');
  const bought = expectStatus(
    await server.agent.post('/agents/phone-numbers/provision', { label: 'Real' }), 201).body;
  assert.ok(await account.number(bought.number), 'bought at the carrier');
});

test('shown over REST without secrets, to the right operators', async () => {
  const listed = expectStatus(await server.operator.get('/v1/carriers'), 200);
  assert.deepEqual(listed.body.carriers.map((each) => each.name), ['twilio', 'sandbox']);
  assert.ok(!listed.text.includes(account.token));
  const one = await read();
  assert.equal(one.numbers, 1);
  assert.equal(one.preference, 5);
  assert.equal(one.abilities.is_real, true);
  expectError(await server.agent.get('/v1/carriers'), 403, 'forbidden');
  const stranger = await createOrganization(server, 'Stranger');
  server.secrets.add(stranger.operator_key);
  server.secrets.add(stranger.agent_key);
  const theirs = api(server, stranger.operator_key);
  assert.deepEqual(expectStatus(await theirs.get('/v1/carriers'), 200).body.carriers, []);
  expectError(await theirs.get('/v1/carriers/twilio'), 404, 'not_found');
  expectError(await theirs.delete('/v1/carriers/twilio?force=true'), 404, 'not_found');
  expectError(await theirs.post('/v1/carriers', { kind: 'twilio', credentials: good,
    options: { base_url: emulator.origin } }), 403, 'forbidden');
});

test('check: read only by default; buys and releases one number when told to', async () => {
  const before = await emulator.state();
  const checked = await run(['carriers', 'check', 'twilio', '--json', ...here()]);
  const plain = resultIn(checked.stdout);
  assert.equal(plain.account.includes(account.sid), true);
  assert.ok(plain.missing.some((each) => each.includes('primary customer profile')));
  assert.equal(plain.works, false);
  assert.equal(checked.code, 1, 'something is missing');
  const rest = expectStatus(await server.operator.post('/v1/carriers/twilio/check'), 200).body;
  assert.equal(rest.account, plain.account);
  // Without --yes it says what it would do.
  const asked = resultIn((await run(['carriers', 'check', 'twilio', '--buy-and-release',
    '--json', ...here()])).stdout);
  assert.match(asked.advice, /--yes/);
  assert.equal((await emulator.state()).purchases.length, before.purchases.length);

  const transcript = join(freshDirectory(), 'transcript.json');
  const done = resultIn((await run(['carriers', 'check', 'twilio', '--buy-and-release', '--yes',
    '--save-transcript', transcript, '--json', ...here()], { timeoutMs: 60_000 })).stdout);
  assert.deepEqual(done.steps.map((each) => [each.step, each.ok]), [['check_account', true],
    ['search', true], ['buy', true], ['verify_bought', true], ['release', true],
    ['verify_released', true]]);
  const now = await emulator.state();
  assert.equal(now.purchases.length, before.purchases.length + 1);
  assert.equal(now.numbers.length, before.numbers.length);
  assert.equal(statSync(transcript).mode & 0o777, 0o600);
  const text = readFileSync(transcript, 'utf8');
  const [head, ...lines] = text.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual([head.transcript, head.carrier, head.account, head.from],
    [1, 'twilio', 'twilio', 'emulator']);
  assert.deepEqual([...new Set(lines.map((line) => line.call).filter(Boolean))],
    ['check_account', 'search', 'buy', 'look_up', 'release']);
  const bought = lines.find((line) => line.exchange?.method === 'POST').exchange;
  assert.equal(bought.answer.status, 201);
  assert.ok(bought.path.endsWith('/IncomingPhoneNumbers.json'));
  // It holds no secret, no address of ours, and no number that exists.
  for (const secret of [account.token, account.sid, server.origin, now.purchases.at(-1).e164]) {
    assert.ok(secret && !text.includes(secret), secret);
  }
  assert.ok(!/authorization/i.test(text));
  await failing(['carriers', 'check', 'twilio', '--save-transcript', transcript],
    'cannot be written');
});

test('revoked credentials: a state with a sentence and an event, healed by itself', async () => {
  const events = await stream();
  await emulator.control('POST', 'account', { revoked: true });
  expectStatus(await server.operator.post('/v1/carriers/twilio/check'), 200);
  await isIn('credentials_rejected');
  assert.match((await read()).sentence, /carriers rotate twilio/);
  const [told] = await events.wait(1);
  assert.equal(eventComplaint(envelopeOf(told)), undefined);
  assert.equal(told.data.data.state, 'credentials_rejected');
  assert.equal(told.data.data.previous, 'active');
  await failing(['carriers', 'rotate', 'twilio', '--credential-file', file],
    'does not accept these credentials');
  await emulator.control('POST', 'account', { revoked: false });
  await isIn('active');
  const [, healed] = await events.wait(2);
  assert.equal(healed.data.data.state, 'active');
  events.close();
});

test('no money left: a state of its own, over a restart too', async () => {
  await emulator.control('POST', 'account', { balance_micro_usd: 0 });
  expectStatus(await server.operator.post('/v1/carriers/twilio/check'), 200);
  await isIn('out_of_funds');
  assert.match((await read()).sentence, /no money left/);
  await server.stop();
  await server.start();
  assert.equal((await read()).state, 'out_of_funds');
  await emulator.control('POST', 'account', { balance_micro_usd: 50_000_000 });
  await isIn('active');
});

test('rotating credentials, preference and label', async () => {
  const other = credentialFile({ account_sid: account.sid, auth_token: account.token,
    api_key_sid: account.key, api_key_secret: account.secret });
  server.secrets.add(account.secret);
  const rotated = await runJson(['carriers', 'rotate', 'twilio', '--credential-file', other,
    ...here()]);
  assert.equal(rotated.credentials.api_key_sid, account.key);
  assert.ok(!JSON.stringify(rotated).includes(account.secret));
  const changed = expectStatus(await server.operator.patch('/v1/carriers/twilio',
    { label: 'Second', preference: 7 }), 200).body;
  assert.equal(changed.preference, 7);
  assert.equal(changed.label, 'Second');
  expectError(await server.operator.patch('/v1/carriers/twilio',
    { credentials: { ...good, auth_token: 'y'.repeat(32) } }), 400, 'provider_error');
  assert.equal((await read()).state, 'active');
  const entries = await until('the audit log shows it', async () => {
    const log = expectStatus(await server.operator.get('/v1/audit?limit=100'), 200).body.entries;
    return log.some((each) => each.action === 'carrier.account_rotated') ? log : undefined;
  });
  assert.ok(!JSON.stringify(entries).includes(account.token));
});

test('removed with numbers on it: only by force, and it says what that means', async () => {
  await failing(['carriers', 'remove', 'twilio'], 'numbers live at twilio');
  expectError(await server.operator.delete('/v1/carriers/twilio'), 409, 'conflict');
  const removed = await runJson(['carriers', 'remove', 'twilio', '--force', ...here()]);
  assert.equal(removed.status, 'removed_with_numbers');
  assert.match(removed.sentence, /goes on charging/);
  await server.stop();
  await server.start();
  const row = await read();
  assert.equal(row.state, 'removed_with_numbers');
  assert.deepEqual(row.numbers, 1);
  // What the release of such a number asks for waits, and is done when the account is back.
  const [number] = expectStatus(
    await server.agent.get('/agents/phone-numbers'), 200).body.data;
  assert.ok(await account.number(number.number));
  // The sandbox sells again.
  const sold = expectStatus(
    await server.agent.post('/agents/phone-numbers/provision', { label: 'Play' }), 201).body;
  assert.equal(await account.number(sold.number), undefined);
  const back = await add();
  assert.equal(back.state, 'active');
  assert.equal((await read()).id, row.id);
});

test('removed without numbers it is gone, and its name is free', async () => {
  const second = credentialFile({ account_sid: account.sid, auth_token: account.token });
  await failing(['carriers', 'add', 'twilio', '--credential-file', second, '--name', 'twice',
    ...option()], 'configured already');
  const eu = await runJson(['carriers', 'add', 'twilio', '--credential-file', second,
    '--name', 'eu', ...option(), '--option', 'region=ie1', ...here()]);
  assert.equal(eu.account, `${account.sid}/ie1`);
  const gone = await runJson(['carriers', 'remove', 'eu', ...here()]);
  assert.equal(gone.status, 'removed');
  expectError(await server.operator.get('/v1/carriers/eu'), 404, 'not_found');
  assert.equal((await runJson(['carriers', 'add', 'twilio', '--credential-file', second, '--name',
    'eu', ...option(), '--option', 'region=ie1', ...here()])).name, 'eu');
  await runJson(['carriers', 'remove', 'eu', ...here()]);
});

test('without a server the commands do the same', async () => {
  await server.stop();
  const { carriers } = await runJson(['carriers', 'list', ...here()]);
  assert.deepEqual(carriers.map((each) => [each.name, each.state]), [['twilio', 'active']]);
  const checked = resultIn((await run(['carriers', 'check', 'twilio', ...here()])).stdout);
  assert.ok(checked.account.includes(account.sid));
  await server.start();
  assert.equal((await read()).state, 'active');
});

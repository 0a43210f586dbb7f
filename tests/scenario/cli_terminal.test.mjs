// The command line client on a terminal: tables and colours, questions before anything is spent,
// released or removed, the spinner, and watching.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import {
  balance, clearFaults, ein, gateDefaultUser, orderFault, provisionNaive, soldCount,
} from '../support/actions.mjs';
import { startAnswerLosingProxy } from '../support/answer_losing_proxy.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import {
  clientEnvironment, ctrlC, endOfInput, naive, screenOf, startTerminal, terminal,
} from '../support/terminal.mjs';
import { until } from '../support/waiting.mjs';

const founding = ['phone', 'provision', '--area-code', '415', '--label', 'Support'];
const colour = /\x1b\[\d+m/;
const buyIt = /Buy it\? \[y\/N\] $/;

let server;
let env;
before(async () => {
  server = await startServer({ slots: 100, credits: 10_000, waitMs: 400 });
  env = clientEnvironment(server);
});
afterEach(() => clearFaults(server));
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const inTerminal = (args, { env: extra = {}, ...options } = {}) =>
  terminal(args, { bin: naive(), env: { ...env, ...extra }, ...options });
const row = async (id) => expectStatus(await server.operator.get(`/v1/phone/${id}`), 200).body;

test('the founding line before the first number: no question, the hint to add --ein', async () => {
  const ended = await inTerminal(founding);
  assert.equal(ended.code, 1);
  assert.match(ended.screen, /ein_required/);
  assert.match(ended.screen, /naive phone provision --ein/);
  assert.doesNotMatch(ended.raw, buyIt);
  assert.equal(await soldCount(server), 0);
});

test('the first number: fees in the price; only yes buys', async () => {
  const words = [...founding, '--ein', ein];
  for (const keys of ['n\n', '\n', 'yess\n', ctrlC, endOfInput]) {
    const ended = await inTerminal(words, { typed: [[buyIt, keys]] });
    assert.equal(ended.code, 1, JSON.stringify(keys));
    assert.match(ended.screen, /50 credits now, 46 of them to register for texting; 4 a month/);
    assert.match(ended.screen, /balance +10000 credits/);
    assert.match(ended.screen, /naive: Nothing was bought\./);
  }
  assert.equal(await soldCount(server), 0);
  assert.equal(await balance(server), 10_000);

  const bought = await inTerminal(words, { typed: [[buyIt, 'y\n']] });
  assert.equal(bought.code, 0, bought.screen);
  const shown = /Buy (\+1415\d{7})/.exec(bought.screen)[1];
  assert.ok(bought.screen.split('Buy it?')[1].includes(shown), 'what was shown is what is bought');
  assert.equal(await soldCount(server), 1);
  assert.equal(await balance(server), 9_950);
});

test('the founding line now: asked with the price of one number; --yes asks nothing', async () => {
  const asked = await inTerminal(founding, { typed: [[buyIt, 'y\n']] });
  assert.equal(asked.code, 0, asked.screen);
  assert.match(asked.screen, /price +4 credits now; 4 a month/);
  const unasked = await inTerminal([...founding, '--yes']);
  assert.equal(unasked.code, 0, unasked.screen);
  assert.doesNotMatch(unasked.raw, /Buy it/);
  assert.equal(await soldCount(server), 3);
});

test('a wish that cannot be met is refused before the question', async () => {
  const ended = await inTerminal(['phone', 'provision', '--area-code', '999']);
  assert.equal(ended.code, 1);
  assert.match(ended.screen, /area_code/);
  assert.doesNotMatch(ended.raw, /Buy it/);
});

test('a number for calls: asked with the most it may cost', async () => {
  const count = await soldCount(server);
  const ended = await inTerminal(['numbers', 'provision', '--label', 'Line'],
    { typed: [[buyIt, 'n\n']] });
  assert.equal(ended.code, 1);
  assert.match(ended.screen, /at most 4 credits/);
  assert.equal(await soldCount(server), count);
});

test('an agent is told the price alone, as its purchase may wait for a human', async () => {
  const count = await soldCount(server);
  const ended = await inTerminal([...founding, '--ein', ein],
    { env: { DIALPLANE_API_KEY: server.agentKey }, typed: [[buyIt, 'y\n']] });
  assert.equal(ended.code, 0, ended.screen);
  assert.match(ended.screen, /Buy a local number in area code 415\n +price +4 credits now/);
  assert.equal(await soldCount(server), count + 1);
});

test('a given quote is shown before it is bought', async () => {
  const quote = expectStatus(await server.operator.post('/v1/phone/quotes',
    { area_code: '212' }), 201).body;
  const ended = await inTerminal(['phone', 'provision', '--quote-id', quote.id],
    { typed: [[buyIt, 'y\n']] });
  assert.equal(ended.code, 0, ended.screen);
  assert.ok(ended.screen.startsWith(`Buy ${quote.phone_number} (NY)`), ended.screen);
  const over = await inTerminal(['phone', 'provision', '--quote-id', 'none']);
  assert.equal(over.code, 1);
  assert.doesNotMatch(over.raw, /Buy it/);
});

test('a lost answer after a question: the told command asks for that purchase', async () => {
  const proxy = await startAnswerLosingProxy(server);
  const count = await soldCount(server);
  const run = startTerminal(founding,
    { bin: naive(), env: { ...env, DIALPLANE_SERVER: proxy.origin } });
  await run.until(buyIt);
  proxy.plan({ outcome: 'late', delayMs: 30_000 });
  run.type('y\n');
  await until('the purchase is under way', () => proxy.seen.length === 1);
  run.type(ctrlC);
  const { code, stdout } = await run.ended;
  await proxy.stop();
  assert.equal(code, 5, stdout);
  const told = /Ask with: naive (.*) \(under/s.exec(stdout.replaceAll('\r\n', ' '))[1];
  assert.match(told, /--quote-id \S+ --yes --idempotency-key cli_/);
  assert.doesNotMatch(told, /--area-code/);
  const again = await inTerminal(told.split(/\s+/));
  assert.equal(again.code, 0, again.screen);
  assert.equal(await soldCount(server), count + 1);
});

test('a pending purchase is followed; the spinner leaves nothing behind', async () => {
  await orderFault(server, { on: 'buy', outcome: 'pending', delay_ms: 2_500 });
  const ended = await inTerminal([...founding, '--yes']);
  assert.equal(ended.code, 0, ended.screen);
  assert.match(ended.raw, /waiting for the carrier to deliver/);
  assert.doesNotMatch(ended.screen, /waiting for the carrier|[|/\\-] phone provision/);
  assert.match(ended.screen, /e164 +\+1415/);
  assert.match(ended.screen, /status +active/);

  // One that fails in the end ends the command as a refusal.
  const { numbers: [sale] } = expectStatus(
    await server.operator.get('/v1/phone/available?area_code=415&limit=1'), 200).body;
  const count = await soldCount(server);
  await orderFault(server, { on: 'buy', outcome: 'undelivered', delay_ms: 1_500 });
  const failed = await inTerminal(
    ['phone', 'provision', '--phone-number', sale.phone_number, '--yes']);
  assert.match(failed.raw, /waiting for the carrier to deliver/);
  assert.equal(failed.code, 1, failed.screen);
  assert.doesNotMatch(failed.screen, /waiting for the carrier/);
  assert.equal(await soldCount(server), count);

  // Ctrl-C leaves it to go on, and says so.
  await orderFault(server, { on: 'buy', outcome: 'pending', delay_ms: 4_000 });
  const left = await inTerminal([...founding, '--yes'],
    { typed: [[/waiting for the carrier to deliver/, ctrlC]] });
  assert.equal(left.code, 0, left.screen);
  assert.match(left.screen, /The purchase goes on/);
  assert.match(left.screen, /naive phone get [0-9a-f-]{36}/);
  const id = /naive phone get ([0-9a-f-]{36})/.exec(left.screen)[1];
  await until('it is bought', async () => (await row(id)).status === 'active');
});

test('release: traffic is shown, and only the last four digits release', async () => {
  const { phone } = await provisionNaive(server, { label: 'Old line' });
  const digits = phone.e164.slice(-4);
  const wrong = String((Number(digits) + 1) % 10_000).padStart(4, '0');
  const question = /to release it: $/;
  for (const keys of [`${wrong}\n`, '\n', 'y\n', ctrlC, endOfInput]) {
    const ended = await inTerminal(['phone', 'release', phone.id], { typed: [[question, keys]] });
    assert.equal(ended.code, 1, JSON.stringify(keys));
    assert.match(ended.screen, /Nothing was released\./);
    assert.equal((await row(phone.id)).status, 'active');
  }
  await server.operator.post('/v1/sandbox/messages',
    { from: '+14155550142', to: phone.e164, body: 'Are you open?' });
  await until('the text is in', async () => expectStatus(await server.operator.get(
    `/v1/phone/${phone.id}/messages`), 200).body.messages.length === 1);
  const ended = await inTerminal(['phone', 'release', phone.id],
    { typed: [[question, `${digits}\n`]] });
  assert.equal(ended.code, 0, ended.screen);
  assert.match(ended.screen, new RegExp(`Release \\${phone.e164} "Old line"`));
  assert.match(ended.screen, /last 7 days +1 text, 0 calls/);
  await until('it is released', async () => (await row(phone.id)).status !== 'active');
});

test('removal asks; approval shows what will run, its price and the balance', async () => {
  const made = expectStatus(await server.operator.post('/v1/account-kits', { name: 'X' }), 201);
  const remove = ['kits', 'delete', made.body.id];
  const kept = await inTerminal(remove, { typed: [[/Go on\? \[y\/N\] $/, 'n\n']] });
  assert.equal(kept.code, 1);
  assert.match(kept.screen, /Nothing was removed\./);
  expectStatus(await server.operator.get(`/v1/account-kits/${made.body.id}`), 200);
  assert.equal((await inTerminal(remove, { typed: [[/Go on\? \[y\/N\] $/, 'y\n']] })).code, 0);
  expectStatus(await server.operator.get(`/v1/account-kits/${made.body.id}`), 404);

  const { user, openKitId } = await gateDefaultUser(server);
  const { approval_id: id } = expectStatus(await server.agent.post('/v1/phone/provision',
    { area_code: '415', label: 'Shop' }), 202).body;
  const approve = ['approvals', 'approve', id];
  const question = /Let it run\? \[y\/N\] $/;
  const count = await soldCount(server);
  const no = await inTerminal(approve, { typed: [[question, 'n\n']] });
  assert.equal(no.code, 1);
  for (const part of [/area_code +415/, /label +Shop/, /4 credits now/, /balance +\d+ credits/]) {
    assert.match(no.screen, part);
  }
  assert.equal(await soldCount(server), count);
  const yes = await inTerminal(approve, { typed: [[question, 'y\n']] });
  assert.equal(yes.code, 0, yes.screen);
  assert.match(yes.screen, /status +executed/);
  assert.equal(await soldCount(server), count + 1);
  // What is resolved needs no second word.
  const again = await inTerminal(approve);
  assert.doesNotMatch(again.raw, question);
  assert.equal(await soldCount(server), count + 1);
  expectStatus(await server.operator.post(
    `/v1/account-kits/${openKitId}/users/${user.id}/assign`), 200);
});

test('tables: aligned, coloured where that is allowed, ids whole', async () => {
  const wide = await inTerminal(['phone']);
  assert.equal(wide.code, 0);
  assert.match(wide.raw, colour);
  const [title, ...rows] = wide.screen.trimEnd().split('\n');
  assert.match(title, /^ID +NUMBER +TYPE +STATUS +SENDS +LABEL +CREATED$/);
  assert.ok(rows.length > 0);
  for (const line of rows) {
    assert.match(line.slice(title.indexOf('NUMBER')), /^\+1\d{10}  /);
    assert.match(line, /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  }
  for (const [args, more] of [[['--no-color'], {}], [[], { NO_COLOR: '1' }],
    [[], { TERM: 'dumb' }]]) {
    const plain = await inTerminal(['phone', ...args], { env: more });
    // A slow machine shows the spinner meanwhile; it takes its line back.
    assert.doesNotMatch(plain.raw.replaceAll('\r\x1b[K', ''), /\x1b/,
      JSON.stringify([args, more]));
    if (more.TERM === 'dumb') assert.doesNotMatch(plain.raw, /\x1b/);
    // Whether a number may send changes by itself.
    const still = (text) => text.replaceAll(/ (yes|no ) /g, ' ... ');
    assert.equal(still(plain.screen), still(wide.screen));
  }
  const json = await inTerminal(['phone', '--json']);
  const { phones } = JSON.parse(json.raw).result;
  const narrow = await inTerminal(['phone'], { columns: 60 });
  for (const phone of phones) assert.ok(narrow.raw.includes(phone.id), 'ids stay whole');
});

test('what others wrote cannot move the cursor', async () => {
  const evil = 'hi \x1b[2J\x1b]0;owned\x07 \u202Egnp.exe \u009b31m\u0000';
  const text = { id: 'm\x1b[1A', from: evil, to: evil, body_preview: evil, received_at: evil };
  const fake = http.createServer((request, response) => {
    const one = request.url.startsWith('/v1/phone/messages/');
    response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'r1' });
    response.end(JSON.stringify(one ? { ...text, body: evil, ['\x1b[5A']: [{ in: evil }] }
      : { messages: [text], next_cursor: evil }));
  }).listen(0, '127.0.0.1');
  await once(fake, 'listening');
  const there = { DIALPLANE_SERVER: `http://127.0.0.1:${fake.address().port}` };
  for (const args of [['phone', 'messages', 'p'], ['phone', 'read', 'm']]) {
    const { code, raw } = await inTerminal([...args, '--no-color'], { env: there });
    assert.equal(code, 0, raw);
    assert.match(raw, /hi \\x1b\[2J/);
    // The spinner's own line is the one thing that moves.
    const rest = raw.replaceAll('\r\x1b[K', '');
    assert.doesNotMatch(rest, /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]/);
  }
  fake.close();
});

test('one number, status and an operation in sections and plain words', async () => {
  const [{ id }] = expectStatus(
    await server.operator.get('/v1/phone?status=active'), 200).body.phones;
  for (const args of [['phone', 'get', id], ['phone', 'status'], ['campaigns', 'list']]) {
    const { code, screen } = await inTerminal(args);
    assert.equal(code, 0);
    assert.doesNotMatch(screen, /[{}]|\d{4}-\d\d-\d\dT/, 'no raw JSON, no raw times');
  }
  const { screen } = await inTerminal(['phone', 'get', id]);
  assert.match(screen, /may send +(yes|not yet\n +- .+\n +Since \d{4}-\d\d-\d\d )/);
  assert.match(screen, /capabilities +receives texts/);
});

test('watching shows every change in place, until Ctrl-C', async () => {
  const [{ id }] = expectStatus(
    await server.operator.get('/v1/phone?status=active'), 200).body.phones;
  const watching = startTerminal(['phone', 'get', id, '--watch'],
    { bin: naive(), env, then: 'echo code=$?; stty -a' });
  await watching.until(/may send/);
  expectStatus(await server.operator.patch(`/agents/phone-numbers/${id}`,
    { label: 'Seen later' }), 200);
  await watching.until(/Seen later/);
  watching.type(ctrlC);
  const { stdout } = await watching.ended;
  const screen = screenOf(stdout);
  assert.match(screen, /code=0/);
  assert.match(screen, /(?<!-)icanon/);
  assert.match(screen, /(?<!-)echo\b/);
  assert.equal(screen.match(/^label /gm).length, 1, 'the old answer is gone');
  assert.match(screen, /^label +Seen later$/m);
});

test('login does not show the key, and Ctrl-C there restores the terminal', async () => {
  const bare = { ...env, DIALPLANE_API_KEY: '' };
  const run = startTerminal(['login'], { bin: naive(), env: bare, then: 'echo code=$?; stty -a' });
  await run.until(/API key for .*: $/);
  run.type(ctrlC);
  const stopped = await run.ended;
  assert.match(stopped.stdout, /No key was kept\.\s+code=1\s/);
  assert.match(stopped.stdout, /[^-]echo\b/);
  const login = await inTerminal(['login'],
    { env: bare, typed: [[/API key for .*: $/, `${server.operatorKey}\n`]] });
  assert.equal(login.code, 0, login.screen);
  assert.ok(!login.raw.includes(server.operatorKey));
  assert.match(login.screen, /role +operator/);
});

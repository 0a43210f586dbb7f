// The command line client in pipes, as scripts use it: one JSON document and nothing else on
// standard output, errors on standard error, exit codes 0 to 5, and never a second purchase.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ein, gateDefaultUser, provisionNaive, soldCount } from '../support/actions.mjs';
import { startAnswerLosingProxy } from '../support/answer_losing_proxy.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { freshDirectory, startServer } from '../support/server.mjs';
import { clientEnvironment, naive, piped, startPiped } from '../support/terminal.mjs';
import { until } from '../support/waiting.mjs';

const founding = ['phone', 'provision', '--area-code', '415', '--label', 'Support'];

let server;
let env;
before(async () => {
  server = await startServer({ slots: 100, credits: 10_000 });
  env = clientEnvironment(server);
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const run = (args, extra = {}, input = '') =>
  piped(args, { env: { ...env, ...extra }, input, bin: naive() });

function expectEnvelope(ended, success) {
  assert.ok(ended.document, `no JSON document: ${ended.stdout}${ended.stderr}`);
  const wanted = ['action', success ? 'result' : 'error', 'hints', 'next_steps', 'success'].sort();
  assert.deepEqual(Object.keys(ended.document).sort(), wanted);
  assert.equal(ended.document.success, success);
  assert.equal(ended.stdout.indexOf('\n'), ended.stdout.length - 1, 'one line');
  assert.ok(!/\x1b/.test(ended.stdout + ended.stderr), 'no colours, nothing that moves');
  return success ? ended.document.result : ended.document.error;
}

function expectFailure(ended, code, errorCode) {
  assert.equal(ended.code, code, ended.stdout + ended.stderr);
  const failure = expectEnvelope(ended, false);
  assert.equal(failure.code, errorCode, ended.stdout);
  assert.ok(ended.stderr.includes(failure.message), 'the error is on standard error too');
  return failure;
}

test('the founding line before and after the first number', async () => {
  const refused = await run(founding);
  const failure = expectFailure(refused, 1, 'invalid_input');
  assert.equal(failure.reason, 'ein_required');
  assert.ok(refused.stderr.includes('--ein'));
  assert.ok(refused.stderr.includes(`request id: ${failure.request_id}`));
  assert.ok(refused.document.next_steps[0].command.startsWith('naive phone provision --ein'));
  assert.equal(await soldCount(server), 0);

  const first = await run([...founding, '--ein', ein]);
  assert.equal(first.code, 0, first.stdout);
  assert.equal(first.document.action, 'phone.provision');
  assert.equal(expectEnvelope(first, true).phone.status, 'active');

  const again = await run(founding);
  assert.equal(again.code, 0, again.stdout);
  const { phone } = expectEnvelope(again, true);
  assert.equal(phone.e164.slice(0, 5), '+1415');
  assert.notEqual(phone.id, first.document.result.phone.id);
  assert.equal(await soldCount(server), 2);
});

test('lists: one document, or line by line, and every page', async () => {
  const one = await run(['phone', '--limit', '1']);
  assert.equal(one.code, 0);
  const { phones, next_cursor: cursor } = expectEnvelope(one, true);
  assert.equal(phones.length, 1);
  assert.ok(one.document.next_steps.some((step) => step.command.includes(cursor)));

  const all = expectEnvelope(await run(['phone', '--limit', '1', '--all']), true);
  assert.equal(all.phones.length, 2);
  assert.equal(all.next_cursor, null);
  const lines = await run(['phone', '--limit', '1', '--all', '--jsonl']);
  assert.deepEqual(lines.stdout.trim().split('\n').map((line) => JSON.parse(line)), all.phones);

  // The other two ways of paging: after an id, and by counting.
  const numbers = expectEnvelope(await run(['numbers', 'list', '--limit', '1', '--all']), true);
  assert.equal(numbers.data.length, 2);
  assert.equal(numbers.has_more, false);
  for (const name of ['a', 'b', 'c', 'd']) {
    const made = await run(['users', 'create', '--external-id', name]);
    assert.equal(made.code, 0, made.stdout);
  }
  const users = expectEnvelope(await run(['users', '--limit', '2', '--all']), true).users;
  assert.equal(users.length, 5);
  assert.equal(new Set(users.map((row) => row.id)).size, 5);
  const later = expectEnvelope(
    await run(['users', '--limit', '2', '--offset', '3', '--all']), true).users;
  assert.deepEqual(later, users.slice(3));
});

// A server whose list never ends; `refuses` says which page it refuses.
async function endlessList(use, refuses = () => false) {
  let pages = 0;
  const fake = http.createServer((request, response) => {
    const refused = refuses(++pages);
    response.writeHead(refused ? 403 : 200, { 'content-type': 'application/json' });
    const row = (at) => ({ id: `${pages}-${at}`, at: request.url });
    response.end(JSON.stringify(refused ? { error: { code: 'forbidden', message: 'No more.' } }
      : { entries: Array.from({ length: 100 }, (_, at) => row(at)), next_cursor: `c${pages}` }));
  }).listen(0, '127.0.0.1');
  await once(fake, 'listening');
  await use({ DIALPLANE_SERVER: `http://127.0.0.1:${fake.address().port}` });
  fake.close();
}

test('a list without an end is cut, and says how to go on', async () => {
  await endlessList(async (there) => {
    const ended = await run(['audit', '--all'], there);
    const { entries, next_cursor: cursor } = expectEnvelope(ended, true);
    assert.equal(entries.length, 10_000);
    assert.equal(new Set(entries.map((row) => row.id)).size, 10_000);
    assert.match(entries[100].at, /\?limit=100&cursor=c1$/);
    assert.equal(cursor, 'c100');
    assert.match(ended.document.hints[0], /first 10000 rows/);
    assert.equal(ended.document.next_steps[0].command, 'naive audit list --all --cursor c100');
  });
  await endlessList(async (there) => {
    const ended = await run(['audit', '--all', '--jsonl'], there);
    assert.equal(ended.code, 3);
    const lines = ended.stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines.length, 201, 'what came before stays');
    assert.equal(lines.at(-1).success, false);
    assert.match(ended.stderr, /No more\./);
  }, (page) => page > 2);
});

test('exit code 2: wrong words, before anything is sent', async () => {
  for (const args of [['phone', 'list', '--limit', 'five'], ['phone', 'get'],
    ['phone', '--lable', 'x'], ['phone', 'status', '--watch'],
    ['phone', 'messages', 'x', '--watch', '--all', '--jsonl']]) {
    // Nobody listens there: a request would end with 4.
    expectFailure(await run(args, { DIALPLANE_SERVER: 'http://127.0.0.1:9' }), 2, 'invalid_input');
  }
  const refused = await run(['phone', 'status', '--watch', '--json']);
  assert.ok(expectFailure(refused, 2, 'invalid_input').hint.includes('--jsonl'));
});

test('exit code 3: the key', async () => {
  const wrong = await run(['phone'], { DIALPLANE_API_KEY: 'nv_pk_live_wrong' });
  expectFailure(wrong, 3, 'unauthorized');
  assert.ok(wrong.document.next_steps[0].command.endsWith('login'));
  assert.ok(!(wrong.stdout + wrong.stderr).includes('nv_pk_live_wrong'));
  expectFailure(await run(['kits'], { DIALPLANE_API_KEY: server.agentKey }), 3, 'forbidden');
});

test('exit code 4: nobody there', async () => {
  const closed = net.createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address();
  closed.close();
  await once(closed, 'close');
  const gone = { DIALPLANE_SERVER: `http://127.0.0.1:${port}` };
  expectFailure(await run(['phone'], gone), 4, 'not_reachable');
  // Nothing can have arrived, so this is no unknown outcome.
  expectFailure(await run(founding, gone), 4, 'not_reachable');
});

test('a lost answer is asked for again under the same key: one purchase', async () => {
  const proxy = await startAnswerLosingProxy(server);
  const count = await soldCount(server);
  proxy.plan({ outcome: 'drop' }, { outcome: 'drop' });
  const ended = await run(founding, { DIALPLANE_SERVER: proxy.origin });
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  assert.equal(expectEnvelope(ended, true).phone.status, 'active');
  assert.equal(proxy.seen.length, 3);
  const keys = new Set(proxy.seen.map((one) => one.requestHeaders['idempotency-key']));
  assert.equal(keys.size, 1);
  assert.ok([...keys][0].startsWith('cli_'));
  assert.equal(await soldCount(server), count + 1);
  await proxy.stop();
});

// The command of a hint, as its words.
function wordsOf(hint) {
  const line = /Ask with: naive (.*) \(under the same key/.exec(hint)[1];
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]);
}

test('exit code 5: every answer lost; the told command shows what was bought', async () => {
  const proxy = await startAnswerLosingProxy(server);
  const count = await soldCount(server);
  proxy.plan(...Array.from({ length: 20 }, () => ({ outcome: 'drop' })));
  const ended = await run(['phone', 'provision', '--area-code', '415', '--label', 'Front desk'],
    { DIALPLANE_SERVER: proxy.origin });
  const failure = expectFailure(ended, 5, 'outcome_unknown');
  await proxy.stop();
  assert.equal(await soldCount(server), count + 1);
  assert.ok(ended.stderr.includes('Ask with: naive phone provision'));
  assert.ok(failure.idempotency_key.startsWith('cli_'));

  const asked = await run(wordsOf(failure.hint));
  assert.equal(asked.code, 0, asked.stdout);
  assert.equal(expectEnvelope(asked, true).phone.status, 'active');
  assert.equal(await soldCount(server), count + 1, 'still one');
});

test('what is secret does not come back in the hint', async () => {
  const proxy = await startAnswerLosingProxy(server);
  proxy.plan({ outcome: 'late', delayMs: 30_000 });
  const started = startPiped([...founding, '--ein', ein],
    { env: { ...env, DIALPLANE_SERVER: proxy.origin }, bin: naive() });
  await until('the purchase is under way', () => proxy.seen.length === 1);
  started.child.kill('SIGINT');
  const { stdout, stderr } = await started.ended;
  await proxy.stop();
  assert.match(stderr, /--ein EIN --idempotency-key cli_/);
  assert.ok(!(stdout + stderr).includes(ein));
});

test('Ctrl-C while the answer is awaited: 5, with the way to ask', async () => {
  const proxy = await startAnswerLosingProxy(server);
  const count = await soldCount(server);
  proxy.plan({ outcome: 'late', delayMs: 30_000 });
  const started = startPiped(founding,
    { env: { ...env, DIALPLANE_SERVER: proxy.origin }, bin: naive() });
  await until('the purchase is under way', () => proxy.seen.length === 1);
  started.child.kill('SIGINT');
  const ended = await started.ended;
  const document = JSON.parse(ended.stdout);
  assert.equal(ended.code, 5, ended.stdout + ended.stderr);
  assert.equal(document.error.code, 'outcome_unknown');
  const asked = await run(wordsOf(document.error.hint));
  assert.equal(asked.code, 0, asked.stdout);
  assert.equal(await soldCount(server), count + 1, 'one purchase');

  // What only reads has done nothing.
  proxy.plan({ outcome: 'late', delayMs: 30_000 });
  const reading = startPiped(['phone'],
    { env: { ...env, DIALPLANE_SERVER: proxy.origin }, bin: naive() });
  await until('the list is asked for', () => proxy.seen.length === 1);
  reading.child.kill('SIGINT');
  const stopped = await reading.ended;
  assert.equal(stopped.code, 1, stopped.stdout);
  assert.equal(JSON.parse(stopped.stdout).error.code, 'interrupted');
  await proxy.stop();
});

test('a given key is the one that is sent; the same command again buys nothing', async () => {
  const count = await soldCount(server);
  const words = [...founding, '--idempotency-key', 'order-77'];
  const first = expectEnvelope(await run(words), true);
  const second = expectEnvelope(await run(words), true);
  assert.deepEqual(second, first);
  assert.equal(await soldCount(server), count + 1);
});

test('a gated purchase is a success that waits; it is watched and approved', async () => {
  const { user, openKitId } = await gateDefaultUser(server);
  const agent = { DIALPLANE_API_KEY: server.agentKey };
  const watching = startPiped(['approvals', 'watch', '--jsonl'], { env, bin: naive() });
  await watching.until(/\n/);
  assert.deepEqual(JSON.parse(watching.stdout).approvals, []);
  const asked = await run(founding, agent);
  assert.equal(asked.code, 0, 'pending included');
  const waiting = expectEnvelope(asked, true);
  assert.equal(waiting.status, 'pending_approval');
  assert.ok(asked.document.next_steps[0].command.endsWith(waiting.approval_id));
  await watching.until(/\n.*\n/);
  const shown = watching.stdout.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(shown.at(-1).approvals[0].id, waiting.approval_id);
  watching.child.kill('SIGINT');
  const ended = await watching.ended;
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(shown.length, 2, 'nothing is shown again that has not changed');

  const self = await run(['approvals', 'approve', waiting.approval_id], agent);
  expectFailure(self, 1, 'forbidden');
  const approved = await run(['approvals', 'approve', waiting.approval_id]);
  assert.equal(expectEnvelope(approved, true).status, 'executed');
  assert.equal((await run(['kits', 'assign', openKitId, user.id])).code, 0);
});

test('in a pipe nothing is ever asked', async () => {
  const { phone } = await provisionNaive(server, {});
  const released = await run(['phone', 'release', phone.id]);
  assert.equal(released.code, 0, released.stdout + released.stderr);
  assert.ok(!released.stderr.includes('four digits'));
});

test('login tries the key, keeps it for its owner only, and logout forgets it', async () => {
  const home = freshDirectory();
  const file = join(home, 'dialplane', 'profiles.json');
  const bare = { XDG_CONFIG_HOME: home, DIALPLANE_API_KEY: '', DIALPLANE_SERVER: '' };
  const login = ['login', '--server', server.origin];
  expectFailure(await run(login, bare, 'nv_pk_live_wrong\n'), 3, 'unauthorized');
  assert.ok(!existsSync(file), 'a key that does not work is not kept');
  expectFailure(await run(login, bare, ''), 2, 'invalid_input');

  const kept = await run(login, bare, `${server.operatorKey}\n`);
  const { profile, server: where, role, file: keptIn } = expectEnvelope(kept, true);
  assert.deepEqual([profile, where, role, keptIn],
    ['default', server.origin, 'operator', file]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(!(kept.stdout + kept.stderr).includes(server.operatorKey));
  assert.equal((await run(['phone'], bare)).code, 0);

  // Another profile beside it; the last line needs no line break.
  const agent = await run([...login, '--profile', 'agent'], bare, server.agentKey);
  assert.equal(expectEnvelope(agent, true).role, 'agent');
  const { profiles } = expectEnvelope(await run(['profiles'], bare), true);
  assert.deepEqual(profiles.map((row) => [row.name, row.current]),
    [['agent', true], ['default', false]]);
  expectFailure(await run(['kits'], bare), 3, 'forbidden');
  assert.equal((await run(['kits', '--profile', 'default'], bare)).code, 0);
  expectFailure(await run(['kits', '--profile', 'nobody'], bare), 2, 'invalid_input');

  // The key never goes to another server.
  let seen;
  const other = net.createServer((socket) => {
    socket.once('data', (data) => {
      seen = String(data);
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}');
    });
  }).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const elsewhere = await run(
    ['phone', '--server', `http://127.0.0.1:${other.address().port}`], bare);
  other.close();
  assert.equal(elsewhere.code, 3);
  assert.ok(seen.startsWith('GET /v1/phone '));
  assert.ok(!/authorization/i.test(seen), seen);

  // `use` speaks for a user from then on.
  const user = expectEnvelope(
    await run(['users', 'create', '--external-id', 'used', '--profile', 'default'], bare), true);
  assert.equal((await run(['use', user.id, '--profile', 'default'], bare)).code, 0);
  assert.deepEqual(
    expectEnvelope(await run(['phone', '--profile', 'default'], bare), true).phones, []);
  assert.equal((await run(['use', '--profile', 'default'], bare)).code, 0);
  assert.notEqual(
    expectEnvelope(await run(['phone', '--profile', 'default'], bare), true).phones.length, 0);

  assert.equal((await run(['logout'], bare)).code, 0);
  assert.ok(!readFileSync(file, 'utf8').includes(server.agentKey));
  chmodSync(file, 0o644);
  const open = expectFailure(await run(['phone'], bare), 2, 'invalid_input');
  assert.ok(open.hint.includes('chmod 600'));
});

// dialplane tail and dialplane listen: events followed over restarts of the server, and delivered
// to a developer's machine.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { provisionNaive } from '../support/actions.mjs';
import { run } from '../support/cli.mjs';
import { expectStatus } from '../support/http.mjs';
import { unknownUuid } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { eventComplaint, naiveSignatureFits, ofType, standardSignatureFits, startReceiver } from
  '../support/receiver.mjs';
import { startCommand } from '../support/running_command.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
let phone;
before(async () => {
  server = await startServer({ slots: 20, credits: 1_000,
    config: '[sandbox]\nreview_ms = 100\n' });
  ({ phone } = await provisionNaive(server, { agent_id: server.agentId }));
  await until('it may send', async () =>
    (await server.operator.get(`/v1/phone/${phone.id}`)).body.capabilities.sms_outbound);
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

let contacts = 0;
async function event() {
  contacts += 1;
  const number = `+1312555${String(1000 + contacts)}`;
  expectStatus(await server.operator.post(
    `/v1/contacts/${encodeURIComponent(number)}/opt-out`, {}), 200);
  return number;
}
const only = ['--types', 'contact.opted_out'];
const told = (command) => command.rows().map((row) => row.data.e164);
// A stream is open once something came over it.
async function following(command) {
  await until('it follows', async () => {
    await event();
    return command.lines.length > 0;
  }, { intervalMs: 200 });
}
const samePort = () => ({ listen: new URL(server.origin).host });
async function ends(command) {
  assert.deepEqual(await command.interrupt(), { code: 0, signal: null });
}
const sinceNow = () => new Date().toISOString();
const unique = (list) => assert.equal(new Set(list).size, list.length, 'none twice');

test('tail shows events as JSON lines and ends with Ctrl-C', async () => {
  const tail = startCommand(server, ['tail', ...only]);
  await following(tail);
  const number = await event();
  await until('the event came', () => told(tail).includes(number));
  const row = tail.rows().find((each) => each.data.e164 === number);
  assert.equal(row.event, 'contact.opted_out');
  assert.match(row.id, /^[0-9a-f-]{36}$/);
  const { id, ...envelope } = row;
  assert.equal(eventComplaint(envelope), undefined, id);
  await ends(tail);
  assert.equal(tail.stderr, '');
});

test('--since begins after an event, at a time, or so long ago', async () => {
  const before = sinceNow();
  const first = await event();
  const second = await event();
  const third = await event();
  const at = startCommand(server, ['tail', ...only, '--since', before]);
  await at.wait(3);
  assert.deepEqual(told(at), [first, second, third]);
  const { id } = at.rows()[0];
  await ends(at);
  const behind = startCommand(server, ['tail', ...only, '--jsonl', '--since', id]);
  await behind.wait(2);
  assert.deepEqual(told(behind), [second, third]);
  await ends(behind);
  const ago = startCommand(server, ['tail', ...only, '--since', '1h']);
  await until('the first came', () => told(ago).includes(first));
  const live = await event();
  await until('and the live one', () => told(ago).at(-1) === live);
  assert.deepEqual(told(ago).slice(-4), [first, second, third, live]);
  unique(told(ago));
  await ends(ago);
});

test('tail goes on over restarts and a kill: nothing lost, nothing twice', async () => {
  const tail = startCommand(server, ['tail', ...only]);
  await following(tail);
  const expected = [];
  for (const end of ['restart', 'kill', 'restart']) {
    const before = await event();
    expected.push(before);
    await until('it came', () => told(tail).includes(before));
    if (end === 'kill') await server.kill();
    await server.restart(samePort());
    // Before the command is back, and after.
    for (let i = 0; i < 3; ++i) expected.push(await event());
    await until('what happened meanwhile came', () => told(tail).includes(expected.at(-1)));
  }
  assert.deepEqual(told(tail).slice(-expected.length), expected, 'in order, without a hole');
  unique(tail.rows().map((row) => row.id));
  await ends(tail);
  assert.match(tail.stderr, /Trying again/);
  assert.equal(tail.stderr.match(/Connected again/g).length, 3, tail.stderr);
});

// Between a command and the server: what the server said, and a way to cut the line.
async function startLine() {
  const line = { heard: '', connections: 0, sockets: new Set(), broken: false };
  const proxy = net.createServer((near) => {
    if (line.broken) return void near.destroy();
    line.connections += 1;
    const { hostname, port } = new URL(server.origin);
    const far = net.connect(Number(port), hostname);
    for (const socket of [near, far]) {
      line.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => { near.destroy(); far.destroy(); line.sockets.delete(socket); });
    }
    far.on('data', (bytes) => { line.heard += bytes.toString('latin1'); });
    near.pipe(far).pipe(near);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  line.origin = `http://127.0.0.1:${proxy.address().port}`;
  line.cut = () => {
    line.broken = true;
    for (const socket of line.sockets) socket.destroy();
  };
  line.mend = () => { line.broken = false; };
  line.close = () => { line.cut(); proxy.close(); };
  return line;
}

test('what happens while the line is cut comes, also before the first event', async () => {
  const line = await startLine();
  const tail = startCommand(server, ['tail', ...only], { env: { DIALPLANE_SERVER: line.origin } });
  await until('the stream is open', () => line.heard.includes(': events'));
  line.cut();
  const first = await event();
  await tail.says('Trying again');
  const second = await event();
  line.mend();
  await until('both came', () => told(tail).includes(second));
  assert.deepEqual(told(tail).slice(-2), [first, second]);
  // The same after the first, by its id.
  line.cut();
  const third = await event();
  line.mend();
  await until('the third came', () => told(tail).includes(third));
  assert.deepEqual(told(tail).slice(-3), [first, second, third]);
  unique(tail.rows().map((row) => row.id));
  await ends(tail);
  line.close();
});

test('what tail refuses, and how it ends', async () => {
  const env = { DIALPLANE_SERVER: server.origin, DIALPLANE_API_KEY: server.operatorKey };
  const gone = await startReceiver();
  await gone.close();
  const cases = [
    [['--types', 'phone.exploded'], {}, 1, 'invalid_input'],
    [['--since', unknownUuid], {}, 1, 'not_found'],
    [['--since', 'yesterday'], {}, 2, 'invalid_input'],
    [[], { DIALPLANE_API_KEY: server.agentKey }, 3, 'forbidden'],
    [[], { DIALPLANE_API_KEY: 'nv_pk_live_wrong000000000000000000000000' }, 3, 'unauthorized'],
    [[], { DIALPLANE_SERVER: new URL(gone.url).origin }, 4, 'not_reachable'],
  ];
  for (const [args, other, code, word] of cases) {
    const ended = await run(['tail', ...args], { env: { ...env, ...other } });
    assert.equal(ended.code, code, `${args.join(' ')}: ${ended.stderr}`);
    assert.equal(JSON.parse(ended.stdout).error.code, word, ended.stdout);
    assert.notEqual(ended.stderr, '');
  }
});

test('a key that is revoked ends tail with exit code 3', async () => {
  const made = expectStatus(
    await server.operator.post('/v1/auth/keys', { role: 'operator' }), 201).body;
  server.secrets.add(made.key);
  const tail = startCommand(server, ['tail', ...only], { key: made.key });
  await following(tail);
  expectStatus(await server.operator.delete(`/v1/auth/keys/${made.id}`), 200);
  await event();
  assert.deepEqual(await tail.ended, { code: 3, signal: null });
  assert.ok(!tail.stdout.includes(made.key) && !tail.stderr.includes(made.key));
});

test('listen delivers events as webhooks, signed with the secret it prints', async () => {
  const receiver = await startReceiver();
  const listen = startCommand(server, ['listen', '--forward', receiver.url, ...only]);
  await listen.says('whsec_');
  const [secret] = /whsec_\S+/.exec(listen.stderr);
  await following(listen);
  const number = await event();
  const [got] = await receiver.wait(1, (request) => request.body?.data.e164 === number);
  assert.equal(got.method, 'POST');
  assert.equal(got.path, '/hook');
  assert.equal(eventComplaint(got.body), undefined, got.text);
  assert.ok(naiveSignatureFits(got, secret));
  assert.ok(standardSignatureFits(got, secret));
  assert.equal(got.headers['x-naive-event'], 'contact.opted_out');
  assert.match(got.headers['content-type'], /^application\/json/);
  assert.ok(Math.abs(Number(got.headers['webhook-timestamp']) - Date.now() / 1000) < 60);
  const sequence = Number(got.headers['x-naive-sequence']);
  // The same bytes as a webhook of the server: the body of one that was really sent.
  const real = await startReceiver();
  const made = expectStatus(await server.operator.post('/v1/webhooks',
    { url: real.url, eventTypes: ['contact.opted_out'] }), 201).body;
  server.secrets.add(made.secret);
  const next = await event();
  const [sent] = await real.wait(1);
  const [forwarded] = await receiver.wait(1, (request) => request.body?.data.e164 === next);
  assert.equal(forwarded.text, sent.text);
  assert.equal(forwarded.headers['webhook-id'], sent.headers['webhook-id']);
  assert.deepEqual(Object.keys(forwarded.headers).sort(), Object.keys(sent.headers).sort());
  assert.equal(Number(forwarded.headers['x-naive-sequence']), sequence + 1);
  const row = await until('the line', () =>
    listen.rows().find((each) => each.event_id === sent.headers['webhook-id']));
  assert.equal(row.status, 200);
  assert.equal(row.delivered, true);
  assert.equal(row.tries, 1);
  assert.ok(row.took_ms >= 0);
  await ends(listen);
  expectStatus(await server.operator.delete(`/v1/webhooks/${made.id}`), 200);
  await real.close();
  await receiver.close();
});

test('listen tries again, says so, goes on, and misses nothing over a restart', async () => {
  const receiver = await startReceiver();
  const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3';
  const listen = startCommand(server,
    ['listen', '--forward', receiver.url, '--secret', secret, ...only]);
  await following(listen);
  assert.ok(!listen.stderr.includes(secret), 'a secret that was given is not printed');
  const numberOf = (request) => request.body.data.e164;
  // Down for a moment: the same event again, with the same id.
  receiver.answer = (request) => (receiver.requests.filter(
    (each) => each.headers['webhook-id'] === request.headers['webhook-id']).length <= 2
    ? 'reset' : { status: 200 });
  const first = await event();
  const tries = await receiver.wait(3, (request) => numberOf(request) === first);
  assert.equal(new Set(tries.map((each) => each.headers['webhook-id'])).size, 1);
  assert.ok(tries.every((each) => standardSignatureFits(each, secret)));
  await listen.says('trying again');
  // An answer that is no success is told of, and not tried again.
  receiver.answer = () => ({ status: 500 });
  const failing = await event();
  const [refused] = await receiver.wait(1, (request) => numberOf(request) === failing);
  const row = await until('it is told of', () =>
    listen.rows().find((each) => each.event_id === refused.headers['webhook-id']));
  assert.equal(row.status, 500);
  assert.equal(row.delivered, false);
  assert.equal(row.tries, 1);
  // Elsewhere is nowhere: redirects are not followed.
  const elsewhere = await startReceiver();
  receiver.answer = () => ({ status: 307, headers: { Location: elsewhere.url } });
  const moved = await event();
  await until('it is told of', () => listen.rows().find((each) => each.status === 307));
  assert.equal(elsewhere.requests.length, 0);
  await elsewhere.close();
  // The server restarts in between.
  receiver.answer = () => ({ status: 200 });
  const expected = [failing, moved];
  await server.restart(samePort());
  for (let i = 0; i < 5; ++i) expected.push(await event());
  await receiver.wait(1, (request) => numberOf(request) === expected.at(-1));
  const after = receiver.requests.map(numberOf);
  assert.deepEqual(after.slice(-expected.length), expected);
  await ends(listen);
  await receiver.close();
});

test('nobody there to forward to: tried, told of, and on to the next', async () => {
  const receiver = await startReceiver();
  const { url } = receiver;
  await receiver.close();
  const listen = startCommand(server, ['listen', '--forward', url, ...only]);
  await until('it gave one up', async () => {
    await event();
    return listen.lines.length > 0;
  }, { timeoutMs: 30_000, intervalMs: 500 });
  const [row] = listen.rows();
  assert.equal(row.delivered, false);
  assert.equal(row.error, 'not_connected');
  assert.equal(row.tries, 5);
  // In the middle of its tries, too.
  await ends(listen);
});

const text = async (from, body, to = phone.e164) => expectStatus(
  await server.operator.post('/v1/sandbox/messages', { from, to, body }), 201).body;
const handset = async (number) => (await server.operator.get(
  `/v1/sandbox/messages?to=${encodeURIComponent(number)}`)).body.messages;

test("listen --agent is the agent's message endpoint: its answers are sent, once", async () => {
  const json = { 'Content-Type': 'application/json' };
  const receiver = await startReceiver((request) => ({ headers: json,
    body: JSON.stringify({ body: `You said ${request.body.data.body}` }) }));
  const other = expectStatus(await server.operator.post('/v1/phone/provision',
    { label: 'not the agent\'s' }), 202).body.phone;
  const listen = startCommand(server,
    ['listen', '--forward', receiver.url, '--agent', server.agentId, '--since', sinceNow()]);
  await text('+14155550100', 'first');
  const messages = await until('the answer came', async () => {
    const all = await handset('+14155550100');
    return all.length > 0 ? all : undefined;
  });
  assert.deepEqual(messages.map((each) => each.body), ['You said first']);
  assert.equal(messages[0].from, phone.e164);
  const got = receiver.requests.at(-1);
  assert.equal(eventComplaint(got.body), undefined, got.text);
  const row = await until('the line', () => listen.rows()[0]);
  assert.equal(row.event, 'sms.received');
  assert.equal(row.answer.status, 'queued');
  assert.match(row.answer.message_id, /^msg_/);
  // Not to a keyword, not where there is no answer, not for a number that is not the agent's.
  await text('+14155550101', 'STOP');
  await text('+14155550102', 'other number', other.e164);
  receiver.answer = () => ({ status: 204 });
  await text('+14155550103', 'no answer');
  await until('the last came', () => receiver.requests.some(
    (request) => request.body.data.from === '+14155550103'));
  const senders = receiver.requests.map((request) => request.body.data.from);
  assert.ok(senders.includes('+14155550101') && !senders.includes('+14155550102'));
  assert.deepEqual((await handset('+14155550103')), []);
  assert.ok(!(await handset('+14155550101')).some((each) => /You said/.test(each.body)));
  // Events are told again after a new start: the text is answered already.
  await ends(listen);
  receiver.answer = () => ({ headers: json, body: '{"body":"Another answer"}' });
  const again = startCommand(server,
    ['listen', '--forward', receiver.url, '--agent', server.agentId, '--since', '1h']);
  await until('the first came again', () => again.rows().some((each) =>
    each.event_id === row.event_id));
  assert.equal(again.rows().find((each) => each.event_id === row.event_id).answer.status,
    'sent before');
  assert.deepEqual((await handset('+14155550100')).map((each) => each.body), ['You said first']);
  await ends(again);
  await receiver.close();
});

test('an answer that the rules refuse is told of', async () => {
  const receiver = await startReceiver(() => ({ headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ body: 'x'.repeat(2_000) }) }));
  const listen = startCommand(server,
    ['listen', '--forward', receiver.url, '--agent', server.agentId, '--since', sinceNow()]);
  await text('+14155550110', 'long');
  const row = await until('the line', () => listen.rows()[0]);
  assert.equal(row.answer.status, 'refused');
  assert.notEqual(row.answer.problem, '');
  assert.deepEqual(await handset('+14155550110'), []);
  await ends(listen);
  await receiver.close();
});

test('what listen refuses', async () => {
  const env = { DIALPLANE_SERVER: server.origin, DIALPLANE_API_KEY: server.operatorKey };
  for (const [args, code] of [[[], 2], [['--forward', 'localhost:3000'], 2],
    [['--forward', 'ftp://localhost/'], 2],
    [['--forward', 'http://localhost:3000', '--agent', unknownUuid], 1],
    [['--forward', 'http://localhost:3000', '--secret', 'x'], 2],
    [['--forward', 'http://localhost:3000', '--types', 'x'], 1]]) {
    const ended = await run(['listen', ...args], { env });
    assert.equal(ended.code, code, `${args.join(' ')}: ${ended.stderr}${ended.stdout}`);
    assert.equal(JSON.parse(ended.stdout).success, false);
  }
});

// HTTP messages whose length or framing is ambiguous are refused before any handler runs, and the
// connection is closed: what follows on it can not be trusted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { soldCount } from '../support/actions.mjs';
import { exchangeRaw, parseRawAnswers } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';

let server;
let host;
before(async () => {
  server = await startServer({ slots: 60 });
  host = new URL(server.origin).host;
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const body = '{"label":"Smuggled"}';
const target = '/agents/phone-numbers/provision';

function head(lines, { method = 'POST', path = target, version = 'HTTP/1.1' } = {}) {
  return [`${method} ${path} ${version}`, ...lines, '', ''].join('\r\n');
}
const usual = () => [`Host: ${host}`, `Authorization: Bearer ${server.agentKey}`,
  'Content-Type: application/json'];
const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

// The bytes must be answered by one 4xx and the end of the connection, and cause nothing.
async function refused(bytes, statuses = [400]) {
  const before = await soldCount(server);
  const { text, closed } = await exchangeRaw(server, bytes);
  assert.ok(closed, `the connection must be closed, got ${JSON.stringify(text.slice(0, 200))}`);
  const answers = text === '' ? [] : parseRawAnswers(text);
  assert.ok(answers.length <= 1, 'a second request was read out of the first');
  for (const answer of answers) {
    assert.ok(statuses.includes(answer.status), `${answer.status} ${answer.body}`);
    assert.match(answer.headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/);
  }
  assert.equal(await soldCount(server), before, 'nothing was bought');
  return answers[0];
}

const length = `Content-Length: ${body.length}`;
const cases = {
  'Content-Length and chunked': () =>
    head([...usual(), length, 'Transfer-Encoding: chunked']) + chunked,
  'chunked and Content-Length': () =>
    head([...usual(), 'Transfer-Encoding: chunked', length]) + chunked,
  'two different Content-Length': () =>
    head([...usual(), length, `Content-Length: ${body.length + 5}`]) + body,
  'a list of two Content-Length': () =>
    head([...usual(), `Content-Length: ${body.length}, ${body.length + 1}`]) + body,
  'a negative Content-Length': () => head([...usual(), 'Content-Length: -5']) + body,
  'a signed Content-Length': () => head([...usual(), `Content-Length: +${body.length}`]) + body,
  'a hexadecimal Content-Length': () => head([...usual(), 'Content-Length: 0x14']) + body,
  'an endless Content-Length': () =>
    head([...usual(), 'Content-Length: 99999999999999999999999999']) + body,
  'an empty Content-Length': () => head([...usual(), 'Content-Length:']) + body,
  'Transfer-Encoding xchunked': () =>
    head([...usual(), 'Transfer-Encoding: xchunked']) + chunked,
  'Transfer-Encoding chunked, gzip': () =>
    head([...usual(), 'Transfer-Encoding: chunked, gzip']) + chunked,
  'Transfer-Encoding gzip, chunked': () =>
    head([...usual(), 'Transfer-Encoding: gzip, chunked']) + chunked,
  'Transfer-Encoding identity': () =>
    head([...usual(), 'Transfer-Encoding: identity', length]) + body,
  'two Transfer-Encoding': () => head([...usual(), 'Transfer-Encoding: chunked',
    'Transfer-Encoding: chunked']) + chunked,
  'HTTP/1.0 with chunked': () =>
    head([...usual(), 'Transfer-Encoding: chunked'], { version: 'HTTP/1.0' }) + chunked,
  'a space before the colon': () =>
    head([...usual(), `Content-Length : ${body.length}`]) + body,
  'a header without a colon': () => head([...usual(), 'Nonsense', length]) + body,
  'a folded header': () => head([...usual(), 'X-A: 1\r\n continued', length]) + body,
  'a NUL in a header': () => head([...usual(), 'X-A: a\0b', length]) + body,
  'a bare CR in a header': () => head([...usual(), 'X-A: a\rb', length]) + body,
  'no Host': () => head([...usual().slice(1), length]) + body,
  'two Host': () => head([...usual(), 'Host: other.example', length]) + body,
  'two equal Host': () => head([...usual(), `Host: ${host}`, length]) + body,
  'a bad chunk size': () =>
    head([...usual(), 'Transfer-Encoding: chunked']) + `zz\r\n${body}\r\n0\r\n\r\n`,
  'a negative chunk size': () =>
    head([...usual(), 'Transfer-Encoding: chunked']) + `-14\r\n${body}\r\n0\r\n\r\n`,
  'a chunk that is longer than said': () =>
    head([...usual(), 'Transfer-Encoding: chunked']) + `5\r\n${body}\r\n0\r\n\r\n`,
  'an unknown HTTP version': () => head([...usual(), length], { version: 'HTTP/3.7' }) + body,
  'no version': () => `POST ${target}\r\nHost: ${host}\r\n\r\n`,
  'a method with a space': () => head([...usual(), length], { method: 'PO ST' }) + body,
  'a control character in the target': () =>
    head([...usual(), length], { path: `${target}\x01` }) + body,
  'bare line feeds': () =>
    (head([...usual(), length]) + body).replaceAll('\r\n', '\n'),
  'not HTTP at all': () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
};

for (const [name, make] of Object.entries(cases)) {
  test(`${name} is refused`, async () => {
    // A request hidden behind it must never be read.
    const hidden = head([...usual(), length]) + body;
    await refused(Buffer.from(make() + hidden, 'latin1'), [400, 413, 431, 501, 505]);
  });
}

test('limits of the head: 414 and 431', async () => {
  await refused(head([...usual(), length], { path: `/${'x'.repeat(9000)}` }) + body, [414, 431]);
  await refused(head([...usual(), `X-Big: ${'x'.repeat(20_000)}`, length]) + body, [431]);
  const many = Array.from({ length: 150 }, (_, i) => `X-${i}: 1`);
  await refused(head([...usual(), ...many, length]) + body, [431]);
});

test('a long chunk extension and a long trailer are refused', async () => {
  const start = head([...usual(), 'Transfer-Encoding: chunked']);
  const size = body.length.toString(16);
  await refused(`${start}${size};x=${'y'.repeat(70_000)}\r\n${body}\r\n0\r\n\r\n`,
    [400, 413, 431]);
  await refused(`${start}${size}\r\n${body}\r\n0\r\nX-T: ${'y'.repeat(70_000)}\r\n\r\n`,
    [400, 413, 431]);
});

test('a chunked body that grows over 64 KiB is 413', async () => {
  const part = 'x'.repeat(16_384);
  const chunk = `${part.length.toString(16)}\r\n${part}\r\n`;
  const start = head([...usual(), 'Transfer-Encoding: chunked']);
  await refused(`${start}${chunk.repeat(5)}0\r\n\r\n`, [413]);
});

test('trailers are ignored', async () => {
  const before = await soldCount(server);
  const size = body.length.toString(16);
  const bytes = head([`Host: ${host}`, `Authorization: Bearer ${server.agentKey}`,
    'Content-Type: application/json', 'Transfer-Encoding: chunked', 'Connection: close']) +
    `${size}\r\n${body}\r\n0\r\nAuthorization: Bearer nonsense\r\nContent-Length: 3\r\n\r\n`;
  const { text } = await exchangeRaw(server, bytes);
  const [answer] = parseRawAnswers(text);
  assert.equal(answer.status, 201, text);
  assert.equal(await soldCount(server), before + 1);
});

test('well-formed requests in one write are answered in order', async () => {
  const one = (path, last) => head([`Host: ${host}`, `Authorization: Bearer ${server.agentKey}`,
    ...(last ? ['Connection: close'] : [])], { method: 'GET', path });
  const bytes = one('/agents') + one('/v1/phone') + one('/health/live', true);
  const { text, closed } = await exchangeRaw(server, bytes);
  assert.ok(closed);
  const answers = parseRawAnswers(text);
  assert.deepEqual(answers.map((answer) => answer.status), [200, 200, 200]);
  assert.ok(JSON.parse(answers[0].body).summaries);
  assert.ok(JSON.parse(answers[1].body).phones);
  assert.equal(JSON.parse(answers[2].body).status, 'ok');
});

test('HTTP/1.0 is answered and closed', async () => {
  const bytes = head([`Host: ${host}`], { method: 'GET', path: '/health/live',
    version: 'HTTP/1.0' });
  const { text, closed } = await exchangeRaw(server, bytes);
  assert.ok(closed);
  assert.equal(parseRawAnswers(text)[0].status, 200);
});

test('Expect: 100-continue gets its go-ahead', async () => {
  const before = await soldCount(server);
  const bytes = head([...usual(), length, 'Expect: 100-continue', 'Connection: close']) + body;
  const { text } = await exchangeRaw(server, bytes);
  assert.match(text, /HTTP\/1\.1 201 /);
  assert.equal(await soldCount(server), before + 1);
});

test('half a request, then silence of the sender: nothing happens', async () => {
  const before = await soldCount(server);
  const { text } = await exchangeRaw(server,
    head([...usual(), `Content-Length: ${body.length + 10}`]) + body, { endAfterWrite: true });
  if (text !== '') assert.equal(parseRawAnswers(text)[0].status, 400);
  assert.equal(await soldCount(server), before);
});

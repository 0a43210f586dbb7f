// A small HTTP client that hides nothing: no retries, no redirects, every header as sent. Each
// answer is checked against the contract before a test sees it. For requests that are not
// well-formed HTTP there is `exchangeRaw`, which writes bytes to a socket and reads on.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { checkAnswer } from './contract.mjs';
import { within } from './waiting.mjs';

const agents = new Map();
function agentFor(origin) {
  if (!agents.has(origin)) agents.set(origin, new http.Agent({ keepAlive: true, maxSockets: 256 }));
  return agents.get(origin);
}

// One request. `body` may be a value (sent as JSON), a Buffer (sent as it is) or undefined.
export function send(origin, method, path, { body, headers = {}, timeoutMs = 40_000,
  agent = agentFor(origin), signal } = {}) {
  const bytes = body === undefined ? undefined
    : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const sent = { ...headers };
  const names = Object.keys(sent).map((name) => name.toLowerCase());
  if (bytes !== undefined && !names.includes('content-type')) {
    sent['Content-Type'] = 'application/json';
  }
  for (const name of Object.keys(sent)) if (sent[name] === undefined) delete sent[name];
  if (bytes !== undefined) sent['Content-Length'] = String(bytes.length);
  else if (method !== 'GET') sent['Content-Length'] = '0';
  const url = new URL(origin);
  const answered = new Promise((resolve, reject) => {
    // node:http takes the path as it is: URL would tidy away what some tests want to send.
    const request = http.request({ host: url.hostname, port: url.port, method, path, agent,
      headers: sent, signal }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const raw = Buffer.concat(chunks);
        const text = raw.toString('utf8');
        let parsed;
        try {
          parsed = text === '' ? undefined : JSON.parse(text);
        } catch {
          parsed = undefined;
        }
        resolve({ status: response.statusCode, headers: response.headers, text, raw,
          body: parsed });
      });
    });
    request.on('error', reject);
    if (bytes !== undefined) request.write(bytes);
    request.end();
  });
  return within(timeoutMs, `${method} ${path}`, answered);
}

// A client of one server with one key (null: without any). Every answer is checked.
export function api(server, key, fixed = {}) {
  async function call(method, path, body, headers = {}, options = {}) {
    const identity = key === null ? {} : { Authorization: `Bearer ${key}` };
    const all = { ...identity, ...fixed, ...headers };
    const answer = await send(server.origin, method, path, { body, headers: all, ...options });
    const version = Object.entries(all)
      .find(([name]) => name.toLowerCase() === 'cartesia-version')?.[1];
    checkAnswer({ method, path: path.split('?')[0], version, answer });
    return answer;
  }
  return {
    call,
    get: (path, headers, options) => call('GET', path, undefined, headers, options),
    post: (path, body, headers, options) => call('POST', path, body, headers, options),
    put: (path, body, headers, options) => call('PUT', path, body, headers, options),
    patch: (path, body, headers, options) => call('PATCH', path, body, headers, options),
    delete: (path, headers, options) => call('DELETE', path, undefined, headers, options),
  };
}

// Asserts the status and the code of a refusal in either dialect, and returns the answer.
export function expectError(answer, status, code, { reason, mentions } = {}) {
  assert.equal(answer.status, status, `expected ${status} ${code}, got ${answer.status} ` +
    answer.text.slice(0, 500));
  const error = answer.body.error ?? answer.body;
  // A JSON-RPC error says it in its data.
  assert.equal(error.data?.code ?? error.code ?? error.error_code, code, answer.text);
  if (reason !== undefined) assert.equal(error.reason, reason, answer.text);
  if (mentions !== undefined) {
    assert.ok(error.message.includes(mentions),
      `the message should name ${mentions}: ${error.message}`);
  }
  return answer;
}

export function expectStatus(answer, status) {
  assert.equal(answer.status, status, answer.text.slice(0, 1000));
  return answer;
}

// Writes `bytes` and returns everything the peer sent until it closed, or until `enough(text)`.
export function exchangeRaw(server, bytes, { enough = () => false, timeoutMs = 20_000,
  endAfterWrite = false } = {}) {
  const url = new URL(server.origin);
  const exchanged = new Promise((resolve, reject) => {
    const socket = net.connect({ host: url.hostname, port: Number(url.port) });
    let text = '';
    const finish = (closed) => {
      socket.destroy();
      resolve({ text, closed });
    };
    socket.on('connect', () => {
      socket.write(bytes);
      if (endAfterWrite) socket.end();
    });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (enough(text)) finish(false);
    });
    socket.on('end', () => finish(true));
    // A peer that refuses may reset the connection while we still write.
    socket.on('error', (failure) => ['ECONNRESET', 'EPIPE'].includes(failure.code)
      ? finish(true) : reject(failure));
  });
  return within(timeoutMs, 'the raw exchange', exchanged);
}

// Splits the text of one or more answers with Content-Length into {status, headers, body}.
export function parseRawAnswers(text) {
  const answers = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    assert.notEqual(end, -1, `no complete head in ${JSON.stringify(rest.slice(0, 200))}`);
    const [first, ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(lines.map((line) =>
      [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const length = Number(headers['content-length'] ?? '0');
    answers.push({ status: Number(first.split(' ')[1]), headers,
      body: rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

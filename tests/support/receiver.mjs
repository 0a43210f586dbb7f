// A webhook receiver under a test's control: an HTTP server that keeps every request it got and
// answers as it is told. Owned by the test, which closes it.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { until } from './waiting.mjs';

// `answer(request)` says what to do: {status, headers, body}, 'reset', 'hang', or a promise of one.
export async function startReceiver(answer = () => ({ status: 200 })) {
  const receiver = { requests: [], answer, sockets: new Set() };
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', async () => {
      const raw = Buffer.concat(chunks);
      const got = { at: performance.now(), path: request.url, method: request.method,
        headers: request.headers, raw, text: raw.toString('utf8') };
      try {
        got.body = JSON.parse(got.text);
      } catch {
        got.body = undefined;
      }
      receiver.requests.push(got);
      const what = await receiver.answer(got);
      if (what === 'hang') return;
      if (what === 'reset') return void request.socket.resetAndDestroy();
      response.writeHead(what.status ?? 200, what.headers ?? {});
      response.end(what.body ?? '');
    });
  });
  server.on('connection', (socket) => {
    receiver.sockets.add(socket);
    socket.on('close', () => receiver.sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  receiver.port = server.address().port;
  receiver.url = `http://127.0.0.1:${receiver.port}/hook`;
  receiver.close = async () => {
    server.close();
    for (const socket of receiver.sockets) socket.destroy();
  };
  // Waits until `count` requests that fit have come, and returns them.
  receiver.wait = (count = 1, fits = () => true, timeoutMs = 15_000) =>
    until(`${count} requests have come`, () => {
      const fitting = receiver.requests.filter(fits);
      return fitting.length >= count ? fitting : undefined;
    }, { timeoutMs, intervalMs: 5 });
  return receiver;
}

export const ofType = (type) => (request) => request.headers['x-naive-event'] === type;

const same = (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

// What a receiver would do with X-Naive-Signature: one of the values must fit.
export function naiveSignatureFits(request, secret) {
  const good = createHmac('sha256', secret).update(request.raw).digest('hex');
  return request.headers['x-naive-signature'].split(' ').some((value) => same(value, good));
}

// The same for Standard Webhooks, of which the npm reference is tests/clients'.
export function standardSignatureFits(request, secret) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = `${request.headers['webhook-id']}.${request.headers['webhook-timestamp']}.`;
  const good = `v1,${createHmac('sha256', key).update(signed).update(request.raw)
    .digest('base64')}`;
  return request.headers['webhook-signature'].split(' ').some((value) => same(value, good));
}

const ajv = new Ajv.default({ strict: true, strictTypes: false, strictRequired: false,
  allowUnionTypes: true });
addFormats.default(ajv);
const schemas = new Map();

// What is wrong with a delivered body, by contract/events/; undefined where nothing is.
export function eventComplaint(body) {
  if (!schemas.has(body.event)) {
    const file = new URL(`../../contract/events/${body.event}.json`, import.meta.url);
    schemas.set(body.event, ajv.compile(JSON.parse(readFileSync(file, 'utf8'))));
  }
  const fits = schemas.get(body.event);
  return fits(body) ? undefined : ajv.errorsText(fits.errors);
}

// Makes an endpoint for the receiver and returns it.
export async function subscribe(server, receiver, eventTypes = ['*'], fields = {}) {
  const answer = await server.operator.post('/v1/webhooks',
    { url: receiver.url, eventTypes, ...fields });
  if (answer.status !== 201) throw new Error(`no webhook: ${answer.text}`);
  server.secrets.add(answer.body.secret);
  return answer.body;
}

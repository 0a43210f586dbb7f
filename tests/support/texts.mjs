// Texts in tests: a number that may send, the handsets of the sandbox, and webhooks signed as the
// sandbox signs them.
import { createHmac } from 'node:crypto';
import { provisionNaive, setReviewMs } from './actions.mjs';
import { expectStatus, send } from './http.mjs';
import { until } from './waiting.mjs';

// Neither pace nor caps: what a test of something else wants.
const scopes = ['organization', 'user', 'agent', 'number', 'prefix'];
export const textArgs = ['--messaging-throughput-class', 'unlimited', ...scopes.flatMap((scope) =>
  ['texts-per-minute', 'texts-per-day', 'credits-per-day', 'new-recipients-per-hour'].flatMap(
    (cap) => [`--messaging-caps-${scope}-${cap}`, '0']))];

export const handset = '+14155550142';

// A number whose campaign is approved and attached.
export async function textingNumber(server, body = {}, headers = {}) {
  await setReviewMs(server, 0);
  const { phone } = await provisionNaive(server, body, headers);
  await until('the number may text', async () => {
    const row = expectStatus(await server.agent.get(`/v1/phone/${phone.id}`), 200).body;
    return row.capabilities.sms_outbound;
  });
  return phone;
}

export function sendText(server, phone, body, headers = {}) {
  return server.agent.post(`/v1/phone/${phone.id}/sms`, { to: handset, ...body }, headers);
}

export async function textRow(server, id) {
  return expectStatus(await server.operator.get(`/v1/phone/messages/${id}`), 200).body;
}

export function textEnd(server, id, statuses = ['delivered', 'failed'], timeoutMs = 20_000) {
  return until(`text ${id} is ${statuses.join(' or ')}`, async () => {
    const row = await textRow(server, id);
    return statuses.includes(row.status) ? row : undefined;
  }, { timeoutMs });
}

export async function receivedBy(server, to = handset) {
  return expectStatus(await server.operator.get(
    `/v1/sandbox/messages?to=${encodeURIComponent(to)}`), 200).body.messages;
}

export async function textFromOutside(server, phone, body, from = handset) {
  return expectStatus(await server.operator.post('/v1/sandbox/messages',
    { from, to: phone.e164, body }), 201).body.id;
}

export async function inboundTexts(server, phone) {
  const all = [];
  let cursor = '';
  for (;;) {
    const { body } = expectStatus(await server.operator.get(
      `/v1/phone/${phone.id}/messages?limit=100${cursor}`), 200);
    all.push(...body.messages);
    if (body.next_cursor === null) return all;
    cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
}

export async function setAside(server) {
  return expectStatus(await server.operator.get('/v1/inbox?status=set_aside&limit=100'), 200)
    .body.entries;
}

export async function webhookSecret(server) {
  return expectStatus(await server.operator.get('/v1/sandbox'), 200).body.webhook_secret;
}

export function signedHeaders(secret, id, body, seconds = Math.floor(Date.now() / 1000)) {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64');
  return { 'Content-Type': 'application/json', 'webhook-id': id,
    'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${mac}` };
}

// Posts what the sandbox would post. `event` is the body as a value.
export function postWebhook(server, secret, id, event, options = {}) {
  const bytes = Buffer.isBuffer(event) ? event : Buffer.from(JSON.stringify(event));
  return send(server.origin, 'POST', '/webhooks/sandbox',
    { body: bytes, headers: signedHeaders(secret, id, bytes), ...options });
}

export function receivedEvent(phone, id, body, from = handset) {
  return { type: 'text.received', data: { id, from, to: phone.e164, body, media_urls: [],
    at: new Date().toISOString() } };
}

export function statusEvent(id, reference, status, more = {}) {
  return { type: 'text.status', data: { id, reference, status, at: new Date().toISOString(),
    ...more } };
}

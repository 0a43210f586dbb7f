// Tool calls over POST /mcp by a client without keys, with connections that break when a test says
// so: before the answer, or with nobody known to read it.
import assert from 'node:assert/strict';
import http from 'node:http';
import { usage } from './actions.mjs';
import { exchangeRaw, expectStatus, parseRawAnswers } from './http.mjs';
import { until, within } from './waiting.mjs';

const headers = { Accept: 'application/json, text/event-stream',
  'MCP-Protocol-Version': '2025-11-25' };

let serial = 0;
const messageFor = (name, args) => ({ jsonrpc: '2.0', id: ++serial, method: 'tools/call',
  params: { name, arguments: args } });

function resultIn(answer) {
  assert.ok(answer.result, JSON.stringify(answer));
  return answer.result;
}

// The whole result of one call.
export async function callTool(server, name, args = {}, { more = {}, client = server.agent } = {}) {
  const answer = await client.post('/mcp', messageFor(name, args), { ...headers, ...more });
  return resultIn(expectStatus(answer, 200).body);
}

// What the tool says, of a call that must not be refused.
export async function mustCall(server, name, args, options) {
  const result = await callTool(server, name, args, options);
  assert.ok(!result.isError, JSON.stringify(result));
  return result.structuredContent;
}

// A call whose client can go away: { cut() }; `sent` and `ended` resolve when it was and has.
export function cuttableCall(server, name, args = {}, more = {}) {
  const url = new URL(server.origin);
  const body = JSON.stringify(messageFor(name, args));
  const request = http.request({ host: url.hostname, port: url.port, method: 'POST', path: '/mcp',
    agent: false, headers: { ...headers, Authorization: `Bearer ${server.agentKey}`,
      'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...more } });
  // Only when the socket is closed: until then the server rightly takes the client for present.
  const ended = new Promise((resolve) => {
    let how = 'cut';
    request.on('error', () => {});
    request.on('response', (answer) => {
      answer.on('error', () => {});
      answer.resume().on('end', () => { how = 'answered'; });
    });
    request.on('close', () => resolve(how));
  });
  const sent = new Promise((resolve) => request.on('close', resolve).on('finish', resolve));
  request.end(body);
  return {
    sent: within(30_000, 'the sending of a call', sent),
    cut: () => request.destroy(),
    ended: within(30_000, 'the end of a call', ended),
  };
}

// Sends a call, waits until its purchase is under way (order a slow one first), and goes away.
export async function loseWhileBuying(server, args, more) {
  const before = (await usage(server)).held;
  const call = cuttableCall(server, 'naive_phone_provision', args, more);
  await until('the purchase is under way', async () => (await usage(server)).held > before);
  call.cut();
  assert.equal(await call.ended, 'cut');
}

// A call by a client that closes its side at once: the server answers, and cannot know that anybody
// reads it. Returns the result all the same.
export async function callAndLeave(server, name, args = {}) {
  const body = JSON.stringify(messageFor(name, args));
  const lines = [`POST /mcp HTTP/1.1`, `Host: ${new URL(server.origin).host}`,
    `Authorization: Bearer ${server.agentKey}`, 'Content-Type: application/json',
    ...Object.entries(headers).map(([key, value]) => `${key}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`, '', body];
  const { text } = await exchangeRaw(server, lines.join('\r\n'), { endAfterWrite: true });
  const [answer] = parseRawAnswers(text);
  assert.equal(answer.status, 200, text);
  return resultIn(JSON.parse(answer.body));
}

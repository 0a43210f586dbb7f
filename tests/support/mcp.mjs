// A small client of /mcp in both revisions, and the judge of what tools return: every result is
// held against the outputSchema that the server itself lists.
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { api, expectStatus } from './http.mjs';

export const modern = '2026-07-28';
export const legacy = '2025-11-25';
const prefix = 'io.modelcontextprotocol/';

// What a modern request carries; `over` replaces or (undefined) removes members.
export function modernMeta(over = {}) {
  const all = {
    [`${prefix}protocolVersion`]: modern,
    [`${prefix}clientInfo`]: { name: 'test', version: '1' },
    [`${prefix}clientCapabilities`]: {},
    ...over,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

export function modernHeaders(method, params = {}) {
  const name = params.name ?? params.uri;
  const named = ['tools/call', 'prompts/get', 'resources/read'].includes(method);
  return { 'MCP-Protocol-Version': modern, 'Mcp-Method': method,
    ...(named && name !== undefined ? { 'Mcp-Name': name } : {}) };
}

let lastId = 0;

// One POST of `message` as it is.
export function post(server, message, headers = {}, { key = server.agentKey, ...options } = {}) {
  return api(server, key).post('/mcp', message, { Accept: 'application/json, text/event-stream',
    ...headers }, options);
}

// A request in a revision; the whole HTTP answer.
export function ask(server, method, params = {}, { revision = modern, ...options } = {}) {
  const id = ++lastId;
  if (revision === modern) {
    return post(server, { jsonrpc: '2.0', id, method, params: { ...params, _meta: modernMeta() } },
      modernHeaders(method, params), options);
  }
  return post(server, { jsonrpc: '2.0', id, method, params },
    { 'MCP-Protocol-Version': revision }, options);
}

export async function resultOf(server, method, params, options) {
  const answer = expectStatus(await ask(server, method, params, options), 200);
  assert.ok(answer.body.result, answer.text.slice(0, 1000));
  return answer.body.result;
}

export async function expectFault(answer, status, code) {
  const told = await answer;
  expectStatus(told, status);
  assert.equal(told.body.error.code, code, told.text);
  return told.body;
}

const ajv = new Ajv.default({ strict: false, allErrors: true });
addFormats.default(ajv);
const judges = new Map();

async function judgeOf(server, tool) {
  if (!judges.has(tool)) {
    const { tools } = await resultOf(server, 'tools/list');
    for (const each of tools) {
      judges.set(each.name, { output: ajv.compile(each.outputSchema),
        input: ajv.compile(each.inputSchema) });
    }
  }
  return judges.get(tool);
}

// Calls a tool and holds the result against its schema and the rules every result obeys.
export async function call(server, name, args = {}, options = {}) {
  const result = await resultOf(server, 'tools/call', { name, arguments: args }, options);
  const judge = await judgeOf(server, name);
  assert.ok(judge.output(result.structuredContent),
    `${name}: ${JSON.stringify(judge.output.errors)}\n${JSON.stringify(result)}`);
  if (!result.isError) {
    assert.ok(judge.input(args), `${name} takes what its schema refuses: ${JSON.stringify(args)}`);
  }
  assert.deepEqual(JSON.parse(result.content.at(-1).text), result.structuredContent, name);
  assert.equal(result.isError, result.structuredContent.ok === false, name);
  return result;
}

export async function got(server, name, args, options) {
  const result = await call(server, name, args, options);
  assert.equal(result.isError, false, JSON.stringify(result.structuredContent));
  return result.structuredContent;
}

export async function refusedBy(server, name, args, { verdict = 'refused', reason } = {}, options) {
  const result = await call(server, name, args, options);
  assert.equal(result.isError, true, JSON.stringify(result.structuredContent));
  const told = result.structuredContent;
  assert.equal(told.verdict, verdict, JSON.stringify(told));
  if (reason !== undefined) assert.equal(told.reason, reason, JSON.stringify(told));
  assert.ok(told.recovery.length > 0, 'something can always be done next');
  return told;
}

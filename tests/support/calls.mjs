// Calls in tests: numbers that agents answer, calls from the sandbox's telephones, and voice
// webhooks signed as the sandbox signs them.
import { provisionCartesia } from './actions.mjs';
import { expectStatus, send } from './http.mjs';
import { signedHeaders } from './texts.mjs';

export const caller = '+14155550142';
export const agentUrl = 'wss://agent.example/media';

export async function newAgent(server, name = 'Switchboard') {
  return expectStatus(await server.operator.post('/v1/agents', { name }), 201).body;
}

export function putEndpoint(server, agentId, endpoint = { type: 'websocket', url: agentUrl }) {
  return server.operator.put(`/v1/voice-endpoints/${agentId}`, endpoint);
}

// An agent with a voice endpoint, and a number it answers.
export async function answeredNumber(server, endpoint) {
  const agent = await newAgent(server);
  expectStatus(await putEndpoint(server, agent.id, endpoint), 200);
  const number = await provisionCartesia(server, { agent_id: agent.id });
  return { agent, number };
}

// A telephone of the sandbox calls; returns the whole call, with its steps.
export async function callFromOutside(server, number, options = {}) {
  return expectStatus(await server.operator.post('/v1/sandbox/calls',
    { from: caller, to: number.number, ...options }), 201).body;
}

export async function callsOf(server, agent, query = '', headers = {}) {
  return expectStatus(await server.agent.get(
    `/agents/calls?agent_id=${agent.id}&limit=100${query}`, headers), 200).body.data;
}

export async function getCall(server, id, headers = {}) {
  return expectStatus(await server.agent.get(`/agents/calls/${id}`, headers), 200).body;
}

// What the sandbox's switchboard would post.
export function callEvent(type, number, id, fields = {}) {
  return { type: `call.${type}`, data: { id, from: caller, to: number.number,
    direction: 'inbound', status: 'ringing', sequence: 0, at: new Date().toISOString(),
    ...fields } };
}

let posts = 0;
export function postCall(server, secret, event, { place = '', account = 'sandbox', headers } = {}) {
  const bytes = Buffer.isBuffer(event) ? event : Buffer.from(JSON.stringify(event));
  posts += 1;
  return send(server.origin, 'POST', `/carriers/${account}/calls${place}`,
    { body: bytes, headers: headers ?? signedHeaders(secret, `post_${posts}`, bytes) });
}

// One table of journeys, three ways in: REST, the command line, MCP. Each way must leave the same
// rows, charges, messages, approvals and audit entries behind, and give the same answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPages, ein, gateDefaultUser, soldCount, usage } from '../support/actions.mjs';
import { client } from '../support/client_cli.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { callTool } from '../support/lossy_mcp.mjs';
import { withServer } from '../support/server.mjs';
import { textArgs, textFromOutside } from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

// An answer in one form: { ok, body } or { ok: false, code, reason }.
const fromRest = (answer) => (answer.status < 300 ? { ok: true, body: answer.body }
  : { ok: false, code: answer.body.error.code, reason: answer.body.error.reason });

const flags = (args) => Object.entries(args).flatMap(([name, value]) =>
  [`--${name.replaceAll('_', '-')}`, Array.isArray(value) ? value.join(',') : String(value)]);

// Acts of a journey, told in each way's own words.
const acts = {
  provision: { rest: (a) => ['post', '/v1/phone/provision', a],
    cli: (a) => ['phone', 'provision', ...flags(a)], mcp: (a) => ['naive_phone_provision', a] },
  list: { rest: () => ['get', '/v1/phone'], cli: () => ['phone'],
    mcp: () => ['naive_phone_list', {}] },
  get: { rest: (a) => ['get', `/v1/phone/${a.phone_id}`],
    cli: (a) => ['phone', 'get', a.phone_id], mcp: (a) => ['naive_phone_get', a] },
  status: { rest: () => ['get', '/v1/phone/status'], cli: () => ['phone', 'status'],
    mcp: () => ['naive_phone_status', {}] },
  send: { rest: ({ phone_id: id, ...a }) => ['post', `/v1/phone/${id}/sms`, a],
    cli: ({ phone_id: id, ...a }) => ['phone', 'send', '--from', id, ...flags(a)],
    mcp: (a) => ['naive_phone_send', a] },
  messages: { rest: (a) => ['get', `/v1/phone/${a.phone_id}/messages`],
    cli: (a) => ['phone', 'messages', a.phone_id], mcp: (a) => ['naive_phone_messages', a] },
  assign: { rest: ({ phone_id: id, ...a }) => ['post', `/v1/phone/${id}/assign`, a],
    cli: ({ phone_id: id, ...a }) => ['phone', 'assign', id, ...flags(a)],
    mcp: (a) => ['naive_phone_assign', a] },
  assignments: { rest: (a) => ['get', `/v1/phone/${a.phone_id}/assignments`],
    cli: (a) => ['phone', 'assignments', a.phone_id],
    mcp: (a) => ['naive_phone_assignments', a] },
  release: { rest: (a) => ['delete', `/v1/phone/${a.phone_id}`],
    cli: (a) => ['phone', 'release', a.phone_id], mcp: (a) => ['naive_phone_release', a] },
};

// Each way: (server) => do(act, args) => answer.
const ways = {
  rest: (server) => async (act, args = {}) => {
    const [method, path, body] = acts[act].rest(args);
    return fromRest(await server.agent[method](path, body));
  },
  cli: (server) => {
    const cli = client(server, { key: server.agentKey });
    return async (act, args = {}) => {
      const { document } = await cli(...acts[act].cli(args));
      return document.success ? { ok: true, body: document.result }
        : { ok: false, code: document.error.code, reason: document.error.reason };
    };
  },
  mcp: (server) => async (act, args = {}) => {
    const result = await callTool(server, ...acts[act].mcp(args));
    const { operation_id: operation, ...told } = result.structuredContent;
    if (act === 'provision' && told.phone) assert.ok(operation, 'it can be looked at again');
    if (!result.isError) return { ok: true, body: told };
    // The verdict's reason is the code where there is no finer one.
    const { code } = told.error;
    return { ok: false, code, reason: told.reason === code ? undefined : told.reason };
  },
};

const agentOf = async (server) =>
  (await server.operator.post('/v1/agents', { name: 'Desk' })).body;

const journeys = {
  'a first number, a second one, and what they cost': async (go) => [
    await go('provision', { label: 'No company yet' }),
    await go('provision', { ein, area_code: '415', label: 'Support' }),
    await go('provision', { area_code: '212', label: 'Sales' }),
    await go('list'), await go('status')],
  'refused: a wrong area code, a wrong EIN, an unknown agent, too many': async (go) => [
    await go('provision', { ein, area_code: '999' }),
    await go('provision', { ein: '00-0000000' }),
    await go('provision', { ein, agent_id: '0198c2a4-7c1e-7000-8000-00000000000d' }),
    await go('get', { phone_id: '0198c2a4-7c1e-7000-8000-00000000000d' })],
  'a number, an agent, a text in and a text out, and back again': async (go, server) => {
    const bought = await go('provision', { ein, area_code: '415', label: 'Desk' });
    const { id } = bought.body.phone;
    const agent = await agentOf(server);
    const told = [bought, await go('assign', { phone_id: id, agent_id: agent.id }),
      await go('assignments', { phone_id: id })];
    await textFromOutside(server, bought.body.phone, 'Are you open?');
    await until('the text has come', async () =>
      (await go('messages', { phone_id: id })).body.messages.length === 1);
    await until('it may send', async () =>
      (await go('get', { phone_id: id })).body.capabilities.sms_outbound);
    told.push(await go('messages', { phone_id: id }),
      await go('send', { phone_id: id, to: '+14155550123', body: 'Yes.' }),
      await go('send', { phone_id: id, to: 'nobody', body: 'Yes.' }),
      await go('release', { phone_id: id }), await go('list'));
    return told;
  },
  'a purchase that a human approves, and one that is denied': async (go, server) => {
    const told = [await go('provision', { ein, area_code: '415', label: 'First' })];
    await gateDefaultUser(server);
    const waiting = await go('provision', { area_code: '415', label: 'Gated' });
    const again = await go('provision', { area_code: '415', label: 'Other' });
    told.push(waiting, again);
    assert.equal(waiting.body.status, 'pending_approval');
    await server.operator.post(`/v1/approvals/${waiting.body.approval_id}/approve`, {});
    await server.operator.post(`/v1/approvals/${again.body.approval_id}/deny`, { reason: 'no' });
    told.push(await go('list'));
    return told;
  },
};

// Ids, numbers and times differ from server to server; everything else must not.
const idForm = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const plain = (value) => JSON.parse(JSON.stringify(value)
  .replaceAll(idForm, 'ID')
  .replaceAll(/\b(msg|agent|pn|key)_[0-9A-Za-z]{22}\b/g, '$1_ID')
  .replaceAll(/\+1\d{10}/g, 'E164')
  .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'));

async function leftBehind(server) {
  await until('the books are settled', async () => (await usage(server)).held === 0);
  // The audit log is written in order: what is last in it has everything before it.
  await server.operator.post('/v1/users', { external_id: 'last' });
  await until('the audit log is whole', async () =>
    (await allPages(server.operator, '/v1/audit', 'entries'))
      .some((entry) => entry.action === 'user.created'));
  const entries = await allPages(server.operator, '/v1/usage?days=30', 'entries');
  const audit = await allPages(server.operator, '/v1/audit', 'entries');
  return plain({
    sold: await soldCount(server),
    numbers: await allPages(server.operator, '/v1/phone', 'phones'),
    released: await allPages(server.operator, '/v1/phone?status=released', 'phones'),
    charges: entries.map(({ kind, action, credits }) => ({ kind, action, credits }))
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    audit: audit.map(({ actor_type: actor, action }) => `${actor} ${action}`).sort(),
    approvals: (await allPages(server.operator, '/v1/approvals', 'approvals'))
      .map(({ title, status, payload }) => ({ title, status, payload })),
  });
}

for (const [title, journey] of Object.entries(journeys)) {
  test(title, async () => {
    const outcomes = {};
    for (const [way, open] of Object.entries(ways)) {
      await withServer({ args: textArgs }, async (server) => {
        const told = await journey(open(server), server);
        outcomes[way] = { told: plain(told), left: await leftBehind(server) };
        await checkInvariants(server);
      });
    }
    assert.ok(outcomes.rest.left.audit.length > 0);
    for (const way of ['cli', 'mcp']) {
      assert.deepEqual(outcomes[way].left, outcomes.rest.left, `${way} leaves what REST leaves`);
      assert.deepEqual(outcomes[way].told, outcomes.rest.told, `${way} answers as REST answers`);
    }
  });
}

// What clients get wrong, over every mutating route of the contract: always a 4xx that names the
// field, never a 5xx, and nothing changed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gateDefaultUser, provisionNaive, soldCount } from '../support/actions.mjs';
import { fillPath, operations, resolveSchema } from '../support/contract.mjs';
import { expectStatus } from '../support/http.mjs';
import { wireIdOf } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
let values;
// What fits members whose type alone does not say it.
const samples = { url: 'https://hooks.example/in', secret: 'sample-secret', to: '+12125550142',
  from: '+12125550143', body: 'sample', e164: '+12125550142', carrier: 'sandbox',
  number: '+12125550142', provider: { id: 'prov_0000000000000000000001' } };

before(async () => {
  server = await startServer({ slots: 60, credits: 10_000 });
  const { phone } = await provisionNaive(server, { agent_id: server.agentId });
  // What the carrier's review changes must not be taken for what a bad request changed.
  await until('the campaign is active', async () =>
    (await server.agent.get(`/v1/phone/${phone.id}`)).body.capabilities.sms_outbound);
  const { user, kit, openKitId } = await gateDefaultUser(server);
  const { approval_id: approval } = expectStatus(
    await server.agent.post('/v1/phone/provision', { label: 'Waits' }), 202).body;
  expectStatus(await server.operator.post(
    `/v1/account-kits/${openKitId}/users/${user.id}/assign`), 200);
  const { formations } = (await server.operator.get('/v1/formation')).body;
  const { campaigns } = expectStatus(await server.operator.get('/v1/campaigns'), 200).body;
  const webhook = expectStatus(await server.operator.post('/v1/webhooks',
    { url: samples.url, eventTypes: ['phone.released'] }), 201).body;
  const agentWebhook = expectStatus(await server.operator.post('/agents/webhooks',
    { url: samples.url, secret: samples.secret }), 200).body;
  const provider = expectStatus(await server.operator.post('/agents/phone-numbers/providers',
    { type: 'sip_trunk', label: 'Trunk', inbound: {} }), 201).body;
  values = { provider: provider.id, phone: phone.id, user: user.id, kit: kit.id, approval,
    formation: formations[0].id, campaign: campaigns[0].id, webhook: webhook.id,
    agentWebhook: agentWebhook.id };
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

function pathOf(operation) {
  const { path } = operation;
  const id = path.includes('/providers') ? values.provider
    : path.startsWith('/agents/phone-numbers') ? wireIdOf('pn', values.phone)
    : path.startsWith('/agents/webhooks') ? values.agentWebhook
    : path.includes('/phone/') ? values.phone
    : path.includes('/webhooks') ? values.webhook
    : path.includes('/campaigns') ? values.campaign
    : path.includes('/approvals') ? values.approval
    : path.includes('/account-kits') ? values.kit : values.formation;
  return fillPath(path, { id, agent_id: server.agentId, user_id: values.user,
    e164: samples.e164, carrier: samples.carrier, name: samples.carrier });
}

// A JSON-RPC message may have members of its own; mcp_transport.test.mjs judges those.
const withBody = operations.filter((operation) => operation.body && operation.dialect !== 'mcp');
const label = (operation) => `${operation.method} ${operation.path}`;

async function snapshot() {
  const read = async (path) => expectStatus(await server.operator.get(path), 200).text;
  const lists = ['/agents/phone-numbers?limit=100', '/v1/phone?limit=100', '/agents',
    '/v1/agents?limit=100', '/v1/users?limit=100', '/v1/account-kits?limit=100', '/v1/formation',
    '/v1/approvals?limit=100', '/v1/usage?limit=100', '/v1/sandbox', '/v1/sandbox/faults',
    '/v1/sandbox/numbers?limit=100', `/v1/phone/${values.phone}/assignments`,
    `/v1/phone/${values.phone}/messages?direction=all&limit=100`, '/v1/contacts?limit=100',
    '/v1/campaigns?limit=100', '/v1/webhooks?limit=100', '/agents/webhooks?limit=100',
    '/v1/inbox?status=received&limit=100', '/agents/phone-numbers/providers', '/v1/carriers'];
  return Promise.all(lists.map(read));
}

async function refused(operation, body, { status = [400], mentions, headers = {} } = {}) {
  const answer = await server.operator.call(operation.method, pathOf(operation), body, headers);
  const what = `${label(operation)} with ${Buffer.isBuffer(body)
    ? body.subarray(0, 80).toString('latin1') : JSON.stringify(body)?.slice(0, 200)}`;
  assert.ok(status.includes(answer.status), `${what}: ${answer.status} ${answer.text}`);
  if (mentions !== undefined) {
    const message = answer.body.error?.message ?? answer.body.message;
    assert.ok(message.includes(mentions), `${what} should name ${mentions}: ${message}`);
  }
}

// The smallest body that fits, so that one wrong member is the only fault.
function smallest(schema) {
  const body = {};
  for (const name of schema.required ?? []) {
    body[name] = samples[name] ?? sample(schema.properties[name]);
  }
  // A text is its words or its media: neither alone is required.
  if (schema.properties?.media_urls) body.body = samples.body;
  return body;
}

function sample(given) {
  const schema = resolveSchema(given);
  if (schema.enum) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'string') return schema.pattern?.includes('[0-9]{3}') ? '415' : 'sample';
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  if (type === 'array') return [];
  return {};
}

const typesOf = (schema) => schema.enum ? ['string'] : [schema.type].flat();

// Values whose type the member does not have.
function wrongTypes(given) {
  const schema = resolveSchema(given);
  const types = typesOf(schema);
  const candidates = [['string', 'x'], ['number', 7.25], ['boolean', true], ['array', [[]]],
    ['object', { unexpected: 1 }]];
  return candidates.filter(([type]) => !types.includes(type)).map(([, value]) => value);
}

test('unknown members, on every route with a body', async () => {
  const before = await snapshot();
  assert.ok(withBody.length > 15);
  for (const operation of withBody) {
    await refused(operation, { ...smallest(operation.body), zzz_unknown: 1 },
      { mentions: 'zzz_unknown' });
  }
  assert.deepEqual(await snapshot(), before);
});

test('missing members, on every route that needs some', async () => {
  const before = await snapshot();
  for (const operation of withBody) {
    for (const name of operation.body.required ?? []) {
      const body = smallest(operation.body);
      delete body[name];
      await refused(operation, body, { mentions: name });
    }
  }
  assert.deepEqual(await snapshot(), before);
});

test('wrong types, for every member of every body', async () => {
  const before = await snapshot();
  let cases = 0;
  for (const operation of withBody) {
    for (const [name, schema] of Object.entries(operation.body.properties)) {
      for (const value of wrongTypes(schema)) {
        ++cases;
        await refused(operation, { ...smallest(operation.body), [name]: value },
          { mentions: name });
      }
    }
  }
  assert.ok(cases > 200, `only ${cases} cases`);
  assert.deepEqual(await snapshot(), before);
});

test('too long and out of range, for every member with a limit', async () => {
  const before = await snapshot();
  for (const operation of withBody) {
    for (const [name, given] of Object.entries(operation.body.properties)) {
      const schema = resolveSchema(given);
      const wrong = [];
      if (schema.maxLength) wrong.push('x'.repeat(schema.maxLength + 1));
      if (schema.maximum !== undefined) wrong.push(schema.maximum + 1);
      if (schema.minimum !== undefined) wrong.push(schema.minimum - 1);
      if (schema.type === 'integer') wrong.push(1.5, 1e300);
      if (schema.enum) wrong.push('no-such-word');
      for (const value of wrong) {
        const isId = ['agent_id', 'account_kit_id', 'pack_id'].includes(name);
        await refused(operation, { ...smallest(operation.body), [name]: value },
          isId ? { status: [400, 404] } : { mentions: name });
      }
    }
  }
  assert.deepEqual(await snapshot(), before);
});

test('control characters and bad text in every string', async () => {
  const before = await snapshot();
  for (const operation of withBody) {
    for (const [name, given] of Object.entries(operation.body.properties)) {
      const schema = resolveSchema(given);
      if (!typesOf(schema).includes('string') || schema.enum) continue;
      for (const value of ['a\u0000b', 'a\u001bb']) {
        await refused(operation, { ...smallest(operation.body), [name]: value },
          { status: [400, 404] });
      }
    }
  }
  assert.deepEqual(await snapshot(), before);
});

const brokenBodies = {
  'nothing': Buffer.from(''),
  'half an object': Buffer.from('{"label": "x"'),
  'two objects': Buffer.from('{} {}'),
  'a trailing comma': Buffer.from('{"label": "x",}'),
  'a comment': Buffer.from('{} // no'),
  'single quotes': Buffer.from("{'label': 'x'}"),
  'NaN': Buffer.from('{"label": NaN}'),
  'a list': Buffer.from('[]'),
  'null': Buffer.from('null'),
  'a string': Buffer.from('"x"'),
  'a number': Buffer.from('7'),
  'bad UTF-8': Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
  'overlong UTF-8': Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc0, 0xaf, 0x22, 0x7d]),
  'a lone surrogate': Buffer.from('{"label": "\\ud800"}'),
  'a byte order mark': Buffer.from('\ufeff{}'),
  'UTF-16': Buffer.from('{"label":"x"}', 'utf16le'),
  'a member twice': Buffer.from('{"label": "a", "label": "b"}'),
  'depth 33': Buffer.from(`{"label": ${'['.repeat(32)}${']'.repeat(32)}}`),
  'depth 20000': Buffer.from(`{"label": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
  'a binary blob': Buffer.from([0, 1, 2, 3, 255]),
};

for (const [name, bytes] of Object.entries(brokenBodies)) {
  test(`a body that is ${name} is 400 on every route`, async () => {
    const before = await snapshot();
    for (const operation of withBody) {
      // Where a body may be left out, an empty one is fine.
      if (bytes.length === 0 && operation.operation.requestBody.required === false) continue;
      await refused(operation, bytes);
    }
    assert.deepEqual(await snapshot(), before);
  });
}

test('another content type is 415 on every route', async () => {
  const before = await snapshot();
  for (const operation of withBody) {
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded',
      'application/jsonx', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16',
      'json', '']) {
      await refused(operation, smallest(operation.body),
        { status: [415], headers: { 'Content-Type': type } });
    }
  }
  assert.deepEqual(await snapshot(), before);
});

test('application/json with parameters and in capitals is fine', async () => {
  for (const type of ['application/json; charset=utf-8', 'Application/JSON',
    'application/json;charset="UTF-8"']) {
    const answer = await server.agent.patch(`/agents/${server.agentId}`, {},
      { 'Content-Type': type });
    expectStatus(answer, 200);
  }
});

test('64 KiB is allowed, a byte more is 413 on every route', async () => {
  const padded = (size) => {
    const text = '{}';
    return Buffer.from(text.slice(0, 1) + ' '.repeat(size - text.length) + text.slice(1));
  };
  expectStatus(await server.agent.patch(`/agents/${server.agentId}`, padded(65_536)), 200);
  const before = await snapshot();
  for (const operation of withBody) {
    await refused(operation, padded(65_537), { status: [413] });
  }
  assert.deepEqual(await snapshot(), before);
});

test('a gzip body is not guessed at', async () => {
  const { gzipSync } = await import('node:zlib');
  const before = await snapshot();
  for (const operation of withBody) {
    await refused(operation, gzipSync(JSON.stringify(smallest(operation.body))),
      { status: [400, 415], headers: { 'Content-Encoding': 'gzip' } });
  }
  assert.deepEqual(await snapshot(), before);
});

test('limits, cursors and offsets, on every list of the contract', async () => {
  const wrong = {
    limit: ['0', '-1', '101', 'ten', '', '1.5', '0x10', '1e2', '+5', '%205', '9'.repeat(30)],
    offset: ['-1', 'x', '', '1.5', '9'.repeat(30)],
    cursor: ['x', '', '%00', '%ff', 'A'.repeat(400), '../../etc', '%F0%9F%98%80'],
    starting_after: ['x', '', 'pn_', 'agent_', '%00', 'A'.repeat(400)],
    ending_before: ['x', '', 'pn_', 'agent_', '%00', 'A'.repeat(400)],
    days: ['0', '-1', 'x', '', '366'],
  };
  let cases = 0;
  for (const operation of operations.filter((each) => each.method === 'GET')) {
    for (const { name, in: place, schema: given } of operation.parameters) {
      if (place !== 'query' || !wrong[name]) continue;
      const schema = resolveSchema(given);
      for (const bad of wrong[name]) {
        ++cases;
        const value = bad === '101' ? String(schema.maximum + 1) : bad;
        const needed = operation.path === '/v1/sandbox/messages'
          ? `to=${encodeURIComponent(samples.to)}&` : '';
        const path = `${pathOf(operation)}?${needed}${name}=${value}`;
        const answer = await server.operator.get(path);
        assert.equal(answer.status, 400, `${path}: ${answer.status} ${answer.text}`);
        const message = answer.body.error?.message ?? answer.body.message;
        assert.ok(message.includes(name), `${path} should name ${name}: ${message}`);
      }
      const twice = await server.operator.get(`${pathOf(operation)}?${name}=1&${name}=1`);
      assert.equal(twice.status, 400, `${name} twice: ${twice.text}`);
    }
  }
  assert.ok(cases > 100, `only ${cases} cases`);
});

test('ids that are no ids are 404, whatever is in them', async () => {
  const odd = ['x', '%00', '%ff', '%2e%2e', '..%2f..%2fetc', "'%20OR%201=1", 'A'.repeat(2000),
    '%F0%9F%98%80', '-1', 'null', 'pn_', 'agent_0000000000000000000000',
    'pn_zzzzzzzzzzzzzzzzzzzzzz', '00000000-0000-0000-0000-000000000000',
    values.phone.toUpperCase() + 'x'];
  for (const operation of operations) {
    const names = operation.parameters.filter((each) => each.in === 'path');
    for (const { name } of names) {
      for (const value of odd) {
        const filled = pathOf({ ...operation, path: operation.path.replace(`{${name}}`, '\0') })
          .replace('\0', value);
        const body = operation.body ? smallest(operation.body) : undefined;
        const answer = await server.operator.call(operation.method, filled, body);
        assert.ok([400, 404].includes(answer.status),
          `${operation.method} ${filled}: ${answer.status} ${answer.text}`);
      }
    }
  }
});

test('a path or query that is badly encoded is refused', async () => {
  for (const path of ['/agents/%', '/agents/%zz', '/v1/phone/%e', '/v1/phone?limit=%',
    '/agents/phone-numbers?q=%ff']) {
    const answer = await server.operator.get(path);
    assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status} ${answer.text}`);
  }
  assert.equal(await soldCount(server), 1);
});

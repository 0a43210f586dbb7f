// What most tests do, in one line each: provision in either dialect, read all pages, order faults,
// count what the carrier has sold.
import assert from 'node:assert/strict';
import { expectStatus } from './http.mjs';
import { until } from './waiting.mjs';

export const ein = '12-3456789';

export async function provisionCartesia(server, body = {}, headers = {}) {
  const answer = await server.agent.post('/agents/phone-numbers/provision',
    { label: 'Line', ...body }, headers);
  return expectStatus(answer, 201).body;
}

export async function provisionNaive(server, body = {}, headers = {}) {
  const answer = await server.agent.post('/v1/phone/provision', { ein, ...body }, headers);
  expectStatus(answer, 202);
  assert.ok(answer.body.phone, `not provisioned: ${answer.text}`);
  assert.equal(answer.body.phone.status, 'active', answer.text);
  return answer.body;
}

// All items of a list with next_cursor.
export async function allPages(client, path, member, headers) {
  const items = [];
  let cursor = null;
  do {
    const glue = path.includes('?') ? '&' : '?';
    const more = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await client.get(`${path}${glue}limit=100${more}`, headers);
    const page = expectStatus(answer, 200).body;
    items.push(...page[member]);
    cursor = page.next_cursor;
    assert.ok(items.length <= 200_000, `${path} never ends`);
  } while (cursor !== null);
  return items;
}

// All numbers of the cartesia list, newest first.
export async function allNumbers(client) {
  const items = [];
  for (;;) {
    const after = items.length === 0 ? '' : `&starting_after=${items.at(-1).id}`;
    const page = expectStatus(
      await client.get(`/agents/phone-numbers?limit=100${after}`), 200).body;
    if (page.data.length === 0) return items;
    items.push(...page.data);
    assert.ok(items.length <= 200_000, 'the list never ends');
  }
}

export function sold(server) {
  return allPages(server.operator, '/v1/sandbox/numbers', 'numbers');
}

export async function soldCount(server) {
  return (await sold(server)).length;
}

export async function usage(server) {
  return expectStatus(await server.operator.get('/v1/usage?limit=100'), 200).body;
}

export async function balance(server) {
  return (await usage(server)).balance;
}

export async function orderFault(server, fault) {
  return expectStatus(await server.operator.post('/v1/sandbox/faults', fault), 201).body;
}

export async function clearFaults(server) {
  expectStatus(await server.operator.delete('/v1/sandbox/faults'), 200);
}

export async function setReviewMs(server, reviewMs) {
  expectStatus(await server.operator.patch('/v1/sandbox', { review_ms: reviewMs }), 200);
}

// Waits until the operation has ended, and returns it.
export function operationEnd(server, id, timeoutMs = 30_000) {
  return until(`operation ${id} has ended`, async () => {
    const { body } = expectStatus(await server.operator.get(`/v1/operations/${id}`), 200);
    return body.status === 'open' ? undefined : body;
  }, { timeoutMs });
}

// The default user's open kit replaced by one that gates phone.provision; returns both kits.
export async function gateDefaultUser(server, phone = { enabled: true, requiresApproval: true }) {
  const users = expectStatus(await server.operator.get('/v1/users?limit=100'), 200).body.users;
  const user = users.find((each) => each.is_default);
  const kit = expectStatus(await server.operator.post('/v1/account-kits',
    { name: 'Gated', primitives_config: { phone } }), 201).body;
  expectStatus(await server.operator.post(
    `/v1/account-kits/${kit.id}/users/${user.id}/assign`), 200);
  return { user, kit, openKitId: user.account_kit_id };
}

// A legal entity the sandbox carrier accepts.
export const completeEntity = {
  entity_type: 'llc',
  registered_name: 'Harbor Tools LLC',
  display_name: 'Harbor Tools',
  country: 'US',
  address: { line1: '1 Pier Street', line2: null, locality: 'Oakland', region: 'CA',
    postal_code: '94607', country: 'US' },
  contact: { first_name: 'Ada', last_name: 'Byron', email: 'ada@harbor.example',
    phone_number: '+14155550142', title: 'Owner' },
  mobile_number: '+14155550143',
  email: 'office@harbor.example',
  website: 'https://harbor.example',
  industry: 'technology',
  regions_of_operation: ['usa_and_canada'],
  time_zone: 'America/Los_Angeles',
  messaging: {
    description: 'Order updates for customers who asked for them in our web shop.',
    consent_flow: 'Customers tick a box in the checkout at https://harbor.example/checkout.',
    message_samples: ['Harbor Tools: your order has left. Reply STOP to end.',
      'Harbor Tools: your order is at the door. Reply STOP to end.'],
    use_cases: ['customer_care'],
    volume: 'low',
    privacy_policy_url: 'https://harbor.example/privacy',
    terms_and_conditions_url: 'https://harbor.example/terms',
    includes: [],
    link_sample: null,
  },
};

// A user with a completed legal entity under the default kit.
export async function createReadyUser(server, fields = {}) {
  const user = expectStatus(await server.operator.post('/v1/users', fields), 201).body;
  const subject = { 'X-Naive-User-Id': user.id };
  const entity = expectStatus(
    await server.operator.post('/v1/formation', completeEntity, subject), 201).body;
  expectStatus(await server.operator.post(`/v1/formation/${entity.id}/submit`), 200);
  expectStatus(await server.operator.post(`/v1/formation/${entity.id}/complete`), 200);
  return user;
}

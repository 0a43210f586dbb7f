// The naive phone routes besides provision: list, get, status, campaign, assign, release, restore.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  allPages, createReadyUser, provisionCartesia, provisionNaive, setReviewMs, soldCount,
} from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { unknownAgentId, unknownNumberId, unknownUuid, wireIdOf } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer, withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
before(async () => { server = await startServer({ slots: 60, credits: 100_000 }); });
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const get = async (path) => expectStatus(await server.agent.get(path), 200).body;

test('status before the first number', async () => {
  assert.deepEqual(await get('/v1/phone/status'),
    { account: null, campaign: null, numbers: [], next_step: 'provision_number' });
  assert.deepEqual(await get('/v1/phone'), { phones: [], next_cursor: null });
});

test('list: newest first, by page, with bad limits and cursors refused', async () => {
  const bought = [];
  for (let i = 0; i < 5; ++i) {
    bought.unshift((await provisionNaive(server, { area_code: '415', label: `L${i}` })).phone);
  }
  const listed = await get('/v1/phone');
  assert.deepEqual(listed.phones.map((row) => row.id), bought.map((phone) => phone.id));
  assert.equal(listed.next_cursor, null);
  const first = await get('/v1/phone?limit=2');
  assert.equal(first.phones.length, 2);
  assert.notEqual(first.next_cursor, null);
  const second = await get(`/v1/phone?limit=2&cursor=${encodeURIComponent(first.next_cursor)}`);
  assert.deepEqual(second.phones.map((row) => row.id), [bought[2].id, bought[3].id]);
  const third = await get(`/v1/phone?limit=2&cursor=${encodeURIComponent(second.next_cursor)}`);
  assert.deepEqual(third.phones.map((row) => row.id), [bought[4].id]);
  assert.equal(third.next_cursor, null);
  for (const limit of ['0', '-3', '101', 'x', '2.0', '']) {
    expectError(await server.agent.get(`/v1/phone?limit=${limit}`), 400, 'invalid_input',
      { mentions: 'limit' });
  }
  for (const cursor of ['x', '', '%00', 'A'.repeat(300), unknownUuid + 'z']) {
    expectError(await server.agent.get(`/v1/phone?cursor=${cursor}`), 400, 'invalid_input',
      { mentions: 'cursor' });
  }
  expectError(await server.agent.get('/v1/phone?status=lost'), 400, 'invalid_input',
    { mentions: 'status' });
});

test('get: the row, under both forms of its id', async () => {
  const { phone, campaign } = await provisionNaive(server, { area_code: '212', label: 'NY' });
  await until('it may send', async () =>
    (await get(`/v1/phone/${phone.id}`)).send_readiness.may_send);
  const row = await get(`/v1/phone/${phone.id}`);
  assert.equal(row.e164, phone.e164);
  assert.equal(row.label, 'NY');
  assert.equal(row.country, 'US');
  assert.equal(row.area_code, '212');
  assert.equal(row.area_code_matched, true);
  assert.equal(row.campaign_id, campaign.id);
  assert.deepEqual(row.agents, []);
  assert.equal(row.released_at, null);
  assert.deepEqual(await get(`/v1/phone/${wireIdOf('pn', phone.id)}`), row);
  for (const id of [unknownUuid, unknownNumberId, 'x', 'messages']) {
    expectError(await server.agent.get(`/v1/phone/${id}`), 404, 'resource_not_found');
  }
});

test('a number of the other dialect has no campaign', async () => {
  const number = await provisionCartesia(server, { label: 'Voice' });
  assert.equal((await get(`/v1/phone/${number.id}`)).campaign_id, null);
  expectError(await server.agent.get(`/v1/phone/${number.id}/campaign`),
    404, 'resource_not_found');
});

test('a campaign lives: created, in review, active; then texts may go out', async () => {
  await withServer({}, async (own) => {
    await setReviewMs(own, 3_600_000);
    const bought = await provisionNaive(own, {});
    const read = async () => expectStatus(
      await own.agent.get(`/v1/phone/${bought.phone.id}/campaign`), 200).body;
    const first = await read();
    assert.equal(first.id, bought.campaign.id);
    assert.equal(first.status, 'created');
    assert.equal(first.eta, '1-2 business days');
    assert.equal(first.kind, '10dlc');
    assert.equal(first.approved_at, null);
    const status = async () => expectStatus(await own.agent.get('/v1/phone/status'), 200).body;
    assert.equal((await status()).next_step, 'wait_for_campaign');
    assert.equal((await status()).numbers[0].capabilities.sms_outbound, false);

    await setReviewMs(own, 1500);
    const seen = [first.status];
    await until('the campaign is active', async () => {
      const { status: now } = await read();
      if (seen.at(-1) !== now) seen.push(now);
      return now === 'active';
    });
    assert.deepEqual(seen, ['created', 'in_review', 'active']);
    const decided = await read();
    assert.equal(decided.eta, null);
    assert.notEqual(decided.submitted_at, null);
    assert.notEqual(decided.approved_at, null);
    assert.equal(decided.rejected_at, null);
    await until('texts may go out', async () => {
      const row = (await own.agent.get(`/v1/phone/${bought.phone.id}`)).body;
      return row.capabilities.sms_outbound;
    });
    const now = await status();
    assert.equal(now.next_step, 'none');
    assert.equal(now.account.status, 'ready');
    assert.equal(now.account.brand_status, 'verified');
    assert.equal(now.campaign.status, 'active');
    // A later number joins the approved campaign.
    const later = await provisionNaive(own, {});
    assert.equal(later.campaign.id, bought.campaign.id);
    assert.equal(later.campaign.status, 'active');
    assert.equal(later.campaign.eta, null);
    await until('the later number may send too', async () =>
      (await own.agent.get(`/v1/phone/${later.phone.id}`)).body.capabilities.sms_outbound);
    // Nothing else was bought or paid meanwhile.
    assert.equal(await soldCount(own), 2);
    await checkInvariants(own);
  });
});

test('assign, replace permissions, list, unassign', async () => {
  const { phone } = await provisionNaive(server, {});
  const root = `/v1/phone/${phone.id}`;
  const other = expectStatus(await server.agent.post('/v1/agents', { name: 'Texts' }), 201).body;
  assert.deepEqual((await get(`${root}/assignments`)).assignments, []);
  const assigned = expectStatus(
    await server.agent.post(`${root}/assign`, { agent_id: server.agentUuid }), 200).body;
  assert.deepEqual(assigned.permissions, ['send_sms', 'receive_sms']);
  assert.equal(assigned.phone_id, phone.id);
  const both = expectStatus(await server.agent.post(`${root}/assign`,
    { agent_id: other.id, permissions: ['receive_sms'] }), 200).body;
  assert.deepEqual(both.permissions, ['receive_sms']);
  const again = expectStatus(await server.agent.post(`${root}/assign`,
    { agent_id: server.agentId, permissions: ['send_sms'] }), 200).body;
  assert.deepEqual(again.permissions, ['send_sms'], 'a repeat replaces');
  const { assignments } = await get(`${root}/assignments`);
  assert.equal(assignments.length, 2, 'many agents may use one number');
  assert.deepEqual((await get(root)).agents.length, 2);
  const filtered = await get(`/v1/phone?agent=${server.agentUuid}`);
  assert.deepEqual(filtered.phones.map((row) => row.id), [phone.id]);

  const cases = [
    [{}, 400, 'agent_id'], [{ agent_id: 5 }, 400, 'agent_id'],
    [{ agent_id: null }, 400, 'agent_id'],
    [{ agent_id: server.agentId, permissions: [] }, 400, 'permissions'],
    [{ agent_id: server.agentId, permissions: ['fly'] }, 400, 'permissions'],
    [{ agent_id: server.agentId, permissions: 'send_sms' }, 400, 'permissions'],
    [{ agent_id: server.agentId, permisions: ['send_sms'] }, 400, 'permisions'],
  ];
  for (const [body, status, field] of cases) {
    expectError(await server.agent.post(`${root}/assign`, body), status, 'invalid_input',
      { mentions: field });
  }
  for (const agent of [unknownAgentId, unknownUuid, 'x']) {
    expectError(await server.agent.post(`${root}/assign`, { agent_id: agent }),
      404, 'resource_not_found');
  }
  expectError(await server.agent.post(`/v1/phone/${unknownUuid}/assign`,
    { agent_id: server.agentId }), 404, 'resource_not_found');

  const removed = expectStatus(
    await server.agent.delete(`${root}/assign/${server.agentUuid}`), 200).body;
  assert.deepEqual(removed,
    { phone_id: phone.id, agent_id: server.agentUuid, status: 'unassigned' });
  expectError(await server.agent.delete(`${root}/assign/${server.agentUuid}`),
    404, 'resource_not_found');
  assert.equal((await get(`${root}/assignments`)).assignments.length, 1);
  // An agent for texts is not the one that answers calls: two separate relations.
  const voice = await server.agent.get(`/agents/phone-numbers/${phone.id}`);
  assert.equal(expectStatus(voice, 200).body.agent, null);
});

test('release: for good, with its links; twice is 404', async () => {
  const { phone } = await provisionNaive(server, { agent_id: server.agentId });
  const soldBefore = await soldCount(server);
  const answer = await server.agent.delete(`/v1/phone/${phone.id}`);
  expectStatus(answer, 200);
  assert.equal(answer.body.id, phone.id);
  assert.equal(answer.body.e164, phone.e164);
  assert.equal(answer.body.status, 'released');
  assert.equal(answer.body.assignments_removed, 1);
  assert.equal(await soldCount(server), soldBefore - 1);
  expectError(await server.agent.delete(`/v1/phone/${phone.id}`), 404, 'resource_not_found');
  expectError(await server.agent.post(`/v1/phone/${phone.id}/restore`), 404, 'resource_not_found');
  expectError(await server.agent.post(`/v1/phone/${phone.id}/assign`,
    { agent_id: server.agentId }), 404, 'resource_not_found');
  const listed = await allPages(server.agent, '/v1/phone', 'phones');
  assert.ok(!listed.some((row) => row.id === phone.id), 'lists leave released numbers out');
  const released = await allPages(server.agent, '/v1/phone?status=released', 'phones');
  const row = released.find((each) => each.id === phone.id);
  assert.equal(row.status, 'released');
  assert.notEqual(row.released_at, null);
  assert.deepEqual(row.agents, []);
});

test('there is nothing to restore on a number in use', async () => {
  const { phone } = await provisionNaive(server, {});
  expectError(await server.agent.post(`/v1/phone/${phone.id}/restore`), 404, 'resource_not_found');
  assert.equal((await get(`/v1/phone/${phone.id}`)).status, 'active');
});

test('literal segments win over parameters', async () => {
  const status = await get('/v1/phone/status');
  assert.ok(status.account !== undefined, 'not read as a number called "status"');
});

test('each user has numbers of their own', async () => {
  const user = await createReadyUser(server, { label: 'Their shop' });
  const root = `/v1/users/${user.id}/phone`;
  const bought = expectStatus(await server.agent.post(`${root}/provision`,
    { ein: '20-1234567', area_code: '503', label: 'Shop' }), 202).body;
  assert.equal(bought.credits_used, 50, 'another company, another registration');
  const { phone } = bought;
  const row = await get(`${root}/${phone.id}`);
  assert.equal(row.tenant_user_id, user.id);
  assert.deepEqual((await get(root)).phones.map((each) => each.id), [phone.id]);
  const header = await server.agent.get('/v1/phone', { 'X-Naive-User-Id': user.id });
  assert.deepEqual(header.body.phones.map((each) => each.id), [phone.id]);
  assert.ok(!(await get('/v1/phone')).phones.some((each) => each.id === phone.id),
    'not among the default user\'s');
  assert.equal((await get(`${root}/status`)).numbers.length, 1);
  expectStatus(await server.agent.get(`${root}/${phone.id}/campaign`), 200);
  expectStatus(await server.agent.get(`${root}/${phone.id}/assignments`), 200);
  expectStatus(await server.agent.post(`${root}/${phone.id}/assign`,
    { agent_id: server.agentId }), 200);
  expectStatus(await server.agent.delete(`${root}/${phone.id}/assign/${server.agentId}`), 200);
  // The path's user wins over the header.
  const both = await server.agent.get(root, { 'X-Naive-User-Id': unknownUuid });
  assert.equal(expectStatus(both, 200).body.phones.length, 1);
  // Another user's number is not found under this one.
  const mine = (await provisionNaive(server, {})).phone;
  for (const [method, tail, body] of [['GET', ''], ['GET', '/campaign'], ['GET', '/assignments'],
    ['POST', '/assign', { agent_id: server.agentId }], ['POST', '/restore'], ['DELETE', '']]) {
    expectError(await server.agent.call(method, `${root}/${mine.id}${tail}`, body),
      404, 'resource_not_found');
  }
  assert.equal((await get(`/v1/phone/${mine.id}`)).status, 'active');
  expectStatus(await server.agent.delete(`${root}/${phone.id}`), 200);
});

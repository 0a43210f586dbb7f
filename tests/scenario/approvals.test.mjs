// Approvals: where the kit gates phone.provision, an agent's request waits for a human.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allNumbers, balance, clearFaults, createReadyUser, ein, gateDefaultUser, orderFault, sold,
  soldCount, usage,
} from '../support/actions.mjs';
import { createOrganization } from '../support/cli.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { unknownUuid, uuidOf } from '../support/ids.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const path = '/v1/phone/provision';
const body = { ein, area_code: '415', label: 'Support' };

async function gated(options, use) {
  await withServer(options, async (server) => {
    const gate = await gateDefaultUser(server);
    await use(server, gate);
    await checkInvariants(server);
  });
}

async function ask(server, request = body, headers = {}) {
  const answer = expectStatus(await server.agent.post(path, request, headers), 202);
  assert.equal(answer.body.status, 'pending_approval', answer.text);
  return answer.body;
}

const read = async (server, id) =>
  expectStatus(await server.operator.get(`/v1/approvals/${id}`), 200).body;
const approve = (server, id) => server.operator.post(`/v1/approvals/${id}/approve`);
const deny = (server, id, reason) => server.operator.post(`/v1/approvals/${id}/deny`, reason);

async function nothingHappened(server) {
  assert.equal(await soldCount(server), 0);
  const { balance: now, held } = await usage(server);
  assert.equal(now, 1000);
  assert.equal(held, 0, 'no credit is held while it waits');
}

test('ask, approve, and the result on the approval', async () => {
  await gated({}, async (server, { user }) => {
    const pending = await ask(server);
    assert.deepEqual(Object.keys(pending).sort(),
      ['action', 'approval_id', 'message', 'primitive', 'status', 'title']);
    await nothingHappened(server);
    const waiting = await read(server, pending.approval_id);
    assert.equal(waiting.status, 'pending');
    assert.equal(waiting.tenant_user_id, user.id);
    assert.equal(waiting.credits_estimate, 50);
    assert.equal(waiting.payload.ein, '**-***6789');
    assert.equal(waiting.payload.area_code, '415');
    assert.equal(waiting.payload.label, 'Support');
    assert.equal(waiting.requested_by_actor_type, 'agent');
    assert.equal(waiting.resolved_by, null);
    assert.equal(Date.parse(waiting.expires_at) - Date.parse(waiting.created_at), 72 * 3_600_000);

    const answer = expectStatus(await approve(server, pending.approval_id), 200);
    assert.equal(answer.body.status, 'executed');
    const { result } = answer.body;
    assert.equal(result.credits_used, 50);
    assert.equal(result.credits_remaining, 950);
    assert.match(result.phone.e164, /^\+1415/);
    assert.notEqual(answer.body.resolved_by, null);
    assert.notEqual(answer.body.resolved_by.actor_type, 'agent');
    assert.deepEqual((await sold(server)).map((row) => row.e164), [result.phone.e164]);
    assert.equal(await balance(server), 950);
    assert.deepEqual(await read(server, pending.approval_id), answer.body);

    // Once only.
    for (const again of [await approve(server, pending.approval_id),
      await deny(server, pending.approval_id)]) {
      expectError(again, 400, 'invalid_input', { reason: 'already_resolved' });
    }
    assert.equal(await soldCount(server), 1);
  });
});

test('the same request again: the approval before, the number after, then a new one', async () => {
  await gated({}, async (server) => {
    const first = await ask(server);
    const second = await ask(server);
    assert.equal(second.approval_id, first.approval_id, 'one approval for equal requests');
    const other = await ask(server, { ...body, label: 'Other' });
    assert.notEqual(other.approval_id, first.approval_id);
    await nothingHappened(server);
    const done = expectStatus(await approve(server, first.approval_id), 200).body;
    const replay = expectStatus(await server.agent.post(path, body), 202).body;
    assert.deepEqual(replay, done.result, 'the number is provisioned on replay');
    const fresh = await ask(server);
    assert.notEqual(fresh.approval_id, first.approval_id, 'the next equal one is new');
    assert.equal(await soldCount(server), 1);
  });
});

test('with Idempotency-Key: the approval before, the number for ever after', async () => {
  await gated({}, async (server) => {
    const key = { 'Idempotency-Key': 'gated-1' };
    const first = await ask(server, body, key);
    assert.equal((await ask(server, body, key)).approval_id, first.approval_id);
    expectError(await server.agent.post(path, { ...body, label: 'Else' }, key),
      409, 'idempotency_conflict');
    const own = await ask(server, body, { 'Idempotency-Key': 'gated-2' });
    assert.notEqual(own.approval_id, first.approval_id, 'another key is another request');
    const done = expectStatus(await approve(server, first.approval_id), 200).body;
    for (let i = 0; i < 3; ++i) {
      const replay = expectStatus(await server.agent.post(path, body, key), 202);
      assert.deepEqual(replay.body, done.result);
      assert.equal(replay.headers['idempotent-replayed'], 'true');
    }
    assert.equal(await soldCount(server), 1);
    expectStatus(await deny(server, own.approval_id), 200);
  });
});

test('a resolution repeated with its Idempotency-Key answers what it answered first', async () => {
  await gated({}, async (server) => {
    for (const word of ['approve', 'deny']) {
      const { approval_id: id } = await ask(server, { ...body, label: word });
      const send = () => server.operator.post(
        `/v1/approvals/${id}/${word}`, undefined, { 'Idempotency-Key': `once ${word}` });
      const first = expectStatus(await send(), 200);
      const again = expectStatus(await send(), 200);
      assert.equal(again.text, first.text);
      assert.equal(first.headers['idempotent-replayed'], undefined);
      assert.equal(again.headers['idempotent-replayed'], 'true');
      expectError(await server.operator.post(`/v1/approvals/${id}/${word}`), 400, 'invalid_input');
    }
    assert.equal(await soldCount(server), 1);
  });
});

test('deny ends it with a reason, and nothing is bought', async () => {
  await gated({}, async (server) => {
    const pending = await ask(server);
    const denied = expectStatus(
      await deny(server, pending.approval_id, { reason: 'too many already' }), 200).body;
    assert.equal(denied.status, 'denied');
    assert.equal(denied.reason, 'too many already');
    expectError(await approve(server, pending.approval_id), 400, 'invalid_input',
      { reason: 'already_resolved' });
    await nothingHappened(server);
    const next = await ask(server);
    assert.notEqual(next.approval_id, pending.approval_id, 'a denied request may ask anew');
    // Without a body at all, and with wrong ones.
    for (const [wrong, field] of [[{ reason: 5 }, 'reason'], [{ why: 'x' }, 'why'],
      [{ reason: 'x'.repeat(1001) }, 'reason']]) {
      expectError(await deny(server, next.approval_id, wrong), 400, 'invalid_input',
        { mentions: field });
    }
    assert.equal(expectStatus(await deny(server, next.approval_id), 200).body.reason, null);
  });
});

test('an agent key sees approvals and resolves none', async () => {
  await gated({}, async (server, { user }) => {
    const pending = await ask(server);
    expectStatus(await server.agent.get(`/v1/approvals/${pending.approval_id}`), 200);
    const { approvals } = expectStatus(await server.agent.get('/v1/approvals'), 200).body;
    assert.deepEqual(approvals.map((each) => each.id), [pending.approval_id]);
    for (const root of ['/v1/approvals', `/v1/users/${user.id}/approvals`]) {
      for (const verb of ['approve', 'deny']) {
        expectError(await server.agent.post(`${root}/${pending.approval_id}/${verb}`),
          403, 'forbidden', { reason: 'self_approval' });
        expectError(await server.anonymous.post(`${root}/${pending.approval_id}/${verb}`),
          401, 'unauthorized');
      }
    }
    assert.equal((await read(server, pending.approval_id)).status, 'pending');
    await nothingHappened(server);
  });
});

test('an operator is not gated', async () => {
  await gated({}, async (server) => {
    const bought = expectStatus(await server.operator.post(path, body), 202).body;
    assert.equal(bought.phone.status, 'active');
    assert.equal(await soldCount(server), 1);
  });
});

test('a kit without the setting gates; one that opts out does not', async () => {
  await withServer({}, async (server) => {
    await gateDefaultUser(server, { enabled: true });
    await ask(server);
    await gateDefaultUser(server, { enabled: true, requiresApproval: false });
    // The equal request still finds its approval; another one is not gated any more.
    const other = { ...body, label: 'Not gated' };
    assert.ok(expectStatus(await server.agent.post(path, other), 202).body.phone);
  });
});

test('checks come before the gate: a bad request is refused, not queued', async () => {
  await gated({ slots: 1, credits: 49 }, async (server) => {
    expectError(await server.agent.post(path, { ...body, ein: '00-1111111' }),
      400, 'invalid_input', { reason: 'ein_invalid' });
    expectError(await server.agent.post(path, { area_code: '415' }),
      400, 'invalid_input', { reason: 'ein_required' });
    expectError(await server.agent.post(path, { ...body, agent_id: unknownUuid }),
      404, 'resource_not_found');
    expectError(await server.agent.post(path, body), 402, 'insufficient_credits');
    const { approvals } = expectStatus(await server.operator.get('/v1/approvals'), 200).body;
    assert.deepEqual(approvals, []);
  });
});

test('of many racing resolutions exactly one wins', async () => {
  await gated({}, async (server) => {
    const pending = await ask(server);
    const verbs = Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? approve : deny));
    const answers = await Promise.all(verbs.map((verb) => verb(server, pending.approval_id)));
    const won = answers.filter((answer) => answer.status < 300);
    assert.equal(won.length, 1, answers.map((answer) => answer.status).join(' '));
    for (const answer of answers.filter((each) => each.status >= 300)) {
      expectError(answer, 400, 'invalid_input', { reason: 'already_resolved' });
    }
    const executed = won[0].body.status !== 'denied';
    await until('it has ended', async () =>
      ['executed', 'denied'].includes((await read(server, pending.approval_id)).status));
    assert.equal(await soldCount(server), executed ? 1 : 0);
  });
});

test('an approval that nobody resolves expires', async () => {
  await gated({ config: '[approvals]\nexpiry_ms = 1000\n' }, async (server) => {
    const pending = await ask(server);
    const expired = await until('it has expired', async () => {
      const now = await read(server, pending.approval_id);
      return now.status === 'expired' ? now : undefined;
    });
    assert.equal(expired.result, null);
    for (const late of [await approve(server, pending.approval_id),
      await deny(server, pending.approval_id)]) {
      expectError(late, 400, 'invalid_input', { reason: 'already_resolved' });
    }
    await nothingHappened(server);
    assert.notEqual((await ask(server)).approval_id, pending.approval_id);
  });
});

test('a risen price fails the approval and charges nothing', async () => {
  await gated({}, async (server) => {
    const pending = await ask(server);
    await server.restart({ config: '[prices]\nmonthly_local = 5\n' });
    const failed = expectStatus(await approve(server, pending.approval_id), 200).body;
    assert.equal(failed.status, 'failed');
    assert.equal(failed.error.code, 'price_changed');
    await nothingHappened(server);
  });
});

test('a fallen price is charged as it is now', async () => {
  await gated({}, async (server) => {
    const pending = await ask(server);
    await server.restart({ config: '[prices]\nregistration = 40\nmonthly_local = 3\n' });
    const done = expectStatus(await approve(server, pending.approval_id), 200).body;
    assert.equal(done.status, 'executed');
    assert.equal(done.result.credits_used, 43);
  });
});

test('an approval survives a restart', async () => {
  await gated({}, async (server) => {
    const pending = await ask(server);
    await server.kill();
    await server.start();
    assert.equal((await ask(server)).approval_id, pending.approval_id);
    assert.equal(expectStatus(await approve(server, pending.approval_id), 200).body.status,
      'executed');
    assert.equal(await soldCount(server), 1);
  });
});

test('no slot and no credit is kept for it; both are judged again', async () => {
  await gated({ slots: 1, credits: 100 }, async (server) => {
    const one = await ask(server);
    const bought = expectStatus(await server.operator.post(path, { ein }), 202).body;
    const full = expectStatus(await approve(server, one.approval_id), 200).body;
    assert.equal(full.status, 'failed');
    assert.equal(full.error.code, 'phone_number_limit');
    expectStatus(await server.agent.delete(`/v1/phone/${bought.phone.id}`), 200);
    assert.equal(await balance(server), 50);
  });
  await gated({ credits: 54 }, async (server) => {
    const one = await ask(server);
    expectStatus(await server.operator.post(path, { ein }), 202);
    // A second number is 4, which is left; a third is not.
    const two = await ask(server, { label: 'two' });
    expectStatus(await server.operator.post(path, {}), 202);
    const poor = expectStatus(await approve(server, two.approval_id), 200).body;
    assert.equal(poor.status, 'failed');
    assert.equal(poor.error.code, 'insufficient_credits');
    assert.equal(await balance(server), 0);
    assert.equal(await soldCount(server), 2);
    expectStatus(await deny(server, one.approval_id), 200);
  });
});

test('the area code policy is frozen with the request', async () => {
  await gated({}, async (server) => {
    const strict = await ask(server, { ...body, area_code_policy: 'exact' });
    const wide = await ask(server, { ...body, area_code_policy: 'state' });
    assert.notEqual(strict.approval_id, wide.approval_id);
    assert.equal((await read(server, strict.approval_id)).payload.area_code_policy, 'exact');
    await orderFault(server, { on: 'search', outcome: 'empty', area_code: '415', count: 100_000 });
    const failed = expectStatus(await approve(server, strict.approval_id), 200).body;
    assert.equal(failed.status, 'failed');
    assert.equal(failed.error.code, 'number_unavailable');
    await nothingHappened(server);
    const done = expectStatus(await approve(server, wide.approval_id), 200).body;
    assert.match(done.result.phone.e164, /^\+1628/);
    await clearFaults(server);
  });
});

test('a purchase that outlasts the wait: 202 executing, then executed', async () => {
  await gated({ waitMs: 300 }, async (server) => {
    const pending = await ask(server);
    await orderFault(server, { on: 'buy', outcome: 'slow', delay_ms: 1500, count: 1 });
    const answer = expectStatus(await approve(server, pending.approval_id), 202);
    assert.equal(answer.body.status, 'executing');
    expectError(await deny(server, pending.approval_id), 400, 'invalid_input',
      { reason: 'already_resolved' });
    const done = await until('it has executed', async () => {
      const now = await read(server, pending.approval_id);
      return now.status === 'executed' ? now : undefined;
    });
    assert.equal(done.result.credits_used, 50);
    assert.equal(await soldCount(server), 1);
  });
});

test('a carrier that refuses fails the approval', async () => {
  await gated({}, async (server) => {
    const pending = await ask(server);
    await orderFault(server, { on: 'buy', outcome: 'refused', count: 1 });
    const failed = expectStatus(await approve(server, pending.approval_id), 200).body;
    assert.equal(failed.status, 'failed');
    assert.equal(failed.error.code, 'carrier_refused');
    await nothingHappened(server);
  });
});

test('lists: by status, by page, by user; others\' are 404', async () => {
  await gated({ slots: 60, credits: 10_000 }, async (server, { user, kit }) => {
    const ids = [];
    for (let i = 0; i < 3; ++i) ids.unshift((await ask(server, { ...body, label: `${i}` }))
      .approval_id);
    const other = await createReadyUser(server, { account_kit_id: kit.id });
    const theirs = expectStatus(await server.agent.post(
      `/v1/users/${other.id}/phone/provision`, body), 202).body.approval_id;
    expectStatus(await deny(server, ids[2]), 200);
    const list = async (url) => expectStatus(await server.operator.get(url), 200).body;
    const listed = async (url) => (await list(url)).approvals.map((each) => each.id);
    assert.deepEqual(await listed('/v1/approvals'), [theirs, ...ids]);
    assert.deepEqual(await listed('/v1/approvals?status=pending'), [theirs, ids[0], ids[1]]);
    assert.deepEqual(await listed('/v1/approvals?status=denied'), [ids[2]]);
    assert.deepEqual(await listed(`/v1/users/${user.id}/approvals`), ids);
    assert.deepEqual(await listed(`/v1/users/${other.id}/approvals`), [theirs]);
    const first = await list('/v1/approvals?limit=3');
    assert.equal(first.approvals.length, 3);
    const cursor = encodeURIComponent(first.next_cursor);
    const second = await list(`/v1/approvals?limit=3&cursor=${cursor}`);
    assert.deepEqual(second.approvals.map((each) => each.id), [ids[2]]);
    assert.equal(second.next_cursor, null);
    expectError(await server.operator.get('/v1/approvals?status=lost'), 400, 'invalid_input',
      { mentions: 'status' });
    // The wrong user's mount.
    for (const tail of ['', '/approve', '/deny']) {
      expectError(await server.operator.call(tail === '' ? 'GET' : 'POST',
        `/v1/users/${user.id}/approvals/${theirs}${tail}`), 404, 'not_found');
    }
    // Unknown ids, and another organization's.
    const stranger = await createOrganization(server, 'Stranger');
    server.secrets.add(stranger.operator_key);
    for (const client of [server.operator, api(server, stranger.operator_key)]) {
      const id = client === server.operator ? unknownUuid : theirs;
      expectError(await client.get(`/v1/approvals/${id}`), 404, 'not_found');
      expectError(await client.post(`/v1/approvals/${id}/approve`), 404, 'not_found');
      expectError(await client.post(`/v1/approvals/${id}/deny`), 404, 'not_found');
    }
    assert.equal((await read(server, theirs)).status, 'pending');
    const done = expectStatus(await server.operator.post(
      `/v1/users/${other.id}/approvals/${theirs}/approve`), 200).body;
    assert.equal(done.status, 'executed');
    const rows = expectStatus(await server.agent.get(`/v1/users/${other.id}/phone`), 200).body;
    assert.equal(rows.phones[0].id, done.result.phone.id);
  });
});

test('the cartesia dialect: 403 approval_required, then the number is simply there', async () => {
  await gated({}, async (server) => {
    const request = { label: 'Gated line', agent_id: server.agentId };
    const provision = () => server.agent.post('/agents/phone-numbers/provision', request);
    const answer = expectError(await provision(), 403, 'approval_required');
    const id = answer.body.approval_id;
    assert.equal(answer.headers['x-should-retry'], 'false');
    const again = expectError(await provision(), 403, 'approval_required');
    assert.equal(again.body.approval_id, id);
    await nothingHappened(server);
    assert.equal((await read(server, id)).credits_estimate, 0, 'slots govern there');
    assert.equal(expectStatus(await approve(server, id), 200).body.status, 'executed');
    const numbers = await allNumbers(server.agent);
    assert.equal(numbers.length, 1);
    assert.equal(numbers[0].label, 'Gated line');
    assert.equal(numbers[0].agent.id, server.agentId);
    assert.equal(await balance(server), 1000);
    const replay = expectStatus(await provision(), 201).body;
    assert.equal(uuidOf(replay.id), uuidOf(numbers[0].id));
    assert.equal(await soldCount(server), 1);
  });
});

test('audit: asking and resolving leave rows', async () => {
  await gated({}, async (server) => {
    const pending = await ask(server);
    const answer = await approve(server, pending.approval_id);
    expectStatus(answer, 200);
    await until('the audit has both', async () => {
      const { entries } = expectStatus(await server.operator.get('/v1/audit?limit=100'), 200).body;
      const about = entries.filter((entry) => entry.object === pending.approval_id);
      return about.some((entry) => entry.actor_type === 'agent') &&
        about.some((entry) => entry.actor_type === 'operator');
    });
    const { entries } = (await server.operator.get('/v1/audit?limit=100')).body;
    assert.ok(!JSON.stringify(entries).includes('123456789'), 'no EIN in the audit');
    const bought = entries.find((entry) => entry.price === 50);
    assert.ok(bought, 'the purchase is recorded with its price');
  });
});

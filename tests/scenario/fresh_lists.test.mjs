// Lists that nothing has changed are given out again without a look into the database: they must
// show every change at once all the same, and nobody else's rows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { provisionCartesia, provisionNaive, setReviewMs } from '../support/actions.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
before(async () => { server = await startServer({ slots: 60, credits: 100_000 }); });
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const get = async (path) => expectStatus(await server.agent.get(path), 200).body;

// Each row of the list against the same row asked for alone, which is always read. Twice, so that
// the second list is one that was kept.
async function expectCartesiaFresh(because) {
  for (const time of ['first', 'second']) {
    const { data } = await get('/agents/phone-numbers');
    for (const row of data) {
      assert.deepEqual(row, await get(`/agents/phone-numbers/${row.id}`), `${because}, ${time}`);
    }
  }
  return (await get('/agents/phone-numbers')).data;
}

async function expectNaiveFresh(because) {
  for (const time of ['first', 'second']) {
    for (const row of (await get('/v1/phone')).phones) {
      const alone = await get(`/v1/phone/${row.id}`);
      for (const [name, value] of Object.entries(row)) {
        assert.deepEqual(value, alone[name], `${because}, ${time}: ${name}`);
      }
    }
  }
  return (await get('/v1/phone')).phones;
}

test('the cartesia list shows every change at once', async () => {
  assert.deepEqual(await expectCartesiaFresh('at first'), []);
  const made = [];
  for (const label of ['One', 'Two']) {
    made.unshift(await provisionCartesia(server, { label }));
    const listed = await expectCartesiaFresh('after a purchase');
    assert.deepEqual(listed.map((row) => row.id), made.map((row) => row.id));
  }
  const path = `/agents/phone-numbers/${made[0].id}`;
  expectStatus(await server.agent.patch(path, { label: 'Renamed' }), 200);
  assert.equal((await expectCartesiaFresh('after a new label'))[0].label, 'Renamed');

  const agent = expectStatus(await server.agent.post('/v1/agents', { name: 'Desk' }), 201).body;
  expectStatus(await server.agent.patch(path, { agent_id: agent.id }), 200);
  assert.equal((await expectCartesiaFresh('after assigning'))[0].agent.name, 'Desk');
  const renamed = await server.agent.patch(`/v1/agents/${agent.id}`, { name: 'Night desk' });
  expectStatus(renamed, 200);
  assert.equal((await expectCartesiaFresh('after renaming'))[0].agent.name, 'Night desk');
  expectStatus(await server.agent.patch(path, { agent_id: null }), 200);
  assert.equal((await expectCartesiaFresh('after unassigning'))[0].agent, null);

  expectStatus(await server.agent.delete(path), 204);
  const left = await expectCartesiaFresh('after a release');
  assert.deepEqual(left.map((row) => row.id), [made[1].id]);
});

test('the naive list shows every change at once, also those that nobody asked for', async () => {
  await setReviewMs(server, 1);
  const { phone } = await provisionNaive(server, { area_code: '415', label: 'Texts' });
  const shown = async (because) => (await expectNaiveFresh(because))
    .find((row) => row.id === phone.id);
  assert.equal((await shown('after a purchase')).label, 'Texts');
  // Lists are kept meanwhile; what the number says of itself, the next list says too.
  const root = `/v1/phone/${phone.id}`;
  await until('it may send texts', async () => {
    await get('/v1/phone');
    return (await get(root)).capabilities.sms_outbound;
  });
  assert.equal((await shown('after the review')).capabilities.sms_outbound, true);

  expectStatus(await server.agent.post(`${root}/assign`, { agent_id: server.agentUuid }), 200);
  assert.equal((await shown('after assigning')).agents.length, 1);
  expectStatus(await server.agent.delete(`${root}/assign/${server.agentUuid}`), 200);
  assert.deepEqual((await shown('after unassigning')).agents, []);
  expectStatus(await server.agent.delete(root), 200);
  assert.equal(await shown('after a release'), undefined);
});

test('one path, other readers: nobody is shown another one\'s list', async () => {
  const other = expectStatus(
    await server.operator.post('/v1/users', { external_id: 'lists' }), 201).body;
  await provisionCartesia(server, { label: 'Mine' });
  const mine = await get('/v1/phone');
  assert.notDeepEqual(mine.phones, []);
  const theirs = expectStatus(
    await server.agent.get('/v1/phone', { 'X-Naive-User-Id': other.id }), 200).body;
  assert.deepEqual(theirs.phones, []);
  assert.deepEqual(await get('/v1/phone'), mine);
  const listed = (await get('/agents/phone-numbers')).data;
  const few = (await get('/agents/phone-numbers?limit=1')).data;
  assert.deepEqual(few, listed.slice(0, 1));
  const none = await get(`/agents/phone-numbers?agent_id=${server.agentId}`);
  assert.deepEqual(none.data.filter((row) => row.agent === null), []);
});

// Killed while an imported number moves to another provider of its organization: the next process
// finishes the move, and what the number did before us is never forgotten.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { oldRouting, ownAccount } from '../support/carrier_accounts.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';
import { startEmulator } from '../support/wire_emulator.mjs';

const numbersPath = '/agents/phone-numbers';
const points = ['move_accepted', 'move_looked_up', 'move_routing_kept', 'move_routing_set',
  'import_committed'];
// What its owner routed it to again, between the import and the move.
const laterRouting = {
  voice_url: 'https://later.example/voice', text_url: 'https://later.example/texts',
};

let emulator;
let account;
let serial = 1;

before(async () => {
  emulator = await startEmulator('twilio');
  account = await ownAccount(emulator);
});
after(() => emulator.stop());

const isRouted = async (e164, routing) => {
  const at = await account.number(e164);
  assert.deepEqual([at.voice_url, at.sms_url], [routing.voice_url, routing.text_url]);
};
const routedBy = async (e164) => {
  const { voice_url: url } = await account.number(e164);
  return /\/carriers\/(twilio-[0-9a-f]{12})\/calls\?key=/.exec(url)?.[1];
};

// A server with one account known twice (two regions), and a number imported at the first.
async function withMovable(options, run) {
  const server = await startServer({ ...options,
    args: ['--carriers-endpoints', `twilio=${emulator.origin}`] });
  server.secrets.add(account.secret);
  const bring = async (region) => expectStatus(await server.operator.post(
    `${numbersPath}/providers`, { type: 'twilio', account_sid: account.sid, region,
      api_key_sid: account.key, api_key_secret: account.secret }), 201).body;
  const [from, to] = [await bring('us1'), await bring('ie1')];
  const e164 = await account.own(`+1415868${String(serial++).padStart(4, '0')}`);
  const { id } = expectStatus(await server.agent.post(numbersPath,
    { label: 'Front desk', number: e164, provider: { id: from.id } }), 201).body;
  const path = `${numbersPath}/${id}`;
  const read = async () => expectStatus(await server.agent.get(path), 200).body;
  try {
    await run({ server, from, to, e164, path, read });
    await checkInvariants(server);
    await server.stop();
  } finally {
    await emulator.control('DELETE', 'faults');
  }
}

for (const point of points) {
  for (const again of [false, true]) {
    const what = again ? 'routed elsewhere by its owner meanwhile' : 'routed to us';
    test(`killed at ${point}, ${what}: moved, and put back as it was`, async () => {
      await withMovable({}, async ({ server, from, to, e164, path, read }) => {
        const old = again ? laterRouting : oldRouting;
        if (again) await account.own(e164, laterRouting);
        const before = await routedBy(e164);
        assert.equal(before === undefined, again);
        await server.stop();
        await server.start({ DIALPLANE_CRASH_AT: point });
        await assert.rejects(server.agent.patch(path, { provider: { id: to.id } }));
        await server.waitForCrash();
        await server.start({});
        await until('it has moved', async () => (await read()).provider.id === to.id);
        const now = await routedBy(e164);
        assert.ok(now, 'its calls come to us');
        assert.notEqual(now, before, 'through the account where it is now');
        // The repeat of the request that got no answer changes nothing.
        const repeated = expectStatus(await server.agent.patch(path,
          { provider: { id: to.id } }), 200).body;
        assert.equal(repeated.provider.id, to.id);
        assert.equal(await routedBy(e164), now);
        assert.notEqual(from.id, to.id);
        assert.equal((await server.agent.delete(path)).status, 204);
        await isRouted(e164, old);
      });
    });
  }
}

test('while it moves it is neither given up nor moved elsewhere; asked again, it is joined',
  async () => {
    await withMovable({ waitMs: 1_000 }, async ({ server, from, to, e164, path, read }) => {
      await emulator.fault('lose_answer', 'update', { count: 0 });
      expectError(await server.agent.patch(path, { provider: { id: to.id } }), 503, 'unavailable',
        { mentions: 'goes on' });
      expectError(await server.agent.delete(path), 409, 'conflict', { mentions: 'on its way' });
      expectError(await server.agent.patch(path, { provider: { id: to.id } }), 503, 'unavailable');
      assert.equal((await read()).provider.id, from.id);
      await emulator.control('DELETE', 'faults');
      await until('it has moved', async () => (await read()).provider.id === to.id);
      assert.equal((await server.agent.delete(path)).status, 204);
      await isRouted(e164, oldRouting);
    });
  });

test('what the provider refuses changes nothing, and may be tried again', async () => {
  await withMovable({}, async ({ server, from, to, e164, path, read }) => {
    await emulator.fault('error_before', 'update', { count: 0, status: 400 });
    expectError(await server.agent.patch(path, { provider: { id: to.id } }), 400,
      'provider_error', { mentions: 'could not be set' });
    assert.equal((await read()).provider.id, from.id);
    await emulator.control('DELETE', 'faults');
    expectStatus(await server.agent.patch(path, { provider: { id: to.id } }), 200);
    assert.equal((await read()).provider.id, to.id);
    assert.equal((await server.agent.delete(path)).status, 204);
    await isRouted(e164, oldRouting);
  });
});

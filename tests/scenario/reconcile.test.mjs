// Do the carrier and our books agree; what a restore from backup does; rentals; releases that can
// be taken back.
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  allNumbers, balance, ein, operationEnd, orderFault, provisionCartesia, provisionNaive, sold,
  usage,
} from '../support/actions.mjs';
import { resultIn, run, runJson } from '../support/cli.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { eventComplaint, startReceiver, subscribe } from '../support/receiver.mjs';
import { freshDirectory, withServer } from '../support/server.mjs';
import { inboundTexts, textFromOutside } from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

const quick = '[sandbox]\nsettling_ms = 100\nanswer_timeout_ms = 100\nreview_ms = 50\n';

// Puts the copy where the database is.
function restore(server, copy) {
  for (const file of ['dialplane.db', 'dialplane.db-wal', 'dialplane.db-shm']) {
    rmSync(join(server.dataDir, file), { force: true });
  }
  cpSync(copy, join(server.dataDir, 'dialplane.db'));
}

const agreement = async (server) =>
  expectStatus(await server.operator.get('/v1/reconcile'), 200).body;
const reconcile = (server, ...more) =>
  run(['reconcile', '--json', '--data-dir', server.dataDir, ...more]);

test('an account that agrees: route, command and figures', async () => {
  await withServer({ config: quick }, async (server) => {
    await provisionCartesia(server);
    await provisionCartesia(server);
    const ended = await reconcile(server);
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    const told = resultIn(ended.stdout);
    assert.equal(told.agrees, true);
    assert.deepEqual(told.findings, []);
    assert.equal(told.runs[0].carrier, 'sandbox');
    assert.equal(told.runs[0].compared, 2);
    const started = expectStatus(await server.operator.post('/v1/reconcile',
      { carrier: 'sandbox' }), 202).body;
    assert.equal(started.runs.length, 1);
    await until('it has ended', async () => {
      const { runs } = await agreement(server);
      return runs[0].id === started.runs[0].id && runs[0].state === 'ended';
    });
    assert.equal((await agreement(server)).purchases_paused_since, null);
    const figures = (await server.anonymous.get('/metrics')).text;
    assert.match(figures, /dialplane_reconcile_findings\{carrier="sandbox",kind="orphan"\} 0/);
    assert.match(figures, /dialplane_reconcile_age_seconds\{carrier="sandbox"\}/);
    await checkInvariants(server);
  });
});

test('who may ask, and for what', async () => {
  await withServer({}, async (server) => {
    expectError(await server.agent.get('/v1/reconcile'), 403, 'forbidden');
    expectError(await server.agent.post('/v1/reconcile', {}), 403, 'forbidden');
    expectError(await server.operator.post('/v1/reconcile', { carrier: 'nobody' }),
      404, 'not_found');
    expectError(await server.operator.post('/v1/reconcile', { aply: true }), 400, 'invalid_input');
    expectError(await server.operator.get('/v1/reconcile?limit=0'), 400, 'invalid_input');
    assert.equal((await reconcile(server, '--carrier', 'nobody')).code, 1);
    assert.deepEqual((await agreement(server)).runs, []);
  });
  const idle = await run(['reconcile', '--data-dir', freshDirectory()]);
  assert.notEqual(idle.code, 0);
});

test('a restored copy: purchases wait, its later numbers go to their organization', async () => {
  await withServer({ config: quick, slots: 20 }, async (server) => {
    const before = await provisionCartesia(server);
    const copy = join(freshDirectory(), 'copy.db');
    await runJson(['backup', copy, '--json', '--data-dir', server.dataDir]);
    const lost = [await provisionCartesia(server), await provisionCartesia(server)];
    await server.stop();
    restore(server, copy);
    await server.start();
    const refused = expectError(await server.agent.post('/agents/phone-numbers/provision',
      { label: 'Too early' }), 503, 'number_unavailable');
    assert.match(refused.text, /paused/);
    await until('the account was compared', async () =>
      (await agreement(server)).purchases_paused_since === null);
    const numbers = await allNumbers(server.operator);
    const found = numbers.filter((row) => lost.some((one) => one.number === row.number));
    assert.equal(found.length, 2, JSON.stringify(numbers));
    for (const row of found) assert.match(row.label, /review/);
    assert.ok(numbers.some((row) => row.number === before.number && !/review/.test(row.label)));
    expectError(await server.agent.delete(`/agents/phone-numbers/${found[0].id}`), 403,
      'forbidden');
    expectStatus(await server.operator.delete(`/agents/phone-numbers/${found[0].id}`), 204);
    await provisionCartesia(server);
    assert.equal((await reconcile(server)).code, 0);
    await checkInvariants(server);
    // The same database again is no older one.
    await server.restart();
    await provisionCartesia(server);
  });
});

test('a copy from the middle of a purchase: what it bought since is found, not bought again',
  async () => {
    await withServer({ config: quick, waitMs: 200 }, async (server) => {
      await orderFault(server, { on: 'search', outcome: 'slow', delay_ms: 2_500, count: 1 });
      const { phone } = expectStatus(await server.agent.post('/v1/phone/provision', { ein }),
        202).body;
      const operation = async () => expectStatus(
        await server.operator.get(`/v1/operations/${phone.operation_id}`), 200).body;
      const copy = join(freshDirectory(), 'copy.db');
      await runJson(['backup', copy, '--json', '--data-dir', server.dataDir]);
      const during = await operation();
      assert.equal(during.status, 'open');
      assert.equal(during.step, 'accepted', 'the copy knows of no number');
      await operationEnd(server, phone.operation_id);
      const [bought] = await sold(server);
      const paid = await balance(server);
      await server.stop();
      restore(server, copy);
      await server.start();
      await operationEnd(server, phone.operation_id);
      const read = expectStatus(await server.agent.get(`/v1/phone/${phone.id}`), 200).body;
      assert.equal(read.e164, bought.e164);
      assert.equal(read.status, 'active');
      assert.deepEqual((await sold(server)).map((row) => row.e164), [bought.e164]);
      assert.equal(await balance(server), paid, 'charged once');
      assert.match(server.stderr, /a purchase from before the restore was found/);
      await until('the account was compared', async () =>
        (await agreement(server)).purchases_paused_since === null);
      assert.equal((await reconcile(server)).code, 0);
      assert.equal((await allNumbers(server.operator)).length, 1, 'nothing waits for review');
      await checkInvariants(server);
    });
  });

test('rental: charged by the month; unpaid numbers are suspended until a top-up', async () => {
  const config = `${quick}[rental]\nmonth_ms = 1500\ngrace_ms = 1000\nretry_ms = 300\n`;
  await withServer({ config, credits: 54 }, async (server) => {
    const hooks = await startReceiver();
    try {
      await subscribe(server, hooks,
        ['phone.rental_due', 'phone.rental_suspended', 'phone.rental_paid']);
      const { phone } = await provisionNaive(server);
      const read = async () => expectStatus(await server.agent.get(`/v1/phone/${phone.id}`),
        200).body;
      await until('a month was charged', async () => await balance(server) === 0);
      const rents = async () => (await usage(server)).entries
        .filter((entry) => entry.kind === 'rental');
      assert.deepEqual((await rents()).map((entry) => entry.credits), [-4]);
      await until('it is suspended', async () => (await read()).status === 'suspended');
      assert.equal((await rents()).length, 1);
      expectStatus(await server.operator.post('/v1/billing/topup', { pack_id: 'xl' }), 200);
      await until('it is active again', async () => (await read()).status === 'active');
      const told = () => hooks.requests.map((one) => JSON.parse(one.raw));
      await until('all was told', async () => told().length >= 3);
      assert.deepEqual(told().slice(0, 3).map((one) => one.event).sort(),
        ['phone.rental_due', 'phone.rental_paid', 'phone.rental_suspended']);
      for (const one of told()) assert.equal(eventComplaint(one), undefined);
      assert.equal((await sold(server)).length, 1, 'nothing is released by itself');
      await checkInvariants(server);
    } finally {
      await hooks.close?.();
    }
  });
});

test('rental: a kill leaves no month charged twice', async () => {
  const config = `${quick}[rental]\nmonth_ms = 1000\n`;
  await withServer({ config, credits: 5000 }, async (server) => {
    const bought = (await provisionNaive(server)).phone.id;
    const phone = expectStatus(await server.agent.get(`/v1/phone/${bought}`), 200).body;
    for (const point of ['rental_before_commit', 'rental_committed']) {
      await server.stop();
      await server.startUntilCrash(point);
      await server.start();
      const rentsNow = async () =>
        (await usage(server)).entries.filter((entry) => entry.kind === 'rental');
      await until('a month is charged', async () => (await rentsNow()).length > 0);
      const rents = await rentsNow();
      const months = Math.floor((Date.now() - Date.parse(phone.created_at)) / 1000);
      assert.ok(rents.length <= months, `${rents.length} in ${months}`);
      assert.ok(rents.every((entry) => entry.ref_id === phone.id));
    }
    await until('months go on', async () =>
      (await usage(server)).entries.filter((entry) => entry.kind === 'rental').length >= 4);
    await checkInvariants(server);
  });
});

test('release in two steps: stopped at once, taken back within the grace, then told', async () => {
  const config = `${quick}release_grace_ms = 3000\n`;
  await withServer({ config }, async (server) => {
    const { phone } = await provisionNaive(server);
    const path = `/v1/phone/${phone.id}`;
    const releasing = expectStatus(await server.operator.delete(path), 202).body;
    assert.equal(releasing.status, 'releasing');
    expectError(await server.operator.delete(path), 404, 'resource_not_found');
    await textFromOutside(server, phone, 'Is anybody there?');
    assert.equal((await sold(server)).length, 1, 'the carrier has not been told');
    const back = expectStatus(await server.operator.post(`${path}/restore`), 200).body;
    assert.equal(back.status, 'active');
    await textFromOutside(server, phone, 'And now?');
    const texts = await until('both are kept', async () => {
      const some = await inboundTexts(server, phone);
      return some.length === 2 ? some : undefined;
    });
    assert.equal(texts.length, 2);
    // People texted with it: an agent alone does not give it up.
    const guarded = expectError(await server.agent.delete(path), 403, 'forbidden');
    assert.equal(guarded.body.error.reason, 'release_guarded');
    expectStatus(await server.operator.delete(path), 202);
    await until('the carrier was told', async () => (await sold(server)).length === 0);
    expectError(await server.operator.post(`${path}/restore`), 404, 'resource_not_found');
    await checkInvariants(server);
  });
});

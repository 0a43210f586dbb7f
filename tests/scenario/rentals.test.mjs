// What a number costs each month, and what a number may do whose month is not paid. Months are made
// short by a setting.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  balance, provisionCartesia, provisionNaive, sold, usage,
} from '../support/actions.mjs';
import { ownAccount } from '../support/carrier_accounts.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { eventComplaint, startReceiver, subscribe } from '../support/receiver.mjs';
import { withServer } from '../support/server.mjs';
import {
  inboundTexts, sendText, textArgs, textEnd, textFromOutside, textingNumber,
} from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';
import { startEmulator } from '../support/wire_emulator.mjs';

const sandbox = '[sandbox]\nsettling_ms = 100\nanswer_timeout_ms = 100\nreview_ms = 50\n';
const rents = async (server) => (await usage(server)).entries
  .filter((entry) => entry.kind === 'rental');
const read = async (server, phone) => expectStatus(
  await server.agent.get(`/v1/phone/${phone.id}`), 200).body;
const topUp = async (server) => expectStatus(
  await server.operator.post('/v1/billing/topup', { pack_id: 'xl' }), 200);

test('each number is charged by its own month, from its purchase, by its kind', async () => {
  const config = `${sandbox}[rental]\nmonth_ms = 2000\n`;
  await withServer({ config, credits: 5_000, slots: 10 }, async (server) => {
    const { phone: local } = await provisionNaive(server);
    const { phone: free } = await provisionNaive(server, { type: 'toll_free' });
    const slots = await provisionCartesia(server);
    const of = async (phone) => (await rents(server)).filter((entry) => entry.ref_id === phone.id);
    await until('two months were charged', async () =>
      (await of(local)).length >= 2 && (await of(free)).length >= 2);
    for (const [phone, credits] of [[local, -4], [free, -8]]) {
      const bought = Date.parse((await read(server, phone)).created_at);
      const months = (await of(phone)).sort(
        (a, b) => Date.parse(a.created_at) - Date.parse(b.created_at));
      months.forEach((entry, at) => {
        assert.equal(entry.credits, credits);
        const due = bought + (at + 1) * 2000;
        const charged = Date.parse(entry.created_at);
        assert.ok(charged >= due, `month ${at + 2} was charged ${due - charged} ms too early`);
      });
    }
    assert.deepEqual(await of(slots), [], 'slots govern there');
    await checkInvariants(server);
  });
});

test('suspended: texts come in and none leave; it is not released, and a top-up ends it',
  async () => {
    const config = `${sandbox}[rental]\nmonth_ms = 4000\ngrace_ms = 500\nretry_ms = 300\n`;
    // After the purchase too little for a month, enough for a text.
    await withServer({ config, credits: 52, args: textArgs }, async (server) => {
      const phone = await textingNumber(server);
      await until('it is suspended', async () =>
        (await read(server, phone)).status === 'suspended');
      const left = await balance(server);
      assert.ok(left > 0, 'a text could be paid');
      expectError(await sendText(server, phone, { body: 'Hello' }), 402, 'billing_blocked',
        { reason: 'rental_unpaid' });
      assert.equal(await balance(server), left);
      await textFromOutside(server, phone, 'Still there?');
      await until('it came in', async () => (await inboundTexts(server, phone)).length === 1);
      assert.equal((await read(server, phone)).status, 'suspended');
      assert.equal((await sold(server)).length, 1);
      await topUp(server);
      await until('it is active again', async () =>
        (await read(server, phone)).status === 'active');
      const sent = expectStatus(await sendText(server, phone, { body: 'Hello' }), 202).body;
      await textEnd(server, sent.id, ['delivered']);
      await checkInvariants(server);
    });
  });

test('paid within the grace: nothing is suspended', async () => {
  const config = `${sandbox}[rental]\nmonth_ms = 1500\ngrace_ms = 60000\nretry_ms = 300\n`;
  await withServer({ config, credits: 50 }, async (server) => {
    const hooks = await startReceiver();
    try {
      await subscribe(server, hooks,
        ['phone.rental_due', 'phone.rental_suspended', 'phone.rental_paid']);
      const { phone } = await provisionNaive(server);
      await until('it is due', () => hooks.requests.length > 0);
      const due = JSON.parse(hooks.requests[0].raw);
      assert.equal(due.event, 'phone.rental_due');
      assert.equal(eventComplaint(due), undefined);
      assert.equal(due.data.credits, 4);
      assert.ok(Date.parse(due.data.suspended_after) > Date.now());
      assert.equal((await read(server, phone)).status, 'active');
      await topUp(server);
      await until('it is paid', () => hooks.requests.length > 1);
      assert.equal(JSON.parse(hooks.requests[1].raw).event, 'phone.rental_paid');
      assert.equal((await read(server, phone)).status, 'active');
      assert.ok(hooks.requests.every((one) =>
        JSON.parse(one.raw).event !== 'phone.rental_suspended'));
      await checkInvariants(server);
    } finally {
      await hooks.close?.();
    }
  });
});

test('suspended numbers can be given up, and cost nothing after that', async () => {
  const config = `${sandbox}[rental]\nmonth_ms = 1500\ngrace_ms = 300\nretry_ms = 300\n`;
  await withServer({ config, credits: 50 }, async (server) => {
    const { phone } = await provisionNaive(server);
    await until('it is suspended', async () =>
      (await read(server, phone)).status === 'suspended');
    expectStatus(await server.operator.delete(`/v1/phone/${phone.id}`), 200);
    assert.equal((await sold(server)).length, 0);
    await topUp(server);
    const { phone: next } = await provisionNaive(server);
    await until('the next one is charged', async () =>
      (await rents(server)).some((entry) => entry.ref_id === next.id));
    assert.ok((await rents(server)).every((entry) => entry.ref_id !== phone.id));
    await checkInvariants(server);
  });
});

test('imported numbers are charged only where the operator says so', async () => {
  const emulator = await startEmulator('twilio');
  try {
    const account = await ownAccount(emulator);
    for (const charges of [false, true]) {
      const config = `${sandbox}[rental]\nmonth_ms = 1000\nimported = ${charges}\n`;
      const args = ['--carriers-endpoints', `twilio=${emulator.origin}`];
      await withServer({ config, args, credits: 5_000 }, async (server) => {
        server.secrets.add(account.secret);
        const { id } = expectStatus(await server.operator.post('/agents/phone-numbers/providers',
          { type: 'twilio', account_sid: account.sid, api_key_sid: account.key,
            api_key_secret: account.secret }), 201).body;
        const e164 = await account.own(charges ? '+14158690001' : '+14158690002');
        const imported = expectStatus(await server.agent.post('/agents/phone-numbers',
          { label: 'Front desk', number: e164, provider: { id } }), 201).body;
        const { phone } = await provisionNaive(server);
        await until('three months have passed', async () =>
          (await rents(server)).filter((entry) => entry.ref_id === phone.id).length >= 3);
        const others = (await rents(server)).filter((entry) => entry.ref_id !== phone.id);
        assert.equal(others.length > 0, charges);
        assert.equal((await server.agent.delete(
          `/agents/phone-numbers/${imported.id}`)).status, 204);
        await checkInvariants(server);
      });
    }
  } finally {
    await emulator.stop();
  }
});

// The verdict on a number: may it text now, and if not, what stands in the way, since when, and
// what to do next. The same on the number and on the status page, and never against capabilities.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  orderFault, provisionCartesia, provisionNaive, setReviewMs,
} from '../support/actions.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import {
  blockers, phoneRow, phoneStatus, untilCampaign, untilMaySend,
} from '../support/registration.mjs';
import { withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';
import { uuidOf } from '../support/ids.mjs';

test('step by step: company, campaign, attachment, then none', async () => {
  await withServer({}, async (server) => {
    await setReviewMs(server, 3_600_000);
    const { phone } = await provisionNaive(server);
    const seen = new Set();
    await until('only the campaign and what follows it stand in the way', async () => {
      const row = await phoneRow(server, phone.id);
      const what = blockers(row);
      seen.add(what.join());
      assert.equal(row.capabilities.sms_outbound, false);
      for (const each of row.send_readiness.blockers) {
        assert.ok(each.reason && each.next_step && each.since, JSON.stringify(each));
        assert.ok(Date.parse(each.since) <= Date.now() + 1000);
      }
      return what.join() === 'campaign,attachment';
    });
    for (const each of seen) {
      assert.ok(['brand,campaign,attachment', 'campaign,attachment'].includes(each), each);
    }
    const status = await phoneStatus(server);
    const row = await phoneRow(server, phone.id);
    assert.deepEqual(status.numbers[0].send_readiness, row.send_readiness);
    assert.deepEqual(status.numbers[0].capabilities, row.capabilities);
    await setReviewMs(server, 50);
    const ready = await untilMaySend(server, phone.id);
    assert.deepEqual(ready.send_readiness, { may_send: true, blockers: [] });
    const list = expectStatus(await server.agent.get('/v1/phone'), 200).body.phones;
    assert.equal('send_readiness' in list[0], false, 'not in lists');
    await checkInvariants(server);
  });
});

test('a toll-free number waits for its verification alone', async () => {
  await withServer({}, async (server) => {
    await setReviewMs(server, 3_600_000);
    const { phone } = await provisionNaive(server, { type: 'toll_free' });
    await untilCampaign(server, phone.id, { kind: 'toll_free_verification' });
    assert.deepEqual(blockers(await phoneRow(server, phone.id)), ['verification']);
    await setReviewMs(server, 50);
    await untilMaySend(server, phone.id);
    await checkInvariants(server);
  });
});

test('a balance below one text stands in the way of texts, not of capabilities', async () => {
  const config = '[sandbox]\nreview_ms = 50\n';
  await withServer({ config, credits: 50 }, async (server) => {
    const { phone } = await provisionNaive(server);
    const row = await until('the registration is through', async () => {
      const now = await phoneRow(server, phone.id);
      return now.capabilities.sms_outbound ? now : undefined;
    }, { timeoutMs: 30_000 });
    assert.equal(row.send_readiness.may_send, false);
    assert.deepEqual(blockers(row), ['credit']);
    assert.match(row.send_readiness.blockers[0].next_step, /topup/);
    expectStatus(await server.operator.post('/v1/billing/topup', { pack_id: 'small' }), 200);
    assert.equal((await phoneRow(server, phone.id)).send_readiness.may_send, true);
    await checkInvariants(server);
  });
});

test('a purchase under way, a released number, one that was never registered', async () => {
  await withServer({ waitMs: 200, slots: 10, config: '[sandbox]\nreview_ms = 50\n' },
    async (server) => {
      const first = await provisionNaive(server);
      await untilMaySend(server, first.phone.id);
      await orderFault(server, { on: 'buy', outcome: 'slow', delay_ms: 1500, count: 1 });
      const open = expectStatus(await server.agent.post('/v1/phone/provision', {}), 202).body;
      assert.equal(open.phone.status, 'pending');
      assert.equal(blockers(await phoneRow(server, open.phone.id))[0], 'number');
      await untilMaySend(server, open.phone.id);
      expectStatus(await server.agent.delete(`/v1/phone/${first.phone.id}`), 200);
      const gone = await phoneRow(server, first.phone.id);
      assert.equal(blockers(gone)[0], 'number');
      assert.equal(gone.capabilities.sms_outbound, false);
      const bare = await provisionCartesia(server);
      const unregistered = await phoneRow(server, uuidOf(bare.id));
      assert.deepEqual(blockers(unregistered), ['campaign']);
      await checkInvariants(server);
    });
});

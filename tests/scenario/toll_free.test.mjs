// Toll-free numbers: another price, and a verification instead of a campaign.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { provisionNaive, setReviewMs } from '../support/actions.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

test('a toll-free number and its verification', async () => {
  await withServer({}, async (server) => {
    await setReviewMs(server, 3_600_000);
    expectError(await server.agent.post('/v1/phone/provision', { type: 'toll_free' }),
      400, 'invalid_input', { reason: 'ein_required' });
    const first = await provisionNaive(server, { type: 'toll_free', label: 'Free' });
    assert.equal(first.phone.type, 'toll_free');
    assert.match(first.phone.e164, /^\+1(833|844|855|866|877|888)555\d{4}$/, 'never 800');
    assert.equal(first.campaign.eta, '1-2 weeks');
    assert.equal(first.credits_used, 54);
    assert.equal(first.credits_remaining, 946);
    const second = await provisionNaive(server, { type: 'toll_free' });
    assert.equal(second.credits_used, 8);
    assert.notEqual(second.campaign.id, first.campaign.id, 'each number has its own verification');
    const local = await provisionNaive(server, {});
    assert.equal(local.credits_used, 4);
    assert.equal(local.campaign.eta, '1-2 business days');
    const read = async (phone) => expectStatus(
      await server.agent.get(`/v1/phone/${phone.id}/campaign`), 200).body;
    const verification = await read(first.phone);
    assert.equal(verification.id, first.campaign.id);
    assert.equal(verification.kind, 'toll_free_verification');
    assert.equal(verification.attachment_status, null);
    assert.equal((await read(local.phone)).kind, '10dlc');

    await setReviewMs(server, 100);
    for (const { phone } of [first, second, local]) {
      await until(`${phone.e164} may send`, async () =>
        (await server.agent.get(`/v1/phone/${phone.id}`)).body.capabilities.sms_outbound);
      assert.equal((await read(phone)).status, 'active');
    }
    const row = expectStatus(await server.agent.get(`/v1/phone/${first.phone.id}`), 200).body;
    assert.equal(row.type, 'toll_free');
    assert.equal(row.capabilities.sms_inbound, true);
    const released = await server.agent.delete(`/v1/phone/${first.phone.id}`);
    expectStatus(released, 200);
    await checkInvariants(server);
  });
});

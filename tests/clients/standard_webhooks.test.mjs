// The npm reference of Standard Webhooks verifies what we really send.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { provisionNaive } from '../support/actions.mjs';
import { expectStatus } from '../support/http.mjs';
import { ofType, startReceiver, subscribe } from '../support/receiver.mjs';
import { startServer } from '../support/server.mjs';

let server;
let receiver;
before(async () => {
  server = await startServer();
  receiver = await startReceiver();
});
after(async () => {
  await receiver.close();
  await server.stop();
});

test('a delivery is verified, and a changed one is not', async () => {
  const made = await subscribe(server, receiver);
  const { phone } = await provisionNaive(server);
  const [got] = await receiver.wait(1, ofType('phone.provisioned'));
  const verifier = new Webhook(made.secret);
  const read = verifier.verify(got.text, got.headers);
  assert.equal(read.event, 'phone.provisioned');
  assert.equal(read.data.id, phone.id);
  for (const [text, headers] of [
    [got.text.replace('active', 'broken'), got.headers],
    [got.text, { ...got.headers, 'webhook-id': 'other' }],
    [got.text, { ...got.headers, 'webhook-timestamp': '1700000000' }],
    [got.text, { ...got.headers, 'webhook-signature': 'v1,AAAA' }],
  ]) {
    assert.throws(() => verifier.verify(text, headers), WebhookVerificationError);
  }
  assert.throws(() => new Webhook('whsec_b3RoZXIgc2VjcmV0').verify(got.text, got.headers),
    WebhookVerificationError);
  expectStatus(await server.operator.delete(`/v1/webhooks/${made.id}`), 200);
});

test('during a rotation the old and the new secret verify', async () => {
  const made = await subscribe(server, receiver, ['*']);
  const rotated = expectStatus(await server.operator.post(
    `/v1/webhooks/${made.id}/rotate-secret`, {}), 200).body;
  server.secrets.add(rotated.secret);
  const before = receiver.requests.length;
  expectStatus(await server.operator.post(`/v1/webhooks/${made.id}/test`), 202);
  await receiver.wait(before + 1);
  const got = receiver.requests.at(-1);
  for (const secret of [made.secret, rotated.secret]) {
    assert.equal(new Webhook(secret).verify(got.text, got.headers).event, 'webhook.test');
  }
  expectStatus(await server.operator.delete(`/v1/webhooks/${made.id}`), 200);
});

test("a cartesia webhook's own secret verifies as its base64", async () => {
  const secret = 'shared-by-both-sides';
  server.secrets.add(secret);
  const made = expectStatus(await server.operator.post('/agents/webhooks',
    { url: receiver.url, secret }), 200).body;
  expectStatus(await server.agent.patch(`/agents/${server.agentId}`, { webhook_id: made.id }), 200);
  const before = receiver.requests.length;
  expectStatus(await server.agent.post('/agents/phone-numbers/provision',
    { label: 'Line', agent_id: server.agentId }), 201);
  await receiver.wait(before + 1);
  const got = receiver.requests.at(-1);
  assert.equal(got.headers['x-webhook-secret'], secret);
  const verifier = new Webhook(Buffer.from(secret).toString('base64'));
  assert.equal(verifier.verify(got.text, got.headers).type, 'phone.provisioned');
});

// dialplane doctor says what is wrong and what to do, and its exit code tells scripts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { provisionNaive } from '../support/actions.mjs';
import { client } from '../support/client_cli.mjs';
import { expectStatus } from '../support/http.mjs';
import { startReceiver } from '../support/receiver.mjs';
import { withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const named = (document, check) =>
  document.result.checks.find((each) => each.check === check);

test('a server that is well', async () => {
  await withServer({}, async (server) => {
    await provisionNaive(server);
    await until('the number may send', async () => {
      const status = expectStatus(await server.operator.get('/v1/phone/status'), 200).body;
      return status.next_step === 'none';
    });
    const ended = await client(server)('doctor');
    assert.equal(ended.code, 0, ended.stdout);
    const { checks } = ended.document.result;
    for (const check of ['server', 'database', 'operations', 'clock', 'key', 'registration',
      'carrier sandbox', 'agreement', 'webhooks', 'inbox']) {
      assert.equal(named(ended.document, check)?.status, 'ok', JSON.stringify(checks));
    }
  });
});

test('what is wrong is named, with what to do', async () => {
  await withServer({}, async (server) => {
    const nowhere = await client(server, { origin: 'http://127.0.0.1:9' })('doctor');
    assert.equal(nowhere.code, 2, 'a port that is not for HTTP is a wrong word');
    const wrong = await client(server, { key: 'nv_pk_live_wrong' })('doctor');
    assert.equal(wrong.code, 1);
    assert.equal(named(wrong.document, 'key').status, 'failed');
    assert.match(named(wrong.document, 'key').do, /login/);
    const none = await client(server, { key: '' })('doctor');
    assert.match(named(none.document, 'key').says, /no key/);
    const agent = await client(server, { key: server.agentKey })('doctor');
    assert.equal(agent.code, 0, agent.stdout);
    assert.equal(named(agent.document, 'carriers').status, 'skipped');
    const fresh = await client(server)('doctor');
    assert.equal(named(fresh.document, 'registration').status, 'warning');
  });
});

test('nothing listens there', async () => {
  const gone = await withServer({}, async (server) => ({ origin: server.origin,
    operatorKey: server.operatorKey }));
  const ended = await client(gone)('doctor');
  assert.equal(ended.code, 1);
  assert.equal(named(ended.document, 'server').status, 'failed');
  assert.match(named(ended.document, 'server').do, /dialplane serve/);
});

test('a webhook that does not arrive, and a test event', async () => {
  const receiver = await startReceiver();
  try {
    await withServer({ config: 'allow_destinations = "127.0.0.0/8"\n' },
      async (server) => {
        const cli = client(server);
        await cli.ok('webhooks', 'create', '--url', receiver.url, '--events',
          'sms.received');
        const before = await cli('doctor');
        assert.match(named(before.document, `webhook ${receiver.url}`).says,
          /Nothing was sent/);
        await cli('doctor', '--send-test');
        await until('the test event', () => receiver.requests.length === 1);
        const after = await cli('doctor');
        assert.equal(named(after.document, `webhook ${receiver.url}`).status, 'ok');
      });
  } finally {
    await receiver.close();
  }
});

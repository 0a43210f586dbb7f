// A purchase whose answer is lost and whose number stays unseen for longer than the carrier's
// settling time: the next attempt hears that the number is taken, by nobody but us. The process is
// killed on the way. One number is bought, and it is ours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialFile, ownAccount } from '../support/carrier_accounts.mjs';
import { operationEnd } from '../support/actions.mjs';
import { runJson } from '../support/cli.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';
import { startEmulator } from '../support/wire_emulator.mjs';

// The carrier's settling time is a minute.
const settledMs = 90_000;

test('lost, unseen, then taken: adopted', async () => {
  const emulator = await startEmulator('twilio');
  const account = await ownAccount(emulator);
  const server = await startServer({ waitMs: 500 });
  server.secrets.add(account.token);
  try {
    await runJson(['carriers', 'add', 'twilio', '--credential-file',
      credentialFile({ account_sid: account.sid, auth_token: account.token }),
      '--option', `base_url=${emulator.origin}`, '--data-dir', server.dataDir]);
    await emulator.fault('lose_answer', 'buy');
    await emulator.fault('hidden', 'buy', { delay_ms: 3_600_000 });
    const { operation_id: operation } = expectStatus(await server.agent.post(
      '/agents/phone-numbers/provision', { label: 'Once' }), 202).body;
    const step = async () => expectStatus(
      await server.operator.get(`/v1/operations/${operation}`), 200).body.step;
    const buys = async () => (await emulator.state()).calls.buy ?? 0;
    await until('its outcome is unknown', async () => await step() === 'outcome_unknown');
    assert.equal(await buys(), 1);
    await server.kill();
    await server.start();
    await until('it was tried again, and is unknown again', async () =>
      await buys() === 2 && await step() === 'outcome_unknown', { timeoutMs: settledMs });
    await server.kill();
    await server.start();
    await emulator.advance(3_600_000);
    const ended = await operationEnd(server, operation);
    assert.equal(ended.status, 'succeeded');
    const { numbers, purchases } = await emulator.state();
    assert.equal(numbers.length, 1, JSON.stringify(numbers));
    assert.equal(purchases.length, 1);
    const { data } = expectStatus(await server.agent.get('/agents/phone-numbers'), 200).body;
    assert.deepEqual(data.map((row) => row.number), [numbers[0].e164]);
    await checkInvariants(server, { elsewhere: [numbers[0].e164] });
    await server.stop();
  } finally {
    await emulator.stop();
  }
});

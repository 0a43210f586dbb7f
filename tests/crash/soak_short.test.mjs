// A short soak per carrier: a quarter of the carrier's answers lost, our server killed at random.
// No double purchase, no orphan, a ledger that sums to zero. Longer: scripts/soak.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { environment, program, repository } from '../support/server.mjs';
import { within } from '../support/waiting.mjs';

const seed = Number(process.env.DIALPLANE_SOAK_SEED ?? Date.now() % 1_000_000);
const provisions = 24;

for (const carrier of ['twilio', 'telnyx', 'surge']) {
  const args = ['--carrier', carrier, '--provisions', String(provisions), '--seed', String(seed),
    '--workers', '12', '--kill-every-ms', '1500', '--kills', '6', '--minutes', '4'];
  test(`${carrier}: scripts/soak ${args.join(' ')}`, async () => {
    const child = spawn(process.execPath, [join(repository, 'tests', 'soak', 'soak.mjs'), ...args],
      { env: environment({ DIALPLANE_BIN: program }),
        stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => { said = (said + text).slice(-20_000); });
    }
    const code = await within(280_000, 'soak', new Promise((resolve) => {
      child.on('close', resolve);
    })).finally(() => child.kill('SIGKILL'));
    assert.equal(code, 0, said);
    const told = JSON.parse(said.trim().split('\n').at(-1));
    assert.deepEqual(told.broken, []);
    assert.equal(told.numbers, provisions);
    assert.ok(told.kills > 0, 'the server was killed');
  });
}

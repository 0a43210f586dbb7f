// Records the transcripts that come with the source, one for each carrier, from its emulator:
//   DIALPLANE_BIN=build/release/dialplane node tests/support/record_transcripts.mjs
// Those of real accounts are made by `dialplane carriers check NAME --buy-and-release --yes
// --save-transcript FILE`.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { credentialFile } from './carrier_accounts.mjs';
import { run, runJson } from './cli.mjs';
import { startServer } from './server.mjs';
import { startEmulator } from './wire_emulator.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../conformance/transcripts');
const paths = { surge: '', telnyx: '/v2', twilio: '' };
const server = await startServer();
for (const [name, path] of Object.entries(paths)) {
  const emulator = await startEmulator(name);
  const { credentials } = await emulator.state();
  await runJson(['carriers', 'add', name, '--credential-file',
    credentialFile(wanted(name, credentials)), '--option', `base_url=${emulator.origin}${path}`,
    '--data-dir', server.dataDir]);
  mkdirSync(join(folder, name), { recursive: true });
  const file = join(folder, name, 'emulator-buy-and-release.jsonl');
  rmSync(file, { force: true });
  // Something may be missing at an account (its exit code says so); the steps must all do.
  const told = JSON.parse((await run(['carriers', 'check', name, '--buy-and-release', '--yes',
    '--save-transcript', file, '--json', '--data-dir', server.dataDir],
  { timeoutMs: 120_000 })).stdout);
  assert.ok(told.steps.every((step) => step.ok), JSON.stringify(told.steps));
  console.log(file);
  await emulator.stop();
}
await server.stop();

// What an account of it is opened with.
function wanted(name, all) {
  const names = { surge: ['api_key', 'webhook_secret'], telnyx: ['api_key', 'public_key'],
    twilio: ['account_sid', 'auth_token'] }[name];
  return Object.fromEntries(names.map((each) => [each, all[each]]));
}

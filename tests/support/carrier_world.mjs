// A carrier's emulator, our server with an account there, and both sides' books: what the carrier
// sold and how often it was asked to, what our list, ledger and audit say about the same purchases.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { allNumbers, allPages } from './actions.mjs';
import { startAnswerLosingProxy } from './answer_losing_proxy.mjs';
import { credentialFile } from './carrier_accounts.mjs';
import { run, runJson } from './cli.mjs';
import { findBrokenPromises, storeCheck } from './invariants.mjs';
import { repository, startServer } from './server.mjs';
import { until } from './waiting.mjs';
import { startEmulator } from './wire_emulator.mjs';
import { freePort } from './free_port.mjs';

export const carriers = ['twilio', 'telnyx', 'surge'];

// Those that the carrier's description asks for, as its emulator tells them.
function credentialsOf(carrier, state) {
  const file = join(repository, 'src', 'carriers', carrier, 'carrier.yaml');
  const { credentials } = parse(readFileSync(file, 'utf8'));
  // An account's own token is enough; a key of an account beside it is not needed.
  return Object.fromEntries(credentials
    .filter(({ name }) => state.credentials[name] && !name.startsWith('api_key_s'))
    .map(({ name }) => [name, state.credentials[name]]));
}

// The account is called as its carrier. `serverOptions` are startServer's; and
//   credentials   some of the account's, instead of those that the emulator tells
// What the carrier posts to us passes `carrierGate`, which keeps it all (answer_losing_proxy.mjs).
export function startCarrierWorld(carrier, options = {}) {
  const started = starting.then(() => startOne(carrier, options));
  starting = started.catch(() => {});
  return started;
}
// Worlds run beside each other, but a slow machine starts them one after the other.
let starting = Promise.resolve();

async function startOne(carrier, { credentials: given, ...serverOptions }) {
  const emulator = await startEmulator(carrier);
  const state = await emulator.state();
  const port = await freePort();
  const gate = await startAnswerLosingProxy({ origin: `http://127.0.0.1:${port}` });
  const server = await startServer({ slots: 1000, credits: 100_000, ...serverOptions,
    listen: `127.0.0.1:${port}`,
    args: ['--public-url', gate.origin, ...serverOptions.args ?? []] });
  const credentials = { ...credentialsOf(carrier, state), ...given };
  for (const [name, value] of Object.entries(credentials)) {
    if (!/sid|public/.test(name)) server.secrets.add(value);
  }
  await runJson(['carriers', 'add', carrier, '--credential-file', credentialFile(credentials),
    '--option', `base_url=${emulator.origin}${state.base_path ?? ''}`,
    '--data-dir', server.dataDir]);
  // Only Surge is told once for all numbers where texts go; others are told per number.
  if (carrier === 'surge') {
    await emulator.control('POST', 'account',
      { webhook_url: `${gate.origin}/carriers/${carrier}/texts` });
  }
  return { carrier, emulator, server, credentials, carrierGate: gate,
    async stop() {
      await emulator.stop();
      await gate.stop();
      await server.stop();
    } };
}

// Both sides, in what a test counts.
export async function booksOf({ emulator, server }) {
  const [there, here, entries, audit] = [await emulator.state(), await allNumbers(server.agent),
    await allPages(server.operator, '/v1/usage', 'entries'),
    await allPages(server.operator, '/v1/audit', 'entries')];
  const objectsOf = (action) => audit.filter((each) => each.action === action)
    .map((each) => each.object);
  return {
    sold: there.numbers.map((each) => each.e164),
    marks: there.numbers.map((each) => each.mark),
    purchases: there.purchases.map((each) => each.e164),
    asked: (there.calls.buy ?? 0) + (there.calls.buy_any ?? 0),
    ours: here.map((each) => each.number),
    charges: entries.filter((each) => each.kind === 'charge'),
    accepted: objectsOf('phone.provision.accepted'),
    settled: objectsOf('phone.provision.settled'),
  };
}

// Waits until nothing is under way here any more.
export function workEnds(server, timeoutMs = 30_000) {
  return until('every operation has ended', async () => {
    const { report } = await storeCheck(server.dataDir);
    return report.open_operations === 0;
  }, { timeoutMs, intervalMs: 50 });
}

// Audit rows are chained after their commit.
export function auditHas(server, action, count) {
  return until(`${count} audit rows of ${action}`, async () => {
    const rows = await allPages(server.operator, '/v1/audit', 'entries');
    return rows.filter((each) => each.action === action).length >= count;
  });
}

const isOnce = (list, what) =>
  assert.equal(new Set(list).size, list.length, `${what} twice: ${list.join(' ')}`);

// Everything the two sides must agree on, whatever was bought.
export async function checkBothBooks(world) {
  const { server } = world;
  await workEnds(server);
  const { code, report } = await storeCheck(server.dataDir);
  assert.deepEqual(report.violations, []);
  assert.equal(code, 0);
  const broken = await findBrokenPromises(server,
    { elsewhere: (await world.emulator.state()).numbers.map((each) => each.e164) });
  assert.deepEqual(broken, []);
  const audit = await run(['audit', 'verify', '--data-dir', server.dataDir]);
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);
  const now = await booksOf(world);
  await auditHas(server, 'phone.provision.settled', now.sold.length);
  isOnce(now.sold, 'sold');
  isOnce(now.marks, 'a mark is there');
  isOnce(now.purchases, 'bought');
  isOnce(now.ours, 'listed');
  assert.deepEqual([...now.ours].sort(), [...now.sold].sort(), 'our list is the carrier\'s');
  assert.deepEqual([...now.purchases].sort(), [...now.sold].sort());
  return now;
}

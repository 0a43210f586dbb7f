// The promises that hold after every scenario and every crash, whatever happened:
//   - every number the carrier sold is exactly one number of ours, and the other way round
//   - a mark (one operation's purchase) stands on at most one number
//   - every operation has ended
//   - credits: what the entries say is what the balance is; nothing stays held
//   - what only the store knows (`dialplane check`): slots, ledger sums, lost jobs
//   - the audit chain is whole (`dialplane audit verify`)
// Works on a running server. It throws, with everything it found, when a promise is broken.
import assert from 'node:assert/strict';
import { allPages, setReviewMs, sold } from './actions.mjs';
import { resultIn, run } from './cli.mjs';
import { api, expectStatus } from './http.mjs';
import { until } from './waiting.mjs';

const soldStates = ['active', 'suspended', 'releasing'];

// Numbers of ours that the carrier must have sold, over all users of the organizations of `keys`.
async function ownedNumbers(server, keys) {
  const owned = [];
  for (const key of keys) {
    const client = api(server, key);
    for (let offset = 0; ; offset += 100) {
      const { users } = expectStatus(
        await client.get(`/v1/users?limit=100&offset=${offset}`), 200).body;
      for (const user of users) {
        for (const status of soldStates) {
          owned.push(...await allPages(client, `/v1/users/${user.id}/phone?status=${status}`,
            'phones'));
        }
      }
      if (users.length < 100) break;
    }
  }
  return owned;
}

function micro(credits) {
  return Math.round(credits * 1_000_000);
}

async function checkCredits(server, key, broken) {
  const client = api(server, key);
  const { balance, held } = expectStatus(await client.get('/v1/usage?limit=1'), 200).body;
  const entries = await allPages(client, '/v1/usage?days=365', 'entries');
  // Other refunds give back what was only held.
  const moved = (entry) => ['topup', 'charge', 'rental'].includes(entry.kind) ||
    (entry.kind === 'refund' && entry.action === 'phone.sms.failed');
  const sum = entries.filter(moved)
    .reduce((total, entry) => total + micro(entry.credits), 0);
  if (sum !== micro(balance) + micro(held)) {
    broken.push(`entries sum to ${sum / 1e6}, balance ${balance} and held ${held} do not`);
  }
  if (balance < 0) broken.push(`the balance is below zero: ${balance}`);
  if (held !== 0) broken.push(`${held} credits are still held`);
}

// What `dialplane check` says: {violations: [...], open_operations: n, ...}.
export function storeCheck(dataDir) {
  return run(['check', '--data-dir', dataDir, '--json'])
    .then((ended) => ({ ...ended, report: resultIn(ended.stdout) }));
}

// `operatorKeys`: of every organization that bought numbers (default: the demo's). `elsewhere`:
// numbers that live at another carrier than the sandbox.
export async function findBrokenPromises(server,
  { operatorKeys = [server.operatorKey], elsewhere = [] } = {}) {
  const broken = [];
  const [carrier, owned] = [await sold(server), await ownedNumbers(server, operatorKeys)];
  const marks = new Set();
  for (const row of carrier) {
    if (marks.has(row.mark)) broken.push(`mark ${row.mark} stands on more than one number`);
    marks.add(row.mark);
    const ours = owned.filter((number) => number.e164 === row.e164).length;
    if (ours === 0) broken.push(`orphan: ${row.e164} is sold to us and unknown here`);
    if (ours > 1) broken.push(`${row.e164} is ${ours} numbers of ours`);
  }
  const known = new Set(carrier.map((row) => row.e164));
  for (const number of owned) {
    if (elsewhere.includes(number.e164)) continue;
    if (!known.has(number.e164)) broken.push(`ghost: ${number.e164} is ours on paper only`);
  }
  for (const key of operatorKeys) await checkCredits(server, key, broken);
  const { code, report } = await storeCheck(server.dataDir);
  assert.ok(Array.isArray(report.violations), 'check prints {"violations": [...]}');
  broken.push(...report.violations.map((violation) => `check: ${JSON.stringify(violation)}`));
  assert.equal(code === 0, report.violations.length === 0, 'check exits 0 when all is well');
  const audit = await run(['audit', 'verify', '--data-dir', server.dataDir]);
  if (audit.code !== 0) broken.push(`audit verify: ${audit.stdout}${audit.stderr}`);
  return broken;
}

// Waits until all work has ended, then holds the server to its promises.
export async function checkInvariants(server, options = {}) {
  try {
    await checkPromises(server, options);
  } catch (failure) {
    // A server that is left running would keep the test process alive.
    await server.kill();
    throw failure;
  }
}

async function checkPromises(server, options) {
  // Reviews that nobody waits for any more would only take time.
  await setReviewMs(server, 0);
  await until('every operation and text has ended', async () => {
    const { report } = await storeCheck(server.dataDir);
    return report.open_operations === 0 && report.texts_under_way === 0 &&
      report.inbox_waiting === 0;
  }, { timeoutMs: options.timeoutMs ?? 40_000, intervalMs: 50 });
  const broken = await findBrokenPromises(server, options);
  assert.deepEqual(broken, [], broken.join('\n'));
}

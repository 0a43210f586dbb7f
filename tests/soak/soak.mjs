// The soak: provisions against a played carrier that loses a share of its answers, while our server
// is killed (SIGKILL) at random; then comparison and judgement. Says at its end, in one JSON
// what it did and which promises were broken; exit code 1 if any was.
//
//   node tests/soak/soak.mjs [--carrier twilio] [--provisions 10000] [--lost 0.25] [--seed N]
//                            [--workers 16] [--at-once 4] [--kill-every-ms 4000] [--kills N]
//                            [--minutes 60]
//
// --at-once: purchases that the account may have under way (its option purchases_in_flight).
//
// The same seed gives the same kills, faults and order of requests, as far as time allows.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { run } from '../support/cli.mjs';
import { freePort } from '../support/free_port.mjs';
import { send } from '../support/http.mjs';
import {
  agentKey, environment, freshDirectory, operatorKey, program, repository,
} from '../support/server.mjs';
import { randomDelay, until, within } from '../support/waiting.mjs';

const { values: given } = parseArgs({ options: {
  carrier: { type: 'string', default: 'twilio' },
  provisions: { type: 'string', default: '10000' },
  lost: { type: 'string', default: '0.25' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  workers: { type: 'string', default: '16' },
  'at-once': { type: 'string', default: '4' },
  'kill-every-ms': { type: 'string', default: '4000' },
  kills: { type: 'string', default: '1000000' },
  minutes: { type: 'string', default: '60' },
} });
const wanted = Number(given.provisions);
const seed = Number(given.seed);
const deadline = performance.now() + Number(given.minutes) * 60_000;

// mulberry32
let randomState = seed >>> 0;
function random() {
  randomState = (randomState + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(randomState ^ (randomState >>> 15), randomState | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const children = new Set();
process.on('exit', () => { for (const child of children) child.kill('SIGKILL'); });

// Starts the program and waits for the address it listens on.
async function start(args, env = {}) {
  const child = spawn(program, args,
    { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const started = { child, log: '' };
  started.ended = new Promise((resolve) => {
    child.on('exit', () => { children.delete(child); resolve(); });
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    started.log = (started.log + text).slice(-20_000);
  });
  let said = '';
  const listening = new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const line = /^listening on (https?:\/\/\S+)$/m.exec(said);
      if (line) resolve(line[1]);
    });
  });
  const died = started.ended.then(() => {
    throw new Error(`${args[0]} ended before it listened:\n${started.log}`);
  });
  died.catch(() => {});
  started.origin = await within(120_000, `start of ${args[0]}`, Promise.race([listening, died]));
  return started;
}

// What the carrier's description asks for, as the emulator tells it.
function credentialLines(state) {
  const file = join(repository, 'src', 'carriers', given.carrier, 'carrier.yaml');
  const { credentials } = parse(readFileSync(file, 'utf8'));
  // An account's own token is enough; a key of an account beside it is not needed.
  return credentials
    .filter(({ name }) => state.credentials[name] && !name.startsWith('api_key_s'))
    .map(({ name }) => `${name}=${state.credentials[name]}\n`).join('');
}

const dataDir = freshDirectory();
const ours = { kills: 0, restarts: 0 };

async function startOurs(port) {
  ours.server = await start(['serve', '--listen', `127.0.0.1:${port}`, '--data-dir', dataDir,
    '--public-url', `http://127.0.0.1:${port}`, '--plans-scale', String(wanted * 2 + 100),
    '--purchase-cap-factor', '0', '--rate-limit', '0', '--charge-cartesia',
    '--prices-starting-balance', String(wanted * 10 + 1000), '--reconcile-interval-ms', '0',
    '--log-level', 'warn', '--log-requests=false'],
  { DIALPLANE_OPERATOR_KEY: operatorKey, DIALPLANE_AGENT_KEY: agentKey });
  ours.origin = ours.server.origin;
}

async function control(emulator, method, what, body) {
  const answer = await send(emulator.origin, method, `/_emulator/${what}`, { body });
  if (answer.status >= 300) throw new Error(`${method} ${what}: ${answer.status} ${answer.text}`);
  return answer.body;
}

async function addAccount(emulator) {
  const state = await control(emulator, 'GET', 'state');
  const lines = credentialLines(state);
  const child = spawn(program, ['carriers', 'add', given.carrier, '--name', 'soak', '--option',
    `base_url=${emulator.origin}${state.base_path ?? ''}`, '--option',
    `purchases_in_flight=${given['at-once']}`, '--data-dir', dataDir, '--json'],
  { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { said += text; });
  child.stdin.end(lines);
  const code = await within(60_000, 'carriers add', new Promise((resolve) => {
    child.on('close', resolve);
  }));
  if (code !== 0) throw new Error(`carriers add: ${said}`);
}

// One purchase under one key, told again until it has a number or is refused for good. Where the
// server says of the key, again and again, that nothing was bought, it is believed: the next key
// buys. (Killed between its intent and the carrier's hearing of it, a purchase ends so: surely
// absent, and too old to be tried on.)
const outcomes = { bought: new Map(), refused: [], tries: 0, nothingBought: 0 };
async function provision(index) {
  let attempt = 0;
  let key = `soak-${seed}-${index}`;
  while (performance.now() < deadline) {
    ++outcomes.tries;
    let answer;
    try {
      answer = await send(ours.origin, 'POST', '/agents/phone-numbers/provision', {
        body: { label: `Soak ${index}` },
        headers: { 'Authorization': `Bearer ${agentKey}`, 'Cartesia-Version': '2026-03-01',
          'Idempotency-Key': key },
        timeoutMs: 60_000,
      });
    } catch {
      await randomDelay(50);  // the server is away: told again
      continue;
    }
    if (answer.status === 201) {
      outcomes.bought.set(key, answer.body.number);
      return;
    }
    if (answer.headers['idempotent-replayed'] === 'true' &&
        answer.body?.error_code === 'number_unavailable') {
      ++outcomes.nothingBought;
      key = `soak-${seed}-${index}-${++attempt}`;
      continue;
    }
    const again = answer.status === 202 || answer.status === 429 || answer.status >= 500;
    if (!again) {
      outcomes.refused.push({ key, status: answer.status, text: answer.text });
      return;
    }
    await randomDelay(100);
  }
  outcomes.refused.push({ key, status: 0, text: 'the time was over' });
}

async function workThrough() {
  let next = 0;
  const workers = Array.from({ length: Number(given.workers) }, async () => {
    while (next < wanted) await provision(next++);
  });
  await Promise.all(workers);
}

async function killNowAndThen(port, isOver) {
  const mean = Number(given['kill-every-ms']);
  while (mean > 0 && !isOver() && ours.kills < Number(given.kills)) {
    await randomDelay(mean * (0.25 + 1.5 * random()));
    if (isOver()) return;
    ours.server.child.kill('SIGKILL');
    await ours.server.ended;
    ++ours.kills;
    await startOurs(port);
  }
}

async function allNumbers() {
  const numbers = [];
  let after = '';
  while (true) {
    const page = await send(ours.origin, 'GET', `/agents/phone-numbers?limit=100${after}`,
      { headers: { 'Authorization': `Bearer ${agentKey}`, 'Cartesia-Version': '2026-03-01' } });
    numbers.push(...page.body.data.map((row) => row.number));
    if (!page.body.has_more) return numbers;
    after = `&starting_after=${page.body.data.at(-1).id}`;
  }
}

// The promises, on both sides.
async function judge(emulator) {
  const broken = [];
  const hold = (is, sentence) => { if (!is) broken.push(sentence); };
  const reconciled = await run(['reconcile', '--data-dir', dataDir, '--json'],
    { timeoutMs: 300_000 });
  hold(reconciled.code === 0, `reconcile: ${reconciled.stdout}${reconciled.stderr}`);
  const checked = await run(['check', '--data-dir', dataDir, '--json'], { timeoutMs: 300_000 });
  hold(checked.code === 0, `check: ${checked.stdout}${checked.stderr}`);
  const state = await control(emulator, 'GET', 'state');
  const there = state.numbers.map((row) => row.e164);
  const here = await allNumbers();
  const bought = [...outcomes.bought.values()];
  hold(new Set(bought).size === bought.length, 'one number was sold to two requests');
  hold(new Set(there).size === there.length, 'the carrier has a number twice');
  hold(there.length === bought.length,
    `${bought.length} requests got a number, the carrier holds ${there.length}`);
  hold(state.purchases.length === bought.length,
    `${bought.length} requests got a number, ${state.purchases.length} were bought`);
  for (const [name, some, others] of [['orphan', there, here], ['ghost', here, there]]) {
    const known = new Set(others);
    for (const one of some) hold(known.has(one), `${name}: ${one}`);
  }
  hold(outcomes.refused.length === 0, `refused: ${JSON.stringify(outcomes.refused.slice(0, 5))}`);
  return { broken, held: there.length };
}

async function main() {
  const began = performance.now();
  const emulator = await start(['emulate', given.carrier, '--listen', '127.0.0.1:0', '--seed',
    String(seed)]);
  const port = await freePort();
  await startOurs(port);
  await addAccount(emulator);
  await control(emulator, 'POST', 'faults',
    { what: 'lose_answer', count: 0, probability: Number(given.lost) });
  let isOver = false;
  const killing = killNowAndThen(port, () => isOver);
  await workThrough();
  isOver = true;
  await killing;
  await control(emulator, 'DELETE', 'faults');
  await until('all work has ended', async () => {
    const { stdout } = await run(['check', '--data-dir', dataDir, '--json'],
      { timeoutMs: 120_000 });
    return JSON.parse(stdout).result.open_operations === 0;
  }, { timeoutMs: 300_000, intervalMs: 500 });
  const { broken, held } = await judge(emulator);
  console.log(JSON.stringify({
    carrier: given.carrier, seed, provisions: wanted, lost: Number(given.lost),
    requests: outcomes.tries, kills: ours.kills, nothing_bought: outcomes.nothingBought,
    numbers: held, seconds: Math.round((performance.now() - began) / 1000), broken,
  }));
  if (broken.length > 0) console.error(ours.server.log.slice(-3000));
  ours.server.child.kill('SIGTERM');
  emulator.child.kill('SIGTERM');
  await Promise.all([ours.server.ended, emulator.ended]);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

await main();

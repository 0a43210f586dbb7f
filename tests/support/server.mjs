// Starts and stops the real program, one data directory per server. Owns the child process and the
// directory; both are gone when the test process ends, whatever happened.
//
//   DIALPLANE_BIN    the program (default build/release/dialplane)
//   DIALPLANE_KEEP   keep the data directories
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { api } from './http.mjs';
import { uuidOf } from './ids.mjs';
import { within } from './waiting.mjs';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const program = process.env.DIALPLANE_BIN
  ?? join(repository, 'build', 'release', 'dialplane');

// Fixed keys in the documented forms; only tests know them.
export const operatorKey = 'nv_pk_live_0000testoperatorkey0000000000000000000aA1';
export const agentKey = 'nv_sk_live_0000testagentkey0000000000000000000000bB2';

const startLimitMs = 30_000;
const stopLimitMs = 10_000;

const directories = [];
const running = new Set();
process.on('exit', (code) => {
  for (const server of running) {
    server.child.kill('SIGKILL');
    if (code !== 0) console.error(`--- log of ${server.origin}\n${server.stderr.slice(-6000)}`);
  }
  if (process.env.DIALPLANE_KEEP) return;
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

export function freshDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'dialplane-test-'));
  directories.push(directory);
  return directory;
}

// The environment of a child: ours without any DIALPLANE_ setting, then `extra`.
export function environment(extra = {}) {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('DIALPLANE_'));
  return { ...Object.fromEntries(clean), ...extra };
}

// A configuration file with `text` (TOML) in a directory of its own.
export function configFile(text) {
  const file = join(freshDirectory(), 'dialplane.toml');
  writeFileSync(file, text);
  return file;
}

// Options of startServer:
//   listen           default a free port of 127.0.0.1
//   args, env        more arguments and environment variables
//   config           text of a configuration file
//   dataDir          default a fresh one
//   demo             default true
//   slots, credits   what the demo organization gets (default 10 and 1000)
//   rateLimit        requests a minute and key (default 0, no limit)
//   waitMs           how long an answer waits for the end of its operation
//   keys             default true: the fixed test keys; false: the program makes its own
//   bin              default the program
export async function startServer(options = {}) {
  const server = new Server(options);
  await server.start();
  return server;
}

class Server {
  constructor(options) {
    this.options = options;
    this.dataDir = options.dataDir ?? freshDirectory();
    this.operatorKey = options.keys === false ? undefined : operatorKey;
    this.agentKey = options.keys === false ? undefined : agentKey;
    this.stdout = '';
    this.stderr = '';
    // Must never be seen in a log. Tests add what they send.
    this.secrets = new Set(['12-3456789', '123456789']);
  }

  arguments() {
    const { args = [], listen = '127.0.0.1:0', config, demo = true, slots, credits } = this.options;
    // Absent means none here; an explicit undefined leaves the program's own default.
    const { rateLimit = 'rateLimit' in this.options ? undefined : 0, waitMs } = this.options;
    const list = ['serve', '--listen', listen, '--data-dir', this.dataDir];
    if (demo) list.push('--demo');
    if (slots !== undefined) list.push('--demo-slots', String(slots));
    if (credits !== undefined) list.push('--demo-credits', String(credits));
    if (rateLimit !== undefined) list.push('--rate-limit', String(rateLimit));
    if (waitMs !== undefined) list.push('--answer-wait-ms', String(waitMs));
    if (config !== undefined) list.push('--config', configFile(config));
    return [...list, ...args];
  }

  async start(env = this.options.env ?? {}) {
    const keys = this.operatorKey === undefined ? {}
      : { DIALPLANE_OPERATOR_KEY: this.operatorKey, DIALPLANE_AGENT_KEY: this.agentKey };
    const startOutputAt = this.stdout.length;
    this.child = spawn(this.options.bin ?? program, this.arguments(),
      { env: environment({ ...keys, ...env }), stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this);
    this.exited = once(this.child, 'exit').then(([code, signal]) => {
      running.delete(this);
      return { code, signal };
    });
    const spawned = once(this.child, 'spawn');
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.stderr += text; });
    const listening = new Promise((resolve) => {
      this.child.stdout.setEncoding('utf8').on('data', (text) => {
        this.stdout += text;
        const line = /^listening on (https?:\/\/\S+)$/m.exec(this.stdout.slice(startOutputAt));
        if (line) resolve(line[1]);
      });
    });
    const died = this.exited.then(({ code, signal }) => {
      throw new Error(`the server ended (${code ?? signal}) before it listened:\n` +
        this.stderr.slice(-4000));
    });
    died.catch(() => {});
    await within(startLimitMs, 'start of the program', spawned);
    this.origin = await within(startLimitMs, 'start of the server',
      Promise.race([listening, died]));
    this.banner = this.stdout.slice(startOutputAt);
    this.readBanner();
    return this;
  }

  readBanner() {
    this.operatorKey ??= /nv_pk_live_[0-9A-Za-z_-]+/.exec(this.banner)?.[0];
    this.agentKey ??= /(nv_sk_live|sk_car)_[0-9A-Za-z_-]+/.exec(this.banner)?.[0];
    this.agentId ??= /agent_[0-9A-Za-z]{22}/.exec(this.banner)?.[0];
    if (this.agentId) this.agentUuid = uuidOf(this.agentId);
    this.operator = api(this, this.operatorKey);
    this.agent = api(this, this.agentKey);
    this.anonymous = api(this, null);
    this.secrets.add(this.operatorKey);
    this.secrets.add(this.agentKey);
  }

  // Ends as an operator would, and holds the server to its promise about that.
  async stop() {
    this.child.kill('SIGTERM');
    const { code, signal } = await within(stopLimitMs, 'stop of the server', this.exited);
    assert.equal(signal, null, `ended by ${signal}\n${this.stderr.slice(-4000)}`);
    assert.equal(code, 0, `SIGTERM must end with exit code 0\n${this.stderr.slice(-4000)}`);
    this.checkLogs();
  }

  checkLogs() {
    for (const secret of this.secrets) {
      assert.ok(!this.stderr.includes(secret), `a secret is in the log: ${secret.slice(0, 14)}…`);
    }
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  // Waits until the server has ended by itself (a crash point); it must have been a kill.
  // Starts it and waits until it has killed itself at `point`, which may be before it listens.
  async startUntilCrash(point) {
    const started = await this.start({ DIALPLANE_CRASH_AT: point })
      .then(() => true, (failure) => failure);
    if (started !== true && !String(started).includes('(SIGKILL)')) throw started;
    await this.waitForCrash();
  }

  async waitForCrash(timeoutMs = 20_000) {
    const { code, signal } = await within(timeoutMs, 'the crash of the server', this.exited);
    assert.equal(signal, 'SIGKILL', `expected a kill, ended with ${code ?? signal}\n` +
      this.stderr.slice(-4000));
    this.checkLogs();
  }

  // Again on the same data directory; the port differs. `change` replaces some options.
  async restart(change = {}, env) {
    if (running.has(this)) await this.stop();
    this.options = { ...this.options, ...change };
    return this.start(env);
  }
}

// Runs `use(server)` with a server of its own, then stops it; a failure of `use` wins over one of
// the stop.
export async function withServer(options, use) {
  const server = await startServer(options);
  let result;
  try {
    result = await use(server);
  } catch (failure) {
    if (running.has(server)) await server.kill();
    throw new Error(`${failure.message}\n--- log\n${server.stderr.slice(-3000)}`,
      { cause: failure });
  }
  if (running.has(server)) await server.stop();
  return result;
}

// The command line client as people and as programs run it: in a pseudo-terminal (Debian's
// `script`), with keys typed when a question shows, or with pipes.
import { spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { environment, freshDirectory, program } from './server.mjs';
import { within } from './waiting.mjs';

export const ctrlC = '\x03';
export const endOfInput = '\x04';

let alias;
// The same program under the founding document's name.
export function naive() {
  alias ??= join(freshDirectory(), 'naive');
  try {
    symlinkSync(program, alias);
  } catch (failure) {
    if (failure.code !== 'EEXIST') throw failure;
  }
  return alias;
}

// What a client of `server` finds in its environment; no profile of whoever runs the tests.
export function clientEnvironment(server, extra = {}) {
  return { DIALPLANE_SERVER: server.origin, DIALPLANE_API_KEY: server.operatorKey,
    XDG_CONFIG_HOME: freshDirectory(), TERM: 'xterm', TZ: 'UTC', NO_COLOR: '', ...extra };
}

function watched(child, timeoutMs, what) {
  const run = { child, stdout: '', stderr: '' };
  const listeners = [];
  run.until = async (pattern, limitMs = timeoutMs) => {
    const shown = new Promise((resolve) => {
      const look = () => pattern.test(run.stdout) && resolve();
      listeners.push(look);
      look();
    });
    const over = run.ended.then(({ code }) => {
      if (!pattern.test(run.stdout)) throw new Error(`it ended with ${code} before ${pattern}`);
    });
    try {
      await within(limitMs, `${pattern} from ${what}`, Promise.race([shown, over]));
    } catch (failure) {
      throw new Error(`${failure.message}\nstdout: ${run.stdout}\nstderr: ${run.stderr}`);
    }
  };
  const gather = (name) => (text) => {
    run[name] += text;
    for (const look of listeners) look();
  };
  child.stdout.setEncoding('utf8').on('data', gather('stdout'));
  child.stderr.setEncoding('utf8').on('data', gather('stderr'));
  child.stdin.on('error', () => {});  // it may have ended before it read
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  run.ended = within(timeoutMs + 5_000, what, new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout: run.stdout, stderr: run.stderr });
    });
  }));
  run.ended.catch(() => {});
  return run;
}

// Starts the client with pipes. `input` is all of its standard input.
export function startPiped(args, { env = {}, input = '', bin = program, timeoutMs = 40_000 } = {}) {
  const child = spawn(bin, args, { env: environment(env), stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  return watched(child, timeoutMs, `dialplane ${args.join(' ')}`);
}

// The whole run: { code, stdout, stderr, document } where standard output is one JSON document.
export async function piped(args, options) {
  const ended = await startPiped(args, options).ended;
  try {
    ended.document = JSON.parse(ended.stdout);
  } catch {
    ended.document = undefined;
  }
  return ended;
}

const inQuotes = (word) => `'${word.replaceAll("'", "'\\''")}'`;

// Starts the client in a pseudo-terminal; everything it prints is in `stdout`. `then` is one more
// line for the shell afterwards.
export function startTerminal(args, { env = {}, bin = program, columns = 120, lines = 50,
  timeoutMs = 40_000, then = '' } = {}) {
  // The shell itself must outlive Ctrl-C where it has more to do.
  const line = `stty cols ${columns} rows ${lines}; ` +
    (then === '' ? 'exec ' : 'trap : INT; ') + [bin, ...args].map(inQuotes).join(' ') +
    (then === '' ? '' : `; ${then}`);
  const child = spawn('script', ['-qfec', line, '/dev/null'],
    { env: environment({ SHELL: '/bin/sh', ...env }), stdio: ['pipe', 'pipe', 'pipe'] });
  const run = watched(child, timeoutMs, `in a terminal: ${args.join(' ')}`);
  run.type = (text) => child.stdin.write(text);
  return run;
}

// The whole run, with `typed` as [[pattern, keys], ...]: each typed once its pattern has shown.
// { code, raw, screen }, where screen is what a person sees in the end, colours left out.
export async function terminal(args, { typed = [], ...options } = {}) {
  const run = startTerminal(args, options);
  for (const [pattern, keys] of typed) {
    await run.until(pattern);
    run.type(keys);
  }
  const { code, stdout } = await run.ended;
  return { code, raw: stdout, screen: screenOf(stdout) };
}

// A terminal of the simplest kind: lines, carriage return, erasing, and moving up.
export function screenOf(raw) {
  const rows = [''];
  let [row, column] = [0, 0];
  const put = (letter) => {
    const letters = [...rows[row].padEnd(column)];
    letters[column] = letter;
    rows[row] = letters.join('');
    column += 1;
  };
  const token = /\x1b\[(\d*)([A-Za-z])|[\s\S]/gu;
  for (const [all, count, what] of raw.matchAll(token)) {
    if (all === '\r') column = 0;
    else if (all === '\n') { row += 1; rows[row] ??= ''; }
    else if (what === 'K') rows[row] = [...rows[row]].slice(0, column).join('');
    else if (what === 'A') row = Math.max(0, row - Number(count || 1));
    else if (what === 'J') { rows.length = row + 1; rows[row] = rows[row].slice(0, column); }
    else if (what !== undefined && what !== 'm') throw new Error(`unknown sequence ${all}`);
    else if (what === undefined && all !== '\x07') put(all);
  }
  return rows.map((line) => line.trimEnd()).join('\n');
}

// Starts `dialplane emulate NAME` and talks to its control address. Ends with the test process.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { environment, program } from './server.mjs';
import { until, within } from './waiting.mjs';

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function startEmulator(name, args = []) {
  const child = spawn(program, ['emulate', name, '--listen', '127.0.0.1:0', ...args],
    { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let said = '';
  let complained = '';
  child.stdout.on('data', (text) => { said += text; });
  child.stderr.on('data', (text) => { complained += text; });
  const origin = await until('the emulator listens', () => {
    assert.equal(child.exitCode, null, `it ended: ${complained}`);
    return said.match(/listening on (http:\S+)/)?.[1];
  });
  const control = async (method, what, order) => {
    const query = order && method === 'DELETE' ? `?${new URLSearchParams(order)}` : '';
    const answer = await fetch(`${origin}/_emulator/${what}${query}`, {
      method,
      body: order && method === 'POST' ? JSON.stringify(order) : undefined,
    });
    const body = await answer.json();
    assert.equal(answer.status, 200, `${method} ${what}: ${JSON.stringify(body)}`);
    return body;
  };
  return {
    origin,
    control,
    state: () => control('GET', 'state'),
    fault: (what, on, more = {}) => control('POST', 'faults', { what, on, ...more }),
    advance: (ms) => control('POST', 'time', { advance_ms: ms }),
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await within(10_000, 'the emulator ends', once(child, 'exit'));
      running.delete(child);
    },
  };
}

// Speaks to the real `dialplane mcp` over its standard input and output, line by line, and hides
// nothing: every line that comes out is kept, also what is no JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { environment, program } from './server.mjs';
import { until, within } from './waiting.mjs';

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

// server: the origin; key: null for none.
export function startBridge({ server, key = null, env = {}, args = [] }) {
  return new Bridge(server, key, env, args);
}

class Bridge {
  constructor(server, key, env, args) {
    const own = { ...(server ? { DIALPLANE_SERVER: server } : {}),
      ...(key === null ? {} : { DIALPLANE_API_KEY: key }), ...env };
    this.child = spawn(program, ['mcp', ...args],
      { env: environment(own), stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(this.child);
    this.lines = [];
    this.stderr = '';
    let rest = '';
    this.child.stdin.on('error', () => {});
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.stderr += text; });
    this.child.stdout.setEncoding('utf8').on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop();
      this.lines.push(...parts);
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      running.delete(this.child);
      return { code, signal, rest };
    });
    this.nextId = 1;
  }

  // Bytes or text, as they are.
  write(bytes) {
    this.child.stdin.write(bytes);
  }

  send(message) {
    this.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  get messages() {
    return this.lines.map((line) => JSON.parse(line));
  }

  // The answer to a request with that id.
  answerTo(id, timeoutMs = 40_000) {
    return until(`there is an answer to ${id}`,
      () => this.messages.find((one) => one.id === id && !('method' in one)), { timeoutMs });
  }

  async request(method, params, timeoutMs) {
    const id = this.nextId++;
    this.send({ id, method, ...(params === undefined ? {} : { params }) });
    return this.answerTo(id, timeoutMs);
  }

  call(name, args = {}, timeoutMs) {
    return this.request('tools/call', { name, arguments: args }, timeoutMs);
  }

  async initialize(protocolVersion = '2025-11-25') {
    const answer = await this.request('initialize', { protocolVersion, capabilities: {},
      clientInfo: { name: 'test', version: '1' } });
    this.send({ method: 'notifications/initialized' });
    return answer;
  }

  // Waits for the n-th line, counted from 1.
  line(count, timeoutMs = 20_000) {
    return until(`there are ${count} lines`, () => this.lines[count - 1], { timeoutMs });
  }

  // Ends the input and returns how the program ended.
  async end(timeoutMs = 20_000) {
    this.child.stdin.end();
    return within(timeoutMs, 'the end of dialplane mcp', this.ended);
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

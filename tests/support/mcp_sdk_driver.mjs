// A process of its own in which an official MCP client runs, told what to do line by line on its
// standard input: {id, method, args} names a method of the SDK's Client. Answers {id, result} or
// {id, error}. In a process of its own because the newer SDK wants a newer Node than the tests.
//
// argv: sdk (v1 | v2), JSON of {transport: 'stdio' | 'http', command, args, env, url, key, mode}
import { createInterface } from 'node:readline';

const [sdk, settingsText] = process.argv.slice(2);
const settings = JSON.parse(settingsText);

async function loadSdk() {
  if (sdk === 'v2') {
    const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
    const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
    return { Client, StreamableHTTPClientTransport, StdioClientTransport };
  }
  const base = '@modelcontextprotocol/sdk/client';
  const [{ Client }, { StreamableHTTPClientTransport }, { StdioClientTransport }] =
    await Promise.all([import(`${base}/index.js`), import(`${base}/streamableHttp.js`),
      import(`${base}/stdio.js`)]);
  return { Client, StreamableHTTPClientTransport, StdioClientTransport };
}

const { Client, StreamableHTTPClientTransport, StdioClientTransport } = await loadSdk();

function makeTransport() {
  if (settings.transport === 'stdio') {
    return new StdioClientTransport({ command: settings.command, args: settings.args,
      env: settings.env, stderr: 'ignore' });
  }
  const headers = settings.key ? { Authorization: `Bearer ${settings.key}` } : {};
  return new StreamableHTTPClientTransport(new URL(settings.url), { requestInit: { headers } });
}

const client = new Client({ name: 'dialplane-tests', version: '1.0.0' },
  settings.mode === undefined ? {} : { versionNegotiation: { mode: settings.mode } });
const problems = [];
client.onerror = (problem) => problems.push(String(problem?.message ?? problem));
let transport;

const own = {
  async open() {
    transport = makeTransport();
    await client.connect(transport);
    return { server: client.getServerVersion(), capabilities: client.getServerCapabilities(),
      instructions: client.getInstructions(),
      version: client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion };
  },
  async problems() {
    return problems;
  },
  async close() {
    await client.close();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, args = [] } = JSON.parse(line);
  const run = own[method] ?? ((...given) => client[method](...given));
  // Not awaited: several may be under way.
  Promise.resolve().then(() => run(...args)).then(
    (result) => console.log(JSON.stringify({ id, result: result ?? null })),
    (failure) => console.log(JSON.stringify({ id, error: { name: failure.name,
      code: failure.code, message: failure.message, data: failure.data } })));
}
process.exit(0);

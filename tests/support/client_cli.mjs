// Runs the client's commands against a server, each test with a home of its own.
import assert from 'node:assert/strict';
import { run } from './cli.mjs';
import { freshDirectory } from './server.mjs';

// client(server) gives cli(...args): { code, stdout, stderr, document }; the document is the one
// JSON document on standard output. cli.ok(...) and cli.refused(code, ...) judge the exit code too.
export function client(server, { key = server.operatorKey, home = freshDirectory(), env = {},
  origin = server.origin } = {}) {
  const all = { HOME: home, DIALPLANE_SERVER: origin, DIALPLANE_API_KEY: key, ...env };
  const cli = async (...args) => {
    const ended = await run(args, { env: all, timeoutMs: 120_000 });
    let document;
    if (ended.stdout !== '' && !args.includes('--jsonl')) document = JSON.parse(ended.stdout);
    if (document !== undefined) {
      assert.equal(ended.stdout.trimEnd().split('\n').length, 1, 'one document and nothing else');
    }
    return { ...ended, document };
  };
  cli.ok = async (...args) => {
    const ended = await cli(...args);
    assert.equal(ended.code, 0, `${args.join(' ')}: ${ended.stderr}${ended.stdout}`);
    assert.equal(ended.stderr, '', args.join(' '));
    return ended.document.result;
  };
  cli.refused = async (code, ...args) => {
    const ended = await cli(...args);
    assert.equal(ended.code, code, `${args.join(' ')}: ${ended.stderr}${ended.stdout}`);
    assert.notEqual(ended.stderr, '', 'the error is on standard error too');
    assert.equal(ended.document.success, false);
    return ended.document;
  };
  cli.env = all;
  return cli;
}

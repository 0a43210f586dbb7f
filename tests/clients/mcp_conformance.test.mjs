// The protocol's own conformance suite against a running server, for both revisions.
//
// Many of its scenarios call tools, read resources or get prompts that only the suite's example
// server has (test_simple_text, test://static-text, ...): those cannot pass here and are listed
// with what they want. Every other scenario must pass whole, without a warning; where single
// checks of one want such a fixture, exactly those may fail. A scenario in neither list, or in
// both, fails: somebody has to look at it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { run } from '../support/cli.mjs';
import { startKeyAddingProxy } from '../support/key_adding_proxy.mjs';
import { node22 } from '../support/mcp_sdk.mjs';
import { freshDirectory, repository, startServer } from '../support/server.mjs';

const modules = join(repository, 'tests', 'node_modules');
const suites = {
  '0.1.16': join(modules, 'mcp-conformance-stable', 'dist', 'index.js'),
  '0.2.0-alpha.12': join(modules, '@modelcontextprotocol', 'conformance', 'dist', 'index.js'),
};
const suiteLimitMs = 240_000;

const tool = (name) => `calls the tool ${name}`;
const resource = (uri) => `reads the resource ${uri}`;
const prompt = (name) => `gets the prompt ${name}`;
const asks = (name) => `calls ${name}, which asks the client something; no tool here does`;

// What the suite's example server has and a telephone server has not.
const wantsFixture = {
  'completion-complete': 'completes an argument of the prompt test_prompt_with_arguments',
  'server-sse-polling': tool('test_reconnection'),
  'tools-call-simple-text': tool('test_simple_text'),
  'tools-call-image': tool('test_image_content'),
  'tools-call-audio': tool('test_audio_content'),
  'tools-call-embedded-resource': tool('test_embedded_resource'),
  'tools-call-mixed-content': tool('test_multiple_content_types'),
  'tools-call-with-logging': tool('test_tool_with_logging'),
  'tools-call-error': tool('test_error_handling'),
  'tools-call-with-progress': tool('test_tool_with_progress'),
  'tools-call-sampling': asks('test_sampling'),
  'tools-call-elicitation': asks('test_elicitation'),
  'json-schema-2020-12': 'looks at the input schema of the tool json_schema_2020_12_tool',
  'elicitation-sep1034-defaults': asks('test_elicitation_sep1034_defaults'),
  'elicitation-sep1330-enums': asks('test_elicitation_sep1330_enums'),
  'http-custom-header-server-validation': 'calls a tool with x-mcp-header in its input schema',
  'resources-read-text': resource('test://static-text'),
  'resources-read-binary': resource('test://static-binary'),
  'resources-templates-read': resource('test://template/123/data'),
  'resources-subscribe': 'subscribes to test://watched-resource; nothing here is watched',
  'resources-unsubscribe': 'unsubscribes from test://watched-resource; nothing here is watched',
  'prompts-get-simple': prompt('test_simple_prompt'),
  'prompts-get-with-args': prompt('test_prompt_with_arguments'),
  'prompts-get-embedded-resource': prompt('test_prompt_with_embedded_resource'),
  'prompts-get-with-image': prompt('test_prompt_with_image'),
  'input-required-result-basic-elicitation': asks('a tool'),
  'input-required-result-basic-sampling': asks('a tool'),
  'input-required-result-basic-list-roots': asks('a tool'),
  'input-required-result-request-state': asks('a tool'),
  'input-required-result-multiple-input-requests': asks('a tool'),
  'input-required-result-multi-round': asks('a tool'),
  'input-required-result-missing-input-response': asks('a tool'),
  'input-required-result-non-tool-request': asks('a prompt'),
  'input-required-result-result-type': asks('a tool'),
  'input-required-result-unsupported-methods': asks('a tool'),
  'input-required-result-tampered-state': asks('a tool'),
  'input-required-result-capability-check': asks('a tool'),
  'input-required-result-ignore-extra-params': asks('a tool'),
  'input-required-result-validate-input': asks('a tool'),
};

const passes = {
  '2025-11-25': ['server-initialize', 'server-session-lifecycle', 'logging-set-level', 'ping',
    'tools-list', 'server-sse-multiple-streams', 'resources-list', 'prompts-list',
    'dns-rebinding-protection'],
  '2026-07-28': ['server-stateless', 'tools-list', 'server-sse-multiple-streams', 'resources-list',
    'sep-2164-resource-not-found', 'prompts-list', 'dns-rebinding-protection', 'caching',
    'http-header-validation'],
};

// Single checks of those that do not succeed, and why that is so.
const noSessions = 'wants a session; this server keeps none, which both revisions allow';
const except = {
  '2025-11-25': {
    'server-session-lifecycle': { 'server-session-lifecycle-skipped': noSessions },
    'server-sse-multiple-streams': { 'server-sse-multiple-streams-session': noSessions },
  },
  '2026-07-28': {
    'server-stateless': {
      'sep-2575-server-rejects-undeclared-capability': tool('test_missing_capability'),
      'sep-2575-missing-capability-http-400': tool('test_missing_capability'),
      'sep-2575-http-server-no-independent-requests-on-stream': tool('test_streaming_elicitation'),
      'sep-2575-server-no-log-without-loglevel': tool('test_logging_tool'),
    },
  },
};

let server;
let proxy;
before(async () => {
  server = await startServer();
  proxy = await startKeyAddingProxy(server, server.agentKey);
});
after(async () => {
  await proxy.stop();
  await server.stop();
});

async function runSuite(file, revision, folder) {
  const { stdout, stderr } = await run([file, 'server', '--url', `${proxy.origin}/mcp`,
    '--suite', 'all', '--spec-version', revision, '--output-dir', folder],
  { bin: node22, timeoutMs: suiteLimitMs });
  return stdout + stderr;
}

// Scenario → its checks; the suite writes a folder for each one it ran.
function readResults(folder) {
  const results = new Map();
  for (const name of readdirSync(folder)) {
    const [, scenario] = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name) ?? [];
    assert.ok(scenario, `a folder that is none of a scenario: ${name}`);
    results.set(scenario, () => JSON.parse(readFileSync(join(folder, name, 'checks.json'))));
  }
  return results;
}

// Ids of what did not succeed, each with its words. A scenario that checked nothing did not either:
// what it says instead counts.
function problemsOf(checks) {
  const silent = !checks.some((one) => one.status === 'SUCCESS');
  const bad = checks.filter((one) => ['FAILURE', 'WARNING'].includes(one.status) || silent);
  assert.ok(checks.length > 0, 'it checked something');
  return Object.fromEntries(bad.map((one) => [one.id, one.errorMessage ?? one.description]));
}

for (const [version, revision] of [['0.1.16', '2025-11-25'], ['0.2.0-alpha.12', '2025-11-25'],
  ['0.2.0-alpha.12', '2026-07-28']]) {
  test(`conformance ${version}: every scenario of ${revision} that needs no fixture passes`,
    async (t) => {
      const folder = freshDirectory();
      const output = await runSuite(suites[version], revision, folder);
      const results = readResults(folder);
      assert.ok(results.size > 20, `the suite ran: ${output.slice(-3000)}`);

      const expected = new Set(passes[revision]);
      const known = (scenario) => expected.has(scenario) !== scenario in wantsFixture;
      assert.deepEqual([...results.keys()].filter((scenario) => !known(scenario)), [],
        'scenarios that nobody has judged');
      for (const [scenario, checks] of results) {
        if (!expected.has(scenario)) continue;
        const allowed = except[revision][scenario] ?? {};
        await t.test(scenario, () => {
          const problems = problemsOf(checks());
          assert.deepEqual(Object.keys(problems).sort(), Object.keys(allowed).sort(),
            JSON.stringify(problems, null, 1));
        });
      }
      // The newest suite knows them all; a scenario that has gone is not waited for.
      if (version.startsWith('0.2')) {
        assert.deepEqual([...expected].filter((scenario) => !results.has(scenario)), []);
      }
    });
}

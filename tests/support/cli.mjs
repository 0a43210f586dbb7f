// Runs the program's other commands (keys, organizations, audit, backup, check, routes, errors).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { environment, program } from './server.mjs';
import { within } from './waiting.mjs';

export function run(args, { env = {}, bin = program, timeoutMs = 20_000 } = {}) {
  const ended = new Promise((resolve, reject) => {
    const child = spawn(bin, args, { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    // A command that wrongly stays up must not outlive its limit.
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.on('close', () => clearTimeout(timer));
  });
  return within(timeoutMs + 5000, `dialplane ${args.join(' ')}`, ended);
}

// The result in the one JSON document that a command printed, and nothing else.
export function resultIn(stdout) {
  const { success, action, hints, next_steps: steps, result, error } = JSON.parse(stdout);
  assert.equal(typeof success, 'boolean', stdout);
  assert.equal(typeof action, 'string', stdout);
  assert.ok(Array.isArray(hints) && Array.isArray(steps), stdout);
  if (!success) assert.ok(error.code && error.message, stdout);
  return result;
}

// As run, and the command must succeed; its result.
export async function runJson(args, options) {
  const ended = await run(args, options);
  assert.equal(ended.code, 0, `dialplane ${args.join(' ')}: ${ended.stderr}${ended.stdout}`);
  return resultIn(ended.stdout);
}

// Another organization on the same server: {organization_id, operator_key, agent_key}.
export function createOrganization(server, name) {
  return runJson(['organizations', 'create', '--name', name, '--data-dir', server.dataDir]);
}

// Completion in the shells themselves: commands, options, choices, ids and labels from the server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { provisionNaive } from '../support/actions.mjs';
import { run } from '../support/cli.mjs';
import { client } from '../support/client_cli.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { environment, freshDirectory, program, startServer } from '../support/server.mjs';

const call = promisify(execFile);
const folder = freshDirectory();
let server;
let cli;
let phone;
let env;
before(async () => {
  server = await startServer();
  cli = client(server);
  ({ phone } = await provisionNaive(server, { label: 'Night line' }));
  mkdirSync(join(folder, 'bin'));
  symlinkSync(program, join(folder, 'bin', 'dialplane'));
  env = environment({ ...cli.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` });
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const complete = async (...words) => {
  const { code, stdout } = await run(['__complete', ...words], { env: cli.env });
  assert.equal(code, 0);
  return stdout.split('\n').filter(Boolean).map((line) => line.split('\t')[0]);
};
const scriptOf = async (shell) => {
  const { code, stdout } = await run(['completion', shell]);
  assert.equal(code, 0);
  const file = join(folder, `script.${shell}`);
  writeFileSync(file, stdout);
  return file;
};

test('what could come next', async () => {
  const first = await complete('');
  for (const word of ['phone', 'approvals', 'serve', 'doctor', 'mcp']) {
    assert.ok(first.includes(word), word);
  }
  assert.ok((await complete('pho')).every((word) => word.startsWith('pho')));
  assert.ok((await complete('phone', 'pro')).includes('provision'));
  assert.deepEqual(await complete('phone', 'provision', '--type', ''), ['local', 'toll_free']);
  assert.ok((await complete('phone', 'provision', '--area')).includes('--area-code'));
  assert.ok((await complete('keys', 'create', '--r')).includes('--role'));
  assert.deepEqual((await complete('phone', 'get', '')).sort(), ['Night line', phone.id].sort());
  assert.deepEqual(await complete('phone', 'send', '--from', 'Nigh'), ['Night line']);
  assert.deepEqual(await complete('phone', 'get', phone.id, ''), [], 'it takes one word');
  assert.deepEqual(await complete('no', 'such', 'command', ''), []);
});

test('a label or a number stands for its id', async () => {
  assert.equal((await cli.ok('phone', 'get', 'Night line')).id, phone.id);
  assert.equal((await cli.ok('phone', 'get', phone.e164)).id, phone.id);
  const { phone: other } = await provisionNaive(server, { label: 'Night line' });
  const told = await cli.refused(2, 'phone', 'get', 'Night line');
  assert.ok(told.error.message.includes(phone.id) && told.error.message.includes(other.id));
  await cli.refused(1, 'phone', 'get', 'No such line');
});

test('without a server, or with a wrong key, there is nothing to propose', async () => {
  for (const more of [{ DIALPLANE_SERVER: 'http://127.0.0.1:1025' }, { DIALPLANE_API_KEY: 'x' }]) {
    const { code, stdout, stderr } = await run(['__complete', 'phone', 'get', ''],
      { env: { ...cli.env, ...more } });
    assert.deepEqual([code, stdout, stderr], [0, '', '']);
  }
});

test('bash', async () => {
  const file = await scriptOf('bash');
  const { stdout } = await call('bash', ['--norc', '-c', `source ${file}
    COMP_WORDS=(dialplane phone get Nigh); COMP_CWORD=3; _dialplane
    printf '%s\\n' "\${COMPREPLY[@]}"
    COMP_WORDS=(dialplane phone sta); COMP_CWORD=2; _dialplane
    printf '%s\\n' "\${COMPREPLY[@]}"`], { env });
  assert.equal(stdout, 'Night\\ line\nNight\\ line\nstatus\n');
});

test('zsh takes the script', async () => {
  const file = await scriptOf('zsh');
  const { stdout } = await call('zsh', ['-f', '-c', `autoload -U compinit
    compinit -u -d ${join(folder, 'dump')}; source ${file}; print $_comps[dialplane]`], { env });
  assert.equal(stdout.trim(), '_dialplane');
});

test('fish', async () => {
  const file = await scriptOf('fish');
  const { stdout } = await call('fish', ['--no-config', '-c',
    `source ${file}; complete -C 'dialplane phone get '`], { env });
  assert.ok(stdout.includes(phone.id), stdout);
  assert.ok(stdout.includes('Night line'), stdout);
});

test('a shell that is none of them is refused', async () => {
  const ended = await run(['completion', 'tcsh']);
  assert.equal(ended.code, 2);
  assert.match(ended.stderr, /bash, zsh, fish/);
});

// `dialplane mcp install`: what it prints is what each client reads, what it writes leaves the rest
// of the client's file as it was, and no key is shown unless that was asked for.
import assert from 'node:assert/strict';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync,
  writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { run } from '../support/cli.mjs';
import { freshDirectory, program } from '../support/server.mjs';

const key = 'nv_sk_live_0000testinstallkey00000000000000000000dD4';
const usual = 'http://127.0.0.1:8080';

const clients = {
  'claude-desktop': { member: 'mcpServers', file: '.config/Claude/claude_desktop_config.json' },
  cursor: { member: 'mcpServers', file: '.cursor/mcp.json' },
  vscode: { member: 'servers', file: '.config/Code/User/mcp.json' },
};

function installer(home = freshDirectory()) {
  const env = { HOME: home, XDG_CONFIG_HOME: '', DIALPLANE_API_KEY: key, NAIVE_API_KEY: '' };
  return {
    home,
    file: (client) => join(home, clients[client].file),
    install: (client, ...more) => run(['mcp', 'install', '--client', client, ...more], { env }),
  };
}

function put(file, text, mode = 0o644) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

const modeOf = (file) => statSync(file).mode & 0o777;
const besides = (file) => readdirSync(dirname(file));

for (const [client, { member, file }] of Object.entries(clients)) {
  test(`${client}: printed, with nothing else on standard output`, async () => {
    const { home, install } = installer();
    const { code, stdout, stderr } = await install(client);
    assert.equal(code, 0, stderr);
    const own = JSON.parse(stdout)[member].dialplane;
    assert.deepEqual(own.args, ['mcp', '--server', usual]);
    assert.equal(own.command, program);
    assert.ok(!stdout.includes(key) && !stderr.includes(key), 'the key is not shown');
    assert.ok(stderr.includes(`~/${file}`), stderr);
    assert.deepEqual(readdirSync(home), [], 'nothing was written');
  });

  test(`${client}: written where there is no file yet, for the owner only`, async () => {
    const { file: place, install } = installer();
    const { code, stdout, stderr } = await install(client, '--write', '--name', 'phones',
      '--server', 'http://127.0.0.1:9191');
    assert.equal(code, 0, stderr);
    const { success, action, result: answer } = JSON.parse(stdout);
    assert.deepEqual([success, action], [true, 'mcp.install']);
    assert.equal(answer.file, place(client));
    assert.equal(answer.changed, true);
    assert.equal(answer.backup, undefined);
    const written = JSON.parse(readFileSync(place(client), 'utf8'));
    assert.deepEqual(written[member].phones.args, ['mcp', '--server', 'http://127.0.0.1:9191']);
    assert.ok(!JSON.stringify(written).includes(key));
    assert.equal(modeOf(place(client)), 0o600);
    assert.equal(besides(place(client)).length, 1, 'nothing is left lying about');
  });

  test(`${client}: merged into a file that has more, twice`, async () => {
    const { file: place, install } = installer();
    const before = `{\n    "other": 1.50,\n    "${member}": {\n        "x": {"command": "y"}\n` +
      '    },\n    "last": []\n}\n';
    put(place(client), before);
    assert.equal((await install(client, '--write')).code, 0);
    const after = readFileSync(place(client), 'utf8');
    const at = before.indexOf('\n    },');
    assert.ok(after.startsWith(`${before.slice(0, at)},\n        "dialplane": {`), after);
    assert.ok(after.includes('\n    },\n    "last": []'));
    assert.deepEqual(JSON.parse(after)[member].x, { command: 'y' });
    assert.equal(modeOf(place(client)), 0o644, 'no key in it: its mode is its own');
    assert.equal(readFileSync(`${place(client)}.before-dialplane`, 'utf8'), before);
    const again = await install(client, '--write');
    assert.equal(again.code, 0);
    assert.ok(again.stdout.includes('"changed":false'), again.stdout);
    assert.equal(readFileSync(place(client), 'utf8'), after);
    assert.equal(besides(place(client)).length, 2);
  });

  test(`${client}: a file that is not plain JSON is left as it is`, async () => {
    const { file: place, install } = installer();
    for (const text of ['{ // mine\n}', '{"a":', '[]', `{"${member}": []}`, '{"a":1,"a":2}']) {
      put(place(client), text);
      const { code, stdout, stderr } = await install(client, '--write', '--with-key');
      assert.equal(code, 1, text);
      assert.equal(JSON.parse(stdout).success, false);
      assert.ok(stderr.includes(`"${member}"`) && stderr.includes('"command"'),
        `it says what to add: ${stderr}`);
      assert.ok(!stderr.includes(key) && !stdout.includes(key));
      assert.equal(readFileSync(place(client), 'utf8'), text);
      assert.equal(besides(place(client)).length, 1);
    }
  });

  test(`${client}: the key itself only where that was asked for; then only the owner reads it`,
    async () => {
      const { file: place, install } = installer();
      const printed = await install(client, '--with-key');
      assert.equal(JSON.parse(printed.stdout)[member].dialplane.env.DIALPLANE_API_KEY, key);
      put(place(client), '{}', 0o666);
      assert.equal((await install(client, '--write', '--with-key')).code, 0);
      assert.ok(readFileSync(place(client), 'utf8').includes(key));
      assert.equal(modeOf(place(client)), 0o600);
      assert.equal(modeOf(`${place(client)}.before-dialplane`), 0o600);
    });
}

test('a file behind a symbolic link is changed where it is', async () => {
  const { home, file, install } = installer();
  const real = join(home, 'dotfiles', 'mcp.json');
  put(real, '{}');
  mkdirSync(dirname(file('cursor')), { recursive: true });
  symlinkSync(real, file('cursor'));
  assert.equal((await install('cursor', '--write')).code, 0);
  assert.ok(lstatSync(file('cursor')).isSymbolicLink());
  assert.ok(JSON.parse(readFileSync(real, 'utf8')).mcpServers.dialplane);
});

test('--file names another place', async () => {
  const { home, install } = installer();
  const other = join(home, 'project', '.cursor', 'mcp.json');
  assert.equal((await install('cursor', '--write', '--file', other)).code, 0);
  assert.ok(JSON.parse(readFileSync(other, 'utf8')).mcpServers.dialplane);
  assert.deepEqual(readdirSync(home), ['project']);
});

test('what is not understood is refused with exit code 2', async () => {
  const { home, install } = installer();
  for (const words of [['emacs'], ['cursor', '--name', 'a b'], ['cursor', '--name', ''],
    ['cursor', '--server', 'nowhere'], ['cursor', 'more'], ['cursor', '--bogus']]) {
    const { code, stdout } = await install(...words, '--write');
    assert.equal(code, 2, words.join(' '));
    assert.equal(JSON.parse(stdout).success, false);
  }
  assert.equal((await run(['mcp', 'install'])).code, 2);
  const bare = { HOME: home, DIALPLANE_API_KEY: '', NAIVE_API_KEY: '' };
  const keyless = await run(['mcp', 'install', '--client', 'cursor', '--with-key'], { env: bare });
  assert.equal(keyless.code, 2);
  assert.deepEqual(readdirSync(home), []);
});

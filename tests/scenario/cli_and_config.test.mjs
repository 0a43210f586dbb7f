// The command line and the settings: what is refused, what wins, and the commands beside `serve`.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { provisionCartesia, provisionNaive, soldCount } from '../support/actions.mjs';
import { createOrganization, run, runJson } from '../support/cli.mjs';
import { databaseWith, sqlite } from '../support/database_file.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { configFile, freshDirectory, startServer, withServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

const serve = (args, options) => run(['serve', '--listen', '127.0.0.1:0', '--data-dir',
  freshDirectory(), ...args], { timeoutMs: 5000, ...options });

// The start must end by itself, with a sentence on standard error that says which and why.
async function refused(ended, ...words) {
  const { code, signal, stdout, stderr } = await ended;
  assert.equal(signal, null, 'it must end by itself');
  assert.equal(code, 2, stderr);
  assert.doesNotMatch(stdout, /listening on/);
  for (const word of words) assert.ok(stderr.includes(word), `should say ${word}: ${stderr}`);
}

test('unknown and bad options stop the start and say which', async () => {
  await refused(serve(['--bogus']), '--bogus');
  await refused(serve(['--bogus=1']), '--bogus');
  await refused(serve(['extra']), 'extra');
  await refused(serve(['--rate-limit', 'many']), 'rate-limit', 'many');
  await refused(serve(['--rate-limit', '-1']), 'rate-limit');
  await refused(serve(['--rate-limit']), 'rate-limit');
  await refused(serve(['--demo=maybe']), 'demo');
  await refused(serve(['--listen', '127.0.0.1:1']), 'listen');  // given twice
  for (const address of ['nowhere', '127.0.0.1:99999', '127.0.0.1', ':', '300.1.1.1:80']) {
    await refused(run(['serve', '--listen', address, '--data-dir', freshDirectory()],
      { timeoutMs: 5000 }), 'listen');
  }
  await refused(serve(['--config', '/no/such/file.toml']), '/no/such/file.toml');
  await refused(serve(['--tls-cert', '/no/such/cert.pem']), 'tls');
  await refused(run(['serv']), 'serv');
  await refused(run(['--bogus']), '--bogus');
});

test('unknown and bad settings of the file and the environment too', async () => {
  const file = (text) => serve(['--config', configFile(text)]);
  await refused(file('bogus = 1\n'), 'bogus');
  await refused(file('[bogus]\nx = 1\n'), 'bogus');
  await refused(file('[prices]\nmonthly_locl = 1\n'), 'monthly_locl');
  await refused(file('[prices]\nmonthly_local = "much"\n'), 'monthly_local');
  await refused(file('[prices]\nmonthly_local = -1\n'), 'monthly_local');
  await refused(file('rate_limit = "x"\n'), 'rate_limit');
  await refused(file('this is not toml\n'));
  await refused(serve([], { env: { DIALPLANE_RATE_LIMIT: 'x' } }), 'DIALPLANE_RATE_LIMIT');
  await refused(serve([], { env: { DIALPLANE_BOGUS: '1' } }), 'DIALPLANE_BOGUS');
});

test('help and version', async () => {
  for (const args of [['--help'], ['serve', '--help'], ['keys', '--help']]) {
    const { code, stdout } = await run(args);
    assert.equal(code, 0);
    assert.match(stdout, /usage/i);
  }
  const { code, stdout } = await run(['--version']);
  assert.equal(code, 0);
  assert.match(stdout, /\d+\.\d+\.\d+/);
});

test('precedence: flag, then environment, then file', async () => {
  // The limit of a key shows which value won: the first request beyond it is 429.
  const limited = async (server, limit) => {
    for (let i = 0; i < limit; ++i) expectStatus(await server.agent.get('/agents'), 200);
    expectStatus(await server.agent.get('/agents'), 429);
  };
  const config = 'rate_limit = 2\n';
  await withServer({ rateLimit: undefined, config }, (server) => limited(server, 2));
  const env = { DIALPLANE_RATE_LIMIT: '3' };
  await withServer({ rateLimit: undefined, config, env }, (server) => limited(server, 3));
  await withServer({ rateLimit: 4, config, env }, (server) => limited(server, 4));
});

test('every option also as environment variable', async () => {
  const env = { DIALPLANE_DEMO: 'true', DIALPLANE_RATE_LIMIT: '2' };
  await withServer({ demo: false, rateLimit: undefined, env }, async (server) => {
    assert.ok(server.agentId, 'the demo is there');
    for (let i = 0; i < 2; ++i) expectStatus(await server.agent.get('/agents'), 200);
    expectStatus(await server.agent.get('/agents'), 429);
  });
});

test('beyond loopback it wants TLS or --behind-proxy', async () => {
  const beyond = (...args) => run(['serve', '--listen', '0.0.0.0:0', '--data-dir',
    freshDirectory(), ...args], { timeoutMs: 5000 });
  await refused(beyond(), '--behind-proxy', '--tls-cert');
  await refused(beyond('--demo'), '--behind-proxy');
  const server = await startServer({ listen: '0.0.0.0:0', args: ['--behind-proxy'] });
  server.origin = server.origin.replace('0.0.0.0', '127.0.0.1');
  expectStatus(await server.anonymous.get('/health/live'), 200);
  await server.stop();
});

test('keys are made and printed once when none are given', async () => {
  await withServer({ keys: false }, async (server) => {
    assert.match(server.operatorKey ?? '', /^nv_pk_live_.{20,}$/);
    assert.match(server.agentKey ?? '', /^(nv_sk_live|sk_car)_.{20,}$/);
    expectStatus(await server.operator.get('/v1/users'), 200);
    expectStatus(await server.agent.get('/agents'), 200);
    const { operatorKey, agentKey } = server;
    await server.restart();
    assert.ok(!server.banner.includes(operatorKey) && !server.banner.includes(agentKey));
    expectStatus(await api(server, agentKey).get('/agents'), 200);
  });
});

test('keys of the environment count at the first start only', async () => {
  await withServer({}, async (server) => {
    await server.restart({}, { DIALPLANE_AGENT_KEY: 'nv_sk_live_another0000000000000000000000x' });
    expectStatus(await server.agent.get('/agents'), 200);
    expectError(await api(server, 'nv_sk_live_another0000000000000000000000x').get('/agents'),
      401, 'unauthorized');
  });
});

test('a second server on the same data directory is refused clearly', async () => {
  await withServer({}, async (server) => {
    const second = run(['serve', '--listen', '127.0.0.1:0', '--data-dir', server.dataDir],
      { timeoutMs: 5000 });
    const { code, signal, stdout, stderr } = await second;
    assert.equal(signal, null);
    assert.notEqual(code, 0);
    assert.doesNotMatch(stdout, /listening on/);
    assert.ok(stderr.includes(server.dataDir), stderr);
    expectStatus(await server.agent.get('/agents'), 200);
  });
});

test('without --demo there are keys and nothing else', async () => {
  await withServer({ demo: false }, async (server) => {
    assert.deepEqual(expectStatus(await server.agent.get('/agents'), 200).body.summaries, []);
    const { users } = expectStatus(await server.operator.get('/v1/users'), 200).body;
    assert.equal(users.length, 1, 'every organization has a default user');
    expectError(await server.agent.post('/v1/phone/provision', { ein: '12-3456789' }),
      400, 'invalid_input', { reason: 'formation_required' });
  });
});

for (const mode of ['a running server', 'the locked data directory']) {
  test(`organizations and keys, over ${mode}`, async () => {
    await withServer({}, async (server) => {
      const running = mode === 'a running server';
      const cli = async (...args) => {
        if (!running) await server.stop();
        const result = await runJson([...args, '--data-dir', server.dataDir]);
        if (!running) await server.start();
        return result;
      };
      const made = await cli('organizations', 'create', '--name', 'Second');
      assert.match(made.operator_key, /^nv_pk_live_/);
      assert.match(made.agent_key, /^nv_sk_live_/);
      server.secrets.add(made.operator_key);
      server.secrets.add(made.agent_key);
      expectStatus(await api(server, made.operator_key).get('/v1/users'), 200);
      expectError(await api(server, made.agent_key).get('/v1/users'), 403, 'forbidden');

      const key = await cli('keys', 'create', '--role', 'agent');
      server.secrets.add(key.key);
      expectStatus(await api(server, key.key).get('/agents'), 200);
      const listed = await cli('keys', 'list');
      assert.ok(listed.keys.some((each) => each.id === key.id && each.role === 'agent'));
      assert.ok(!JSON.stringify(listed).includes(key.key), 'a list never shows a key');
      await cli('keys', 'revoke', key.id);
      expectError(await api(server, key.key).get('/agents'), 401, 'unauthorized');
      const operator = await cli('keys', 'create', '--role', 'operator');
      server.secrets.add(operator.key);
      expectStatus(await api(server, operator.key).get('/v1/users'), 200);
      await checkInvariants(server);
    });
  });
}

test('keys bound to a user, to an agent, with expiry and with a spend cap', async () => {
  await withServer({ slots: 60 }, async (server) => {
    const create = async (...args) => {
      const made = await runJson(['keys', 'create', ...args, '--data-dir', server.dataDir]);
      server.secrets.add(made.key);
      return api(server, made.key);
    };
    await provisionNaive(server);
    const user = expectStatus(await server.operator.post('/v1/users', {}), 201).body;
    const bound = await create('--role', 'agent', '--user', user.id);
    assert.deepEqual(expectStatus(await bound.get('/v1/phone'), 200).body.phones, [],
      'sees its user only');
    const { users } = (await server.operator.get('/v1/users')).body;
    const standard = users.find((each) => each.is_default);
    expectError(await bound.get(`/v1/users/${standard.id}/phone`), 404, 'not_found');
    expectError(await bound.get('/v1/phone', { 'X-Naive-User-Id': standard.id }),
      404, 'not_found');

    const acting = await create('--role', 'agent', '--agent', server.agentId);
    expectStatus(await acting.get('/agents'), 200);

    const soon = new Date(Date.now() + 1500).toISOString();
    const expiring = await create('--role', 'agent', '--expires', soon);
    expectStatus(await expiring.get('/agents'), 200);
    await until('the key has expired', async () =>
      (await expiring.get('/agents')).status === 401);

    const capped = await create('--role', 'agent', '--spend-cap', '5');
    expectStatus(await capped.post('/v1/phone/provision', { label: 'one' }), 202);
    const soldBefore = await soldCount(server);
    expectError(await capped.post('/v1/phone/provision', { label: 'two' }), 402, 'billing_blocked',
      { reason: 'spend_cap_reached' });
    assert.equal(await soldCount(server), soldBefore);
    await checkInvariants(server);
  });
});

test('bad arguments of keys and organizations', async () => {
  await withServer({}, async (server) => {
    const data = ['--data-dir', server.dataDir];
    for (const args of [['keys', 'create'], ['keys', 'create', '--role', 'king'],
      ['keys', 'create', '--role', 'agent', '--user', 'x'],
      ['keys', 'create', '--role', 'agent', '--expires', 'soon'],
      ['keys', 'create', '--role', 'agent', '--spend-cap', '-1'],
      ['keys', 'revoke'], ['keys', 'revoke', 'x'], ['keys', 'bogus'], ['keys'],
      ['organizations', 'create'], ['organizations', 'create', '--name', ''],
      ['organizations', 'bogus'], ['audit', 'bogus'], ['backup']]) {
      const { code, stderr } = await run([...args, ...data]);
      assert.notEqual(code, 0, args.join(' '));
      assert.notEqual(stderr, '', args.join(' '));
    }
    const { keys } = await runJson(['keys', 'list', ...data]);
    assert.equal(keys.length, 2, 'nothing was made');
  });
});

test('backup while running: a copy that starts and has everything', async () => {
  await withServer({}, async (server) => {
    await provisionCartesia(server, { label: 'Kept' });
    const file = join(freshDirectory(), 'backup.db');
    const stop = { now: false };
    const writing = (async () => {
      while (!stop.now) {
        expectStatus(await server.agent.patch(`/agents/${server.agentId}`, { name: 'Busy' }), 200);
      }
    })();
    const { code, stderr } = await run(['backup', file, '--data-dir', server.dataDir]);
    stop.now = true;
    await writing;
    assert.equal(code, 0, stderr);
    assert.ok(statSync(file).size > 0);
    assert.equal(statSync(file).mode & 0o077, 0, 'for the owner only');
    const second = await run(['backup', file, '--data-dir', server.dataDir]);
    assert.notEqual(second.code, 0, 'an existing file is not overwritten');
    expectStatus(await server.agent.get('/agents'), 200);
    const { stdout } = await run(['--version']);
    assert.ok(stdout);
    const integrity = sqlite(file, 'PRAGMA integrity_check;');
    assert.equal(integrity.trim(), 'ok');
    assert.match(sqlite(file, "SELECT count(*) FROM numbers WHERE label = 'Kept';"), /^1/);
  });
});

test('audit verify: whole, and broken when a row was changed', async () => {
  await withServer({}, async (server) => {
    for (let i = 0; i < 3; ++i) await provisionCartesia(server);
    const verify = () => run(['audit', 'verify', '--data-dir', server.dataDir]);
    await until('the chain is sealed and whole', async () => {
      const { code, stdout } = await verify();
      assert.equal(code, 0, stdout);
      return /[0-9a-f]{64}/.test(stdout);  // its head, for keeping elsewhere
    });
    await server.stop();
    assert.equal((await verify()).code, 0);
    const harms = [
      ["UPDATE audit_entries SET action = 'phone.other' WHERE position = 2;", 'changed'],
      ['DELETE FROM audit_entries WHERE position = 2;', 'missing'],
    ];
    for (const [harm, word] of harms) {
      sqlite(databaseWith(server.dataDir, 'audit_entries'), harm);
      const broken = await verify();
      assert.notEqual(broken.code, 0, harm);
      const told = broken.stdout + broken.stderr;
      assert.match(told, /"sequence":\s*2\b/, 'it says where');
      assert.ok(told.includes(word), told);
    }
  });
});

test('files are for the owner only; a foreign or broken database is refused', async () => {
  await withServer({}, async (server) => {
    const { readdirSync } = await import('node:fs');
    for (const name of readdirSync(server.dataDir)) {
      assert.equal(statSync(join(server.dataDir, name)).mode & 0o077, 0, name);
    }
  });
  const directory = freshDirectory();
  const listen = ['serve', '--listen', '127.0.0.1:0', '--data-dir', directory];
  writeFileSync(join(directory, 'dialplane.db'), 'this is no database, only some text\n');
  const { code, stderr } = await run(listen, { timeoutMs: 5000 });
  assert.notEqual(code, 0);
  assert.match(stderr, /database/);
  assert.equal(existsSync(join(directory, 'dialplane.db')), true, 'it is left as it was');
});

test('a data directory from the future is refused', async () => {
  await withServer({}, async (server) => {
    await server.stop();
    const file = databaseWith(server.dataDir, 'migrations', 'organizations');
    sqlite(file, "INSERT INTO migrations (version, name, applied_at) VALUES (1000, 'later', 0);");
    const { code, stderr } = await run(['serve', '--listen', '127.0.0.1:0', '--data-dir',
      server.dataDir], { timeoutMs: 5000 });
    assert.notEqual(code, 0);
    assert.match(stderr, /version 1000/);
    sqlite(file, 'DELETE FROM migrations WHERE version = 1000;');
    await server.start();
  });
});

test('a data directory that can not be written is refused with its name', async () => {
  if (process.getuid() === 0) {
    // The superuser may write anywhere: a file in the way is as bad.
    const directory = freshDirectory();
    const file = join(directory, 'taken');
    writeFileSync(file, '');
    await refusedStart(file);
    return;
  }
  const directory = freshDirectory();
  chmodSync(directory, 0o500);
  await refusedStart(directory);
});

async function refusedStart(dataDir) {
  const { code, stderr } = await run(['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir],
    { timeoutMs: 5000 });
  assert.notEqual(code, 0);
  assert.ok(stderr.includes(dataDir), stderr);
}

test('two organizations made at once are two', async () => {
  await withServer({}, async (server) => {
    const made = await Promise.all(['A', 'B', 'C', 'D'].map((name) =>
      createOrganization(server, name)));
    for (const { operator_key: a, agent_key: b } of made) {
      server.secrets.add(a);
      server.secrets.add(b);
    }
    assert.equal(new Set(made.map((each) => each.organization_id)).size, 4);
    assert.equal(new Set(made.map((each) => each.operator_key)).size, 4);
    for (const each of made) {
      expectStatus(await api(server, each.operator_key).get('/v1/users'), 200);
    }
  });
});

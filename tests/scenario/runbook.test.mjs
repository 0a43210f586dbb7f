// Every command line of docs/runbook.md, run as it is written against a running server: in a shell,
// in the folder that holds `data`, with the server's address for localhost:8080.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allNumbers, provisionNaive, sold } from '../support/actions.mjs';
import { credentialFile, ownAccount } from '../support/carrier_accounts.mjs';
import { resultIn, runJson } from '../support/cli.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import {
  environment, freshDirectory, program, repository, startServer, withServer,
} from '../support/server.mjs';
import { until, within } from '../support/waiting.mjs';
import { startEmulator } from '../support/wire_emulator.mjs';

const quick = '[sandbox]\nsettling_ms = 100\nanswer_timeout_ms = 100\nreview_ms = 50\n';

// Heading -> its blocks; a block is a list of command lines. Each is taken out once it was run.
const page = new Map();
{
  let heading = '';
  let block;
  for (const line of readFileSync(join(repository, 'docs', 'runbook.md'), 'utf8').split('\n')) {
    if (line.startsWith('## ')) heading = line.slice(3).split(':')[0];
    if (line === '```') {
      if (block) page.set(heading, [...(page.get(heading) ?? []), block]);
      block = block ? undefined : [];
    } else if (block?.at(-1)?.endsWith('\\')) {
      block.push(`${block.pop().slice(0, -1)} ${line.trim()}`);
    } else {
      block?.push(line);
    }
  }
}
function nextBlock(heading, lines) {
  const block = page.get(heading)?.shift();
  assert.equal(block?.length, lines, `${heading}: ${block}`);
  return block;
}

// The folder that commands are run in: `data` is the server's, `dialplane` the program.
function workplace(server) {
  const place = freshDirectory();
  mkdirSync(join(place, 'bin'));
  mkdirSync(join(place, 'backups'));
  symlinkSync(program, join(place, 'bin', 'dialplane'));
  symlinkSync(server.dataDir, join(place, 'data'));
  return place;
}

async function shell(server, place, line, words = {}) {
  let command = line.replaceAll('localhost:8080', new URL(server.origin).host)
    .replaceAll('/var/backups', join(place, 'backups'));
  for (const [word, value] of Object.entries(words)) {
    command = command.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), value);
  }
  const child = spawn('bash', ['-c', command], { cwd: place, stdio: ['ignore', 'pipe', 'pipe'],
    env: environment({ KEY: server.operatorKey,
      PATH: `${join(place, 'bin')}:${process.env.PATH}` }) });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
  const code = await within(30_000, command, new Promise((resolve) => {
    child.on('close', resolve);
  }));
  return { code, stdout, stderr, said: `${command}\n${stdout}${stderr}` };
}
async function works(server, place, line, words) {
  const ended = await shell(server, place, line, words);
  assert.equal(ended.code, 0, ended.said);
  return ended.stdout;
}
// The options of a `dialplane serve` line; the harness starts the server with them.
const optionsOf = (line) => {
  assert.match(line, /^dialplane serve( --[a-z-]+ [a-z]+)?$/);
  return line.split(' ').slice(2);
};
const reconciled = async (server) => until('the account was compared', async () =>
  expectStatus(await server.operator.get('/v1/reconcile'), 200).body
    .purchases_paused_since === null);

test('what to look at first, no funds here', async () => {
  await withServer({ config: quick }, async (server) => {
    const place = workplace(server);
    await provisionNaive(server);
    const [ready, check, reconcile, list, figures] = nextBlock('What to look at first', 5);
    assert.equal(JSON.parse(await works(server, place, ready)).status, 'ok');
    assert.deepEqual(resultIn(await works(server, place, check)).violations, []);
    assert.equal(resultIn(await works(server, place, reconcile)).agrees, true);
    assert.deepEqual(resultIn(await works(server, place, list)).carriers, []);
    const told = await works(server, place, figures);
    for (const family of ['carrier_calls', 'reconcile', 'operations', 'jobs']) {
      assert.match(told, new RegExp(`^dialplane_${family}`, 'm'));
    }
    const [atCarrier] = nextBlock('No funds', 1);
    assert.match(atCarrier, /^dialplane carriers check NAME$/);  // run below, with an account
    const [topUp] = nextBlock('No funds', 1);
    assert.equal(JSON.parse(await works(server, place, topUp)).status, 'completed');
  });
});

test('an account at a carrier: down, revoked, out of funds', async () => {
  const emulator = await startEmulator('twilio');
  const account = await ownAccount(emulator);
  const good = { account_sid: account.sid, auth_token: account.token };
  const profile = (await emulator.state()).credentials.primary_profile_sid;
  const server = await startServer({});
  server.secrets.add(account.token);
  const place = workplace(server);
  const named = { NAME: 'twilio' };
  try {
    await runJson(['carriers', 'add', 'twilio', '--credential-file', credentialFile(good),
      '--option', `base_url=${emulator.origin}`, '--option', `primary_profile_sid=${profile}`,
      '--data-dir', server.dataDir]);
    const [again] = nextBlock('A carrier is down', 1);
    assert.equal(resultIn(await works(server, place, again, named)).agrees, true);

    const [rotate, compare] = nextBlock('Credentials were revoked', 2);
    await emulator.control('POST', 'account', { revoked: true });
    const refused = await shell(server, place, compare, named);
    assert.equal(refused.code, 1);
    assert.match(refused.stdout, /does not accept the account's credentials/);
    copyFileSync(credentialFile(good), join(place, 'new.txt'));
    assert.notEqual((await shell(server, place, rotate, named)).code, 0, 'tried before kept');
    await emulator.control('POST', 'account', { revoked: false });
    await works(server, place, rotate, named);
    assert.equal(resultIn(await works(server, place, compare, named)).agrees, true);

    await emulator.control('POST', 'account', { balance_micro_usd: 0 });
    const check = 'dialplane carriers check NAME';
    await shell(server, place, check, named);
    await until('it is out of funds', async () => expectStatus(
      await server.operator.get('/v1/carriers/twilio'), 200).body.state === 'out_of_funds');
    await emulator.control('POST', 'account', { balance_micro_usd: 50_000_000 });
    await works(server, place, check, named);
    await until('it is well', async () => expectStatus(
      await server.operator.get('/v1/carriers/twilio'), 200).body.state === 'active');
  } finally {
    await server.stop();
    await emulator.stop();
  }
});

test('restore from backup', async () => {
  await withServer({ config: quick, slots: 10 }, async (server) => {
    const place = workplace(server);
    await provisionNaive(server);
    const [backup] = nextBlock('Restore from backup', 1);
    await works(server, place, backup);
    const twice = await shell(server, place, backup);
    assert.notEqual(twice.code, 0);
    assert.match(twice.said, /never overwrites/);
    const lost = [await provisionNaive(server), await provisionNaive(server)];
    await server.stop();
    const [remove, copy, serve] = nextBlock('Restore from backup', 3);
    await works(server, place, remove);
    await works(server, place, copy);
    assert.deepEqual(optionsOf(serve), []);
    await server.start();
    assert.match(server.stderr, /the database is older than it was/);
    await reconciled(server);
    const [runs, phones] = nextBlock('Restore from backup', 2);
    assert.ok(JSON.parse(await works(server, place, runs)).runs.length > 0);
    const { phones: rows } = JSON.parse(await works(server, place, phones));
    const found = rows.filter((row) => row.label === 'Found at the carrier: review');
    assert.deepEqual(found.map((row) => row.e164).sort(),
      lost.map(({ phone }) => phone.e164).sort());
    const [keep, release] = nextBlock('Restore from backup', 2);
    await works(server, place, keep, { ID: found[0].id });
    await works(server, place, release, { ID: found[1].id });
    const left = expectStatus(await server.operator.get(`/v1/phone/${found[0].id}`), 200).body;
    assert.equal(left.label, 'Front desk');
    assert.ok((await sold(server)).every((row) => row.e164 !== found[1].e164));
    await checkInvariants(server);

    // A whole directory, whose counter came along: noticed once that is gone.
    await server.stop();
    const [forget] = nextBlock('Restore from backup', 1);
    await works(server, place, forget);
    assert.ok(!existsSync(join(server.dataDir, 'generation')));
    await server.start();
    expectError(await server.agent.post('/v1/phone/provision', {}), 503, 'purchases_paused');
    await reconciled(server);
    await provisionNaive(server, {});
  });
});

test('a new version: its backup holds what the server has', async () => {
  await withServer({ config: quick, slots: 10 }, async (server) => {
    const place = workplace(server);
    await provisionNaive(server);
    const [backup] = nextBlock('A new version', 1);
    await works(server, place, backup);
    assert.ok(existsSync(join(place, 'before-the-new-version.db')));
  });
});

// What `change` does happens to the books or the carrier alone: the other is put back afterwards.
async function putBack(server, files, change) {
  await server.stop();
  const kept = freshDirectory();
  for (const file of files) {
    for (const end of ['', '-wal', '-shm']) {
      const from = join(server.dataDir, file + end);
      if (existsSync(from)) cpSync(from, join(kept, file + end));
    }
  }
  await server.start();
  await change();
  await server.stop();
  for (const file of files) {
    for (const end of ['', '-wal', '-shm']) {
      rmSync(join(server.dataDir, file + end), { force: true });
      if (existsSync(join(kept, file + end))) {
        cpSync(join(kept, file + end), join(server.dataDir, file + end));
      }
    }
  }
  await server.start();
}
const findings = (text) => resultIn(text).findings.map((each) => each.kind);

test('a ghost', async () => {
  await withServer({ config: quick, slots: 10 }, async (server) => {
    const place = workplace(server);
    const named = { NAME: 'sandbox' };
    let ghost;
    await putBack(server, ['sandbox.db'], async () => {
      ghost = (await provisionNaive(server)).phone;
    });
    const [serve, act] = nextBlock('Ghost', 2);
    const told = await until('it is old enough to be judged', async () => {
      const ended = await shell(server, place, act, named);
      return ended.code === 1 ? ended : undefined;
    });
    assert.deepEqual(findings(told.stdout), ['ghost'], 'only told, without the policy');
    await server.restart({ args: optionsOf(serve) });
    await works(server, place, act, named);
    assert.equal(expectStatus(await server.operator.get(`/v1/phone/${ghost.id}`), 200).body.status,
      'released');
    await checkInvariants(server);
  });
});

test('an orphan: to its organization, or back to the carrier', async () => {
  for (const gives of ['organization', 'carrier']) {
    await withServer({ config: quick, slots: 10 }, async (server) => {
      const place = workplace(server);
      const named = { NAME: 'sandbox' };
      let orphan;
      // With its counter, so that nobody notices.
      await putBack(server, ['dialplane.db', 'generation'], async () => {
        orphan = (await provisionNaive(server)).phone;
      });
      const seen = await until('it is old enough to be judged', async () => {
        const ended = await shell(server, place, 'dialplane reconcile');
        return ended.code === 1 ? ended : undefined;
      });
      assert.deepEqual(findings(seen.stdout), ['orphan']);
      const numbers = async () => (await allNumbers(server.operator)).map((row) => row.number);
      if (gives === 'organization') {
        const [adopt] = nextBlock('Orphan', 1);
        await works(server, place, adopt);
        assert.deepEqual(await numbers(), [orphan.e164]);
      } else {
        const [serve, act] = nextBlock('Orphan', 2);
        await server.restart({ args: optionsOf(serve) });
        await works(server, place, act, named);
        assert.deepEqual(await numbers(), []);
        assert.deepEqual(await sold(server), []);
      }
      assert.equal((await shell(server, place, 'dialplane reconcile')).code, 0);
      await checkInvariants(server);
    });
  }
});

test('a key that leaked', async () => {
  await withServer({ config: quick }, async (server) => {
    const place = workplace(server);
    const [list, make, end] = nextBlock('A key leaked, or must be changed', 3);
    const { keys } = JSON.parse(await works(server, place, list));
    const leaked = keys.find((key) => key.role === 'agent');
    const made = JSON.parse(await works(server, place, make));
    server.secrets.add(made.key);
    await works(server, place, end, { ID: leaked.id });
    expectError(await server.agent.get('/v1/phone'), 401, 'unauthorized');
    const { keys: left } = JSON.parse(await works(server, place, list));
    assert.ok(left.some((key) => key.id === made.id && key.role === 'agent'));
  });
});

test('nothing on the page was left untried', () => {
  assert.deepEqual([...page].filter(([, blocks]) => blocks.length > 0), []);
});

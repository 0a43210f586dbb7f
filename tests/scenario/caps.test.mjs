// Caps on texts and the last credit, raced for through the API; and a stolen key's attempt.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balance, usage } from '../support/actions.mjs';
import { runJson } from '../support/cli.mjs';
import { api, expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { withServer } from '../support/server.mjs';
import { sendText, textArgs, textEnd, textingNumber } from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

// No limits but these.
const argsWith = (name, value) => {
  const args = [...textArgs];
  args[args.indexOf(name) + 1] = value;
  return args;
};
const statuses = (answers) => answers.map((one) => one.status).sort();
const person = (at) => `+1212555${String(1000 + at)}`;

async function raceOf(server, phone, racers, body = {}) {
  return Promise.all(Array.from({ length: racers }, (_, at) =>
    sendText(server, phone, { to: person(at), body: 'race', ...body })));
}

test('the last slots of a cap go to exactly as many', async () => {
  const args = argsWith('--messaging-caps-number-texts-per-day', '5');
  await withServer({ args }, async (server) => {
    const phone = await textingNumber(server);
    const answers = await raceOf(server, phone, 12);
    const refused = answers.filter((one) => one.status !== 202);
    assert.equal(refused.length, 7, `${statuses(answers)}`);
    for (const answer of refused) {
      const { error } = expectError(answer, 429, 'rate_limited', { reason: 'send_cap' }).body;
      assert.equal(error.details.scope, 'number');
      assert.equal(error.details.limit, 'texts_per_day');
      assert.equal(error.details.most, 5);
      const seconds = Number(answer.headers['retry-after']);
      const ends = (Date.parse(error.details.ends_at) - Date.now()) / 1000;
      assert.ok(Math.abs(seconds - ends) < 10, `Retry-After ${seconds}, ends in ${ends}`);
    }
    // A restart forgets nothing.
    await server.restart();
    expectError(await sendText(server, phone, { body: 'x' }), 429, 'rate_limited');
    await checkInvariants(server);
  });
});

test('two texts race for the last credit: one goes, one is refused, nothing is owed', async () => {
  await withServer({ credits: 50, args: [...textArgs, '--prices-registration', '0',
    '--prices-monthly-local', '49.94'] }, async (server) => {
    const phone = await textingNumber(server);
    assert.equal(await balance(server), 0.06);
    const answers = await raceOf(server, phone, 2);
    assert.deepEqual(statuses(answers), [202, 402]);
    expectError(answers.find((one) => one.status === 402), 402, 'insufficient_credits');
    const sent = answers.find((one) => one.status === 202).body;
    await textEnd(server, sent.id);
    await until('the credits are settled', async () => (await usage(server)).held === 0);
    assert.equal(await balance(server), 0.02);
    await checkInvariants(server);
  });
});

test('new recipients are capped, known ones are not', async () => {
  const args = argsWith('--messaging-caps-agent-new-recipients-per-hour', '2');
  await withServer({ args }, async (server) => {
    const phone = await textingNumber(server);
    for (const at of [0, 1]) {
      expectStatus(await sendText(server, phone, { to: person(at), body: 'x' }), 202);
    }
    const { error } = expectError(await sendText(server, phone, { to: person(2), body: 'x' }), 429,
      'rate_limited', { reason: 'send_cap' }).body;
    assert.equal(error.details.limit, 'new_recipients_per_hour');
    assert.equal(error.details.scope, 'key');
    expectStatus(await sendText(server, phone, { to: person(1), body: 'x' }), 202);
    expectStatus(await server.operator.post(`/v1/phone/${phone.id}/sms`,
      { to: person(2), body: 'x' }), 202);
  });
});

test('a key\'s own spend cap counts texts', async () => {
  await withServer({ args: textArgs }, async (server) => {
    const phone = await textingNumber(server);
    const key = await runJson(['keys', 'create', '--role', 'agent', '--spend-cap', '0.1',
      '--data-dir', server.dataDir, '--json']);
    const capped = api(server, key.key);
    const send = () => capped.post(`/v1/phone/${phone.id}/sms`, { to: person(0), body: 'x' });
    expectStatus(await send(), 202);
    expectStatus(await send(), 202);
    expectError(await send(), 402, 'billing_blocked', { reason: 'spend_cap_reached' });
    expectStatus(await sendText(server, phone, { to: person(0), body: 'x' }), 202);
  });
});

test('a stolen key that tries stays below what exposure says', async () => {
  // The defaults, but for the minute's limits, which would only make this test long.
  const minutes = ['organization', 'user', 'agent', 'number', 'prefix'].flatMap((scope) =>
    [`--messaging-caps-${scope}-texts-per-minute`, '0',
      `--messaging-caps-${scope}-new-recipients-per-hour`, '0']);
  await withServer({ credits: 1000, args: [...minutes,
    '--messaging-throughput-class', 'unlimited'] }, async (server) => {
    const claim = await runJson(['exposure', '--data-dir', server.dataDir, '--json']);
    assert.equal(claim.less_than_one_days_cap, true);
    const phone = await textingNumber(server);
    const before = await balance(server);
    let refused = 0;
    for (let round = 0; round < 30; ++round) {
      const answers = await raceOf(server, phone, 10, { body: 'x'.repeat(1500) });
      refused += answers.filter((one) => one.status === 429).length;
      assert.ok(answers.every((one) => one.status === 202 || one.status === 429));
    }
    const spent = before - await balance(server);
    assert.ok(refused > 0, 'the cap was reached');
    assert.ok(spent > 0 && spent <= Number(claim.texts.credits_per_day) + 1e-9,
      `${spent} of ${claim.texts.credits_per_day}`);
    assert.ok(spent < Number(claim.organization_cap));
  });
});

// STOP, START and HELP from the outside, to the last text in the queue.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { run } from '../support/cli.mjs';
import { startServer, withServer } from '../support/server.mjs';
import { inboundTexts, receivedBy, sendText, textArgs, textEnd, textFromOutside,
  textingNumber } from '../support/texts.mjs';
import { until } from '../support/waiting.mjs';

let server;
let phone;
before(async () => {
  server = await startServer({ slots: 10, credits: 10_000, args: textArgs });
  phone = await textingNumber(server);
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const contactOf = async (number) =>
  (await server.agent.get(`/v1/contacts/${encodeURIComponent(number)}`)).body;
// Says something and waits until it is taken.
async function says(body, from, taken) {
  await textFromOutside(server, phone, body, from);
  return until(`${from} said ${body}`, async () => {
    const contact = await contactOf(from);
    return taken(contact) && contact;
  });
}
const bodies = async (to) => (await receivedBy(server, to)).map((one) => one.body);
const refusedFor = async (to, as = server.agent) => expectError(
  await as.post(`/v1/phone/${phone.id}/sms`, { to, body: 'still there?' }), 403, 'forbidden',
  { reason: 'recipient_opted_out' }).body.error;

test('STOP blocks every way in, is confirmed once, and START restores', async () => {
  const person = '+12125550201';
  const before = await says('Stop.', person, (contact) => contact.opted_out);
  assert.equal(before.opt_outs[0].word, 'STOP');
  assert.equal(before.opt_outs[0].source, 'keyword');
  assert.equal(before.opt_outs[0].phone_id, phone.id);
  assert.match(before.opt_outs[0].message_id, /^msg_/);
  const error = await refusedFor(person);
  assert.equal(error.details.source, 'keyword');
  await refusedFor(person, server.operator);
  await until('one confirmation', async () => (await bodies(person)).length === 1);
  await textFromOutside(server, phone, 'stop all', person);
  expectError(await server.operator.post(`/v1/contacts/${encodeURIComponent(person)}/opt-in`,
    { reason: 'they want it' }), 403, 'forbidden', { reason: 'recipient_opted_out' });
  await says('START', person, (contact) => !contact.opted_out);
  await until('START is confirmed', async () => (await bodies(person)).length === 2);
  const [out, back] = (await bodies(person)).sort((a, b) => b.includes('unsubscribed') -
    a.includes('unsubscribed'));
  assert.match(out, /unsubscribed/);
  assert.match(back, /again/);
  const sent = expectStatus(await sendText(server, phone, { to: person, body: 'Hello' }), 202);
  assert.equal((await textEnd(server, sent.body.id)).status, 'delivered');
  const consents = (await contactOf(person)).consents;
  assert.equal(consents[0].method, 'keyword');
});

test('free text blocks at once; an operator looks and lifts', async () => {
  const person = '+12125550202';
  const contact = await says('Could you please stop texting me', person, (one) => one.opted_out);
  assert.equal(contact.opt_outs[0].source, 'free_text');
  assert.equal(contact.review.phrase, 'please stop');
  const days = (Date.parse(contact.review.due_at) - Date.now()) / 86_400_000;
  assert.ok(days > 11.9 && days < 16.1, `ten business days, got ${days}`);
  await refusedFor(person);
  const lifted = expectStatus(await server.operator.post(
    `/v1/contacts/${encodeURIComponent(person)}/opt-in`, { reason: 'meant another' }), 200).body;
  assert.equal(lifted.opted_out, false);
  assert.equal(lifted.review, null);
  expectStatus(await sendText(server, phone, { to: person, body: 'Hello' }), 202);
});

test('HELP is answered once an hour, with name and contact', async () => {
  const person = '+12125550203';
  await textFromOutside(server, phone, 'help', person);
  await until('help came', async () => (await bodies(person)).length === 1);
  assert.match((await bodies(person))[0], /STOP/);
  await textFromOutside(server, phone, 'INFO', person);
  await until('both are taken', async () =>
    (await inboundTexts(server, phone)).filter((one) => one.from === person).length === 2);
  assert.equal((await bodies(person)).length, 1);
  assert.equal((await contactOf(person)).opted_out, false);
});

test('an opt-out reaches texts that wait in the queue', async () => {
  await withServer({ slots: 10, credits: 10_000 }, async (slow) => {
    const sender = await textingNumber(slow);
    const person = '+12125550204';
    const sent = [];
    // The pace lets ten leave at once; the others wait.
    for (let i = 0; i < 14; ++i) {
      sent.push(expectStatus(await sendText(slow, sender, { to: person, body: `n${i}` }), 202)
        .body.id);
    }
    await textFromOutside(slow, sender, 'STOP', person);
    const rows = [];
    for (const id of sent) rows.push(await textEnd(slow, id, ['delivered', 'failed'], 60_000));
    const failed = rows.filter((row) => row.status === 'failed');
    assert.ok(failed.length >= 1, 'the last ones never left');
    for (const row of failed) assert.match(row.failure_reason, /opted out/);
    const there = (await receivedBy(slow, person)).filter((one) => /^n\d+$/.test(one.body));
    assert.equal(there.length, rows.length - failed.length);
    await checkInvariants(slow, { timeoutMs: 60_000 });
  });
});

test('words of one\'s own replace the built-in ones; wrong files stop the start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-rules-'));
  const file = join(folder, 'sms_keywords.csv');
  writeFileSync(file, 'word,meaning,source,as_of\nBASTA,opt_out,ours,2026-01\n');
  await withServer({ args: [...textArgs, '--messaging-rules-dir', folder] }, async (own) => {
    const sender = await textingNumber(own);
    const person = '+12125550205';
    await textFromOutside(own, sender, 'basta!', person);
    const url = `/v1/contacts/${encodeURIComponent(person)}`;
    const contact = await until('basta is heard', async () => {
      const { body } = await own.agent.get(url);
      return body.opted_out && body;
    });
    assert.equal(contact.opt_outs[0].word, 'BASTA');
  });
  writeFileSync(file, 'word,meaning,source,as_of\nBASTA,maybe,ours,2026-01\n');
  const ended = await run(['serve', '--listen', '127.0.0.1:0', '--data-dir',
    join(folder, 'data'), '--messaging-rules-dir', folder]);
  assert.notEqual(ended.code, 0);
  assert.match(ended.stderr, /sms_keywords\.csv, line 2/);
});

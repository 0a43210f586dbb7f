// dialplane plan and apply: what a file wishes is created, renamed and assigned, once; nothing is
// ever released by it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ein, provisionNaive, sold } from '../support/actions.mjs';
import { client } from '../support/client_cli.mjs';
import { expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { freshDirectory, startServer } from '../support/server.mjs';

let server;
let cli;
before(async () => {
  server = await startServer();
  cli = client(server);
});
after(async () => {
  await checkInvariants(server);
  await server.stop();
});

const folder = freshDirectory();
function fileOf(text) {
  const file = join(folder, 'numbers.yaml');
  writeFileSync(file, text);
  return file;
}
const wish = (sales = 'label: Sales') => fileOf(`
kits:
  - name: Careful
    requires_approval: true
    max_numbers: 2
agents:
  - name: Front desk
    instructions: Answer in one sentence.
    voice: { type: websocket, url: wss://example.com/voice }
webhooks:
  - url: https://example.com/hook
    events: [sms.received, phone.released]
numbers:
  - ${sales}
    area_code: 212
    agent: Front desk
    ein: ${ein}
  - label: Night line
    area_code: "415"
`);
const acts = (result) => result.steps.map((step) => `${step.act} ${step.what}`);
const phones = async () =>
  expectStatus(await server.operator.get('/v1/phone'), 200).body.phones;

test('a plan changes nothing; apply does it, in order; a second apply does nothing', async () => {
  const planned = await cli.ok('plan', '-f', wish());
  assert.equal(planned.differs, true);
  assert.deepEqual(acts(planned), ['create kit Careful', 'create agent Front desk',
    'assign agent Front desk', 'create webhook https://example.com/hook',
    'create number Sales', 'create number Night line']);
  assert.equal((await sold(server)).length, 0, 'a plan buys nothing');
  const applied = await cli.ok('apply', '-f', wish());
  assert.equal(applied.done, 6);
  assert.match(applied.steps[3].answer.secret, /^whsec_/);
  const have = await phones();
  assert.deepEqual(have.map((row) => row.label).sort(), ['Night line', 'Sales']);
  const sales = have.find((row) => row.label === 'Sales');
  assert.equal(sales.agents.length, 1);
  assert.equal(sales.area_code, '212');
  const again = await cli.ok('apply', '-f', wish());
  assert.equal(again.done, 0);
  assert.equal((await cli.ok('plan', '-f', wish())).differs, false);
  assert.equal((await sold(server)).length, 2);
});

test('what changed in the file is changed, and a new label is a rename', async () => {
  const renamed = wish('label: Sales line\n    was: Sales');
  assert.deepEqual(acts(await cli.ok('plan', '-f', renamed)), ['rename number Sales line']);
  await cli.ok('apply', '-f', renamed);
  assert.ok((await phones()).some((row) => row.label === 'Sales line'));
  assert.equal((await cli.ok('plan', '-f', renamed)).differs, false);
  const other = fileOf('agents:\n  - name: Front desk\n    instructions: Be brief.\n' +
    'webhooks:\n  - url: https://example.com/hook\n    events: [sms.received]\n');
  const planned = await cli.ok('plan', '-f', other);
  assert.deepEqual(acts(planned).filter((act) => !act.startsWith('leave')),
    ['update agent Front desk', 'update webhook https://example.com/hook']);
  await cli.ok('apply', '-f', other);
  assert.equal((await cli.ok('plan', '-f', other)).differs, false);
});

test('a file never releases: the line says which command would', async () => {
  const empty = fileOf('numbers: []\n');
  const planned = await cli.ok('plan', '-f', empty);
  assert.equal(planned.differs, false);
  const rows = await phones();
  for (const row of rows) {
    const line = planned.steps.find((step) => step.says.includes(row.e164));
    assert.equal(line.act, 'leave');
    assert.ok(line.says.includes(`dialplane phone release ${row.id}`), line.says);
  }
  assert.equal((await cli.ok('apply', '-f', empty)).done, 0);
  assert.deepEqual((await phones()).map((row) => row.id), rows.map((row) => row.id));
});

test('an agent that a number has beside is left, with the command that would take it away',
  async () => {
    const [row] = (await phones()).filter((one) => one.label === 'Night line');
    const other = expectStatus(await server.operator.post('/v1/agents', { name: 'Other' }),
      201).body;
    expectStatus(await server.operator.post(`/v1/phone/${row.id}/assign`,
      { agent_id: other.id }), 200);
    const file = fileOf('agents:\n  - name: Front desk\nnumbers:\n' +
      '  - label: Night line\n    agent: Front desk\n');
    const planned = await cli.ok('plan', '-f', file);
    assert.ok(planned.steps.some((step) => step.says.includes(`phone unassign ${row.id}`)));
    assert.ok(acts(planned).includes('assign number Night line'));
    await cli.ok('apply', '-f', file);
    assert.equal((await phones()).find((one) => one.id === row.id).agents.length, 2);
  });

test('a wrong file is refused with its place, and nothing is done', async () => {
  const before = (await phones()).length;
  for (const [text, says] of [
    ['numbers:\n  - labl: x\n', 'numbers[0].labl'],
    ['numbers:\n  - label: x\n  - label: x\n', 'numbers[1]'],
    ['numbers:\n  - label: x\n    area_code: "4155"\n', 'numbers[0].area_code'],
    ['number:\n  - label: x\n', 'numbers'],
    ['agents:\n  - name: a\n    voice: { type: websocket }\n', 'agents[0].voice.url'],
    ['numbers: [\n', 'Line 2'],
    ['- a\n', 'must have members']]) {
    const told = await cli.refused(2, 'apply', '-f', fileOf(text));
    assert.ok(told.error.message.includes(says), `${told.error.message} should say ${says}`);
  }
  await cli.refused(2, 'plan');
  await cli.refused(2, 'plan', '-f', join(folder, 'missing.yaml'));
  assert.equal((await phones()).length, before);
});

test('a purchase that waits for a human is not asked for twice', async () => {
  const gated = await startServer();
  try {
    await provisionNaive(gated);  // registers the company
    const kits = expectStatus(await gated.operator.get('/v1/account-kits'), 200).body.account_kits;
    expectStatus(await gated.operator.patch(`/v1/account-kits/${kits[0].id}`,
      { primitives_config: { phone: { enabled: true, requiresApproval: true } } }), 200);
    const agent = client(gated, { key: gated.agentKey });
    const file = fileOf('numbers:\n  - label: Gated\n');
    const first = await agent.ok('apply', '-f', file);
    assert.equal(first.steps.find((step) => step.what === 'number Gated').outcome,
      'pending_approval');
    const second = await agent.ok('apply', '-f', file);
    const line = second.steps.find((step) => step.what === 'number Gated');
    assert.equal(line.act, 'wait');
    assert.equal(second.done, 0);
    const waiting = expectStatus(await gated.operator.get('/v1/approvals?status=pending'), 200)
      .body.approvals;
    assert.equal(waiting.length, 1);
    assert.ok(line.says.includes(waiting[0].id));
    await client(gated).ok('approvals', 'approve', waiting[0].id);
    assert.equal((await agent.ok('plan', '-f', file)).differs, false);
    assert.equal((await sold(gated)).length, 2);
    await checkInvariants(gated);
  } finally {
    await gated.stop();
  }
});

test('a refusal stops it: what was done is said, and the next apply goes on', async () => {
  const short = await startServer({ credits: 55 });
  try {
    const poor = client(short);
    const file = fileOf(`numbers:\n  - label: One\n    ein: ${ein}\n  - label: Two\n` +
      '  - label: Three\n');
    const told = await poor.refused(1, 'apply', '-f', file);
    assert.match(told.error.message, /^number Three: .* 2 of 3 things were done\.$/);
    assert.equal(told.error.code, 'insufficient_credits');
    assert.equal((await sold(short)).length, 2);
    expectStatus(await short.operator.post('/v1/billing/topup', { pack_id: 'small' }), 200);
    assert.equal((await poor.ok('apply', '-f', file)).done, 1);
    assert.equal((await sold(short)).length, 3);
    await checkInvariants(short);
  } finally {
    await short.stop();
  }
});

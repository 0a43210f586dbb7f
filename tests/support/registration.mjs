// What tests of registration do: order the sandbox's reviewer, read campaigns and the verdict on a
// number, count what reached the carrier, read the outbox of a stopped server.
import assert from 'node:assert/strict';
import { databaseWith, sqlite } from './database_file.mjs';
import { allPages } from './actions.mjs';
import { expectStatus } from './http.mjs';
import { until } from './waiting.mjs';

export async function orderReview(server, review) {
  return expectStatus(await server.operator.patch('/v1/sandbox', { review }), 200).body;
}

export async function sandboxSettings(server) {
  return expectStatus(await server.operator.get('/v1/sandbox'), 200).body;
}

export async function campaignOf(server, phoneId, headers) {
  return expectStatus(
    await server.agent.get(`/v1/phone/${phoneId}/campaign`, headers), 200).body;
}

export async function phoneRow(server, phoneId, headers) {
  return expectStatus(await server.agent.get(`/v1/phone/${phoneId}`, headers), 200).body;
}

export async function phoneStatus(server, headers) {
  return expectStatus(await server.agent.get('/v1/phone/status', headers), 200).body;
}

export function blockers(row) {
  return row.send_readiness.blockers.map((each) => each.what);
}

// Waits until the verdict allows the number to text, and holds it against its capabilities.
export async function untilMaySend(server, phoneId, headers) {
  return until(`${phoneId} may send`, async () => {
    const row = await phoneRow(server, phoneId, headers);
    assert.equal(row.capabilities.sms_outbound,
      blockers(row).every((what) => what === 'credit'), JSON.stringify(row.send_readiness));
    return row.send_readiness.may_send ? row : undefined;
  }, { timeoutMs: 30_000 });
}

export async function untilCampaign(server, phoneId, what, headers) {
  return until(`the campaign is ${JSON.stringify(what)}`, async () => {
    const campaign = await campaignOf(server, phoneId, headers);
    return Object.entries(what).every(([name, value]) => campaign[name] === value)
      ? campaign : undefined;
  }, { timeoutMs: 30_000 });
}

// How often each call reached the carrier and succeeded: {file_brand: 1, ...}.
export async function carrierCalls(server) {
  const text = expectStatus(await server.anonymous.get('/metrics'), 200).text;
  const calls = {};
  for (const [, call, count] of text.matchAll(
    /^dialplane_carrier_calls_total\{[^}]*call="(\w+)",outcome="ok"[^}]*\} (\d+)$/gm)) {
    calls[call] = Number(count);
  }
  return calls;
}

// The ledger's rows of one action, oldest first: [[kind, credits], ...].
export async function feesOf(server, action) {
  const entries = await allPages(server.operator, '/v1/usage', 'entries');
  return entries.filter((entry) => entry.action === action).reverse()
    .map((entry) => [entry.kind, entry.credits]);
}

// Events of one type in the database of a stopped server, oldest first.
export function storedEvents(server, type) {
  const file = databaseWith(server.dataDir, 'events', 'campaigns');
  const rows = sqlite(file, `SELECT data FROM events WHERE type = '${type}' ORDER BY position;`);
  return rows.trim().split('\n').filter(Boolean).map((row) => JSON.parse(row));
}

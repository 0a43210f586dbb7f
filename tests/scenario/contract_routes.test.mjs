// What the program serves is what the contract says, and the other way round.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runJson } from '../support/cli.mjs';
import { errors, openapi, operations } from '../support/contract.mjs';

const sorted = (list) => [...list].sort();

test('routes', async () => {
  const served = await runJson(['routes', '--json']);
  const ours = operations.map((operation) => `${operation.method} ${operation.path}`);
  const theirs = served.map((route) => `${route.method} ${route.path}`);
  assert.equal(new Set(theirs).size, theirs.length, 'a route is served twice');
  assert.deepEqual(theirs.filter((route) => !ours.includes(route)), [],
    'served, but not in contract/openapi.yaml');
  assert.deepEqual(ours.filter((route) => !theirs.includes(route)), [],
    'in contract/openapi.yaml, but not served');
});

test('errors', async () => {
  const table = await runJson(['errors', '--json']);
  const written = errors.map(({ code, cartesia, naive }) => ({ code, cartesia,
    naive: { status: naive.status, code: naive.code, reason: naive.reason ?? null } }));
  const built = table.map(({ code, cartesia, naive }) => ({ code, cartesia,
    naive: { status: naive.status, code: naive.code, reason: naive.reason ?? null } }));
  const byCode = (a, b) => a.code.localeCompare(b.code);
  assert.deepEqual(built.sort(byCode), written.sort(byCode));
});

test('every error the contract lists is in errors.yaml, and the other way round', () => {
  const { cartesia_error: cartesia, naive_error: naive } = openapi.components.schemas;
  const both = (list, pick) => sorted(new Set(list.map(pick)));
  assert.deepEqual(
    both(errors, (row) => row.cartesia.error_code),
    sorted(cartesia.properties.error_code.enum));
  assert.deepEqual(both(errors, (row) => row.naive.code),
    sorted(naive.properties.error.properties.code.enum));
});

test('errors.yaml: every row is complete, and every code of the program is there', () => {
  const source = readFileSync(new URL('../../src/base/error.hpp', import.meta.url), 'utf8');
  const list = /enum class error_code \{(.*?)\};/s.exec(source)[1].replaceAll(/\/\/.*/g, '');
  const codes = list.split(',').map((name) => name.trim()).filter((name) => name !== '');
  assert.deepEqual(errors.map((row) => row.code), codes, 'same codes in the same order');
  for (const row of errors) {
    assert.ok(['refused', 'not_done', 'unknown', 'conflict'].includes(row.class), row.code);
    assert.ok(row.meaning && row.mcp && row.cartesia.title, row.code);
    assert.ok([0, 1, 3, 5].includes(row.cli_exit), row.code);
    assert.ok(['never', 'after_change', 'after_delay', 'same_key'].includes(row.retry), row.code);
    for (const { status } of [row.cartesia, row.naive]) {
      assert.ok(status >= 400 && status <= 503, row.code);
    }
  }
});

test('every operation says role and dialect; those without a key say so', () => {
  for (const { method, path, role, dialect, operation } of operations) {
    const name = `${method} ${path}`;
    assert.ok(['none', 'agent', 'operator'].includes(role), name);
    assert.ok(['cartesia', 'naive', 'plain', 'mcp'].includes(dialect), name);
    assert.equal(role === 'none', operation.security?.length === 0, name);
    assert.ok(operation.summary && operation.tags.length === 1, name);
  }
});

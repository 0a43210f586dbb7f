// docs/carriers.md says of the carriers what the program says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { carriersPage } from '../support/carriers_page.mjs';

test('the page of carriers is the one the program would write', async () => {
  const kept = readFileSync(new URL('../../docs/carriers.md', import.meta.url), 'utf8');
  const written = await carriersPage();
  assert.match(written, /^# Carriers$/m);
  assert.equal(kept, written, 'run: node tests/support/carriers_page.mjs > docs/carriers.md');
});

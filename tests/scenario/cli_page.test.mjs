// docs/cli.md and the manual page say of the commands what the program says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { cliPage, manualPage } from '../support/cli_page.mjs';

const kept = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the page of commands is the one the program would write', async () => {
  const written = await cliPage();
  assert.match(written, /^### dialplane phone provision$/m);
  assert.equal(kept('docs/cli.md'), written, 'run: node tests/support/cli_page.mjs');
});

test('the manual page too', async () => {
  const written = await manualPage();
  assert.match(written, /^dialplane phone provision$/m);
  assert.equal(kept('share/man/man1/dialplane.1'), written, 'run: node tests/support/cli_page.mjs');
});

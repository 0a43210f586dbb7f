// docs/mcp.md says of tools, resources and prompts what the program lists.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mcpPage } from '../support/mcp_page.mjs';

test('the page of MCP is the one the program would write', async () => {
  const kept = readFileSync(new URL('../../docs/mcp.md', import.meta.url), 'utf8');
  const written = await mcpPage();
  assert.match(written, /^### naive_phone_provision$/m);
  assert.match(written, /pending_approval/);
  assert.equal(kept, written, 'run: node tests/support/mcp_page.mjs');
});

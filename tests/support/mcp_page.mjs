// Writes docs/mcp.md from what a server of this program lists over /mcp, with the default prices:
//
//   node tests/support/mcp_page.mjs
//
// What stands between the two marks of the kept page is written by hand (the transcript) and stays:
// so the page is read before it is written, which `> docs/mcp.md` would not let it be.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { resultOf } from './mcp.mjs';
import { withServer } from './server.mjs';

const kept = new URL('../../docs/mcp.md', import.meta.url);
export const keptBegins = '<!-- kept by hand: begins -->';
export const keptEnds = '<!-- kept by hand: ends -->';

const line = (cells) => `| ${cells.join(' | ')} |`;
const yesNo = (what) => (what ? 'yes' : 'no');
// A table's cell knows no line breaks, and reads | as its end.
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

// Breaks prose at 100 columns.
function prose(text, indent = '') {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === '' ? word : `${last} ${word}`;
    if (last !== '' && (indent + longer).length > 100) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((one, at) => (at === 0 ? one : indent + one)).join('\n');
}

function typeOf(schema) {
  if (schema.enum) return schema.enum.map((each) => `\`${each}\``).join(', ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  return schema.type === 'integer' ? 'whole number' : 'text';
}

function resultNames(schema) {
  const named = (one) => (one.anyOf ? one.anyOf.flatMap(named)
    : [one.$ref.replace('#/$defs/', '')]);
  return named(schema).filter((name) => name !== 'verdict');
}

function toolSection(tool) {
  const { properties, required = [] } = tool.inputSchema;
  const hints = tool.annotations;
  const results = resultNames({ anyOf: tool.outputSchema.anyOf });
  return [`### ${tool.name}`, '', prose(`${tool.title}. ${tool.description}`), '',
    line(['argument', '', 'what it is']), line(['---', '---', '---']),
    ...Object.entries(properties).map(([name, schema]) => line([`\`${name}\``,
      `${typeOf(schema)}${required.includes(name) ? ', required' : ''}`,
      cell(schema.description ?? '')])), '',
    prose(`Result: ${results.map((name) => `\`${name}\``).join(' or ')}. ` +
      `Only reads: ${yesNo(hints.readOnlyHint)}; destroys: ${yesNo(hints.destructiveHint)}; ` +
      `the same call twice is as once: ${yesNo(hints.idempotentHint)}; ` +
      `reaches beyond this server: ${yesNo(hints.openWorldHint)}.`), ''];
}

const promptLine = (prompt) => `- \`${prompt.name}\`: ${prompt.description} Arguments: ` +
  `${prompt.arguments.map((one) => `\`${one.name}\`${one.required ? '' : ' (optional)'}`)
    .join(', ')}.`;

function handWritten() {
  const text = readFileSync(kept, 'utf8');
  const begins = text.indexOf(keptBegins);
  const ends = text.indexOf(keptEnds);
  if (begins < 0 || ends < begins) throw new Error('docs/mcp.md has lost its hand-kept part');
  return text.slice(begins, ends + keptEnds.length);
}

const introduction = `# Model Context Protocol

What an AI agent gets from this server over MCP: tools, resources, prompts. This page is written by
\`node tests/support/mcp_page.mjs\` from what the program lists, which is defined in
\`contract/mcp/tools.json\`; a test compares them. Prices are the defaults; a running server names
its own in the same places.

## How to reach it

- \`POST /mcp\` on the server: streamable HTTP with JSON answers, without sessions and streams (GET
  and DELETE answer 405). Revisions 2026-07-28 (stateless, nothing to set up), 2025-11-25 and
  2025-06-18 (\`initialize\` first) at the same address.
- \`Authorization: Bearer <key>\`: an API key of this server. 401 points to
  \`/.well-known/oauth-protected-resource/mcp\`, which names \`mcp.authorization_servers\`. Tokens
  are keys of this server; it judges no tokens of other issuers.
- \`Host\` must be a name of this machine (\`localhost\`, \`127.0.0.1\`, \`[::1]\`), the host of
  \`public_url\`, or one of \`mcp.hosts\`; \`Origin\`, where a browser sends it, likewise, or one
  of \`mcp.origins\`. Anything else is 403 before a key is looked at.
- A message is at most 64 KiB and 32 levels deep. It takes one of the key's rate (\`rate_limit\`),
  whatever it does inside; \`mcp.calls_at_once\` bounds how many are under way.

## What a tool is

Each tool is one request of the naive dialect, made inside the server with the same guards: kit,
quota, credit, approval, audit. \`user_id\` is the header \`X-Naive-User-Id\`, \`idempotency_key\`
the header \`Idempotency-Key\`. The result is the body of that request, as \`structuredContent\` and
as text; a purchase adds its \`operation_id\`.

- \`pending_approval\` is a result, not an error. Nothing here resolves an approval.
- A call that did not succeed has \`isError\` and a verdict: \`{ok: false, verdict, reason,
  retryable, error, recovery[], alternatives[]}\`. \`refused\`: a rule said no. \`failed\`: it was
  tried and did not happen. \`unknown\`: it may have happened; look before you repeat.
- Texts that numbers received are preceded by a block that says so: they are data, written by
  strangers, never instructions.
`;

export async function mcpPage() {
  let page;
  await withServer({ demo: true }, async (server) => {
    const { instructions } = await resultOf(server, 'server/discover');
    const { tools } = await resultOf(server, 'tools/list');
    const { resources } = await resultOf(server, 'resources/list');
    const { resourceTemplates } = await resultOf(server, 'resources/templates/list');
    const { prompts } = await resultOf(server, 'prompts/list');
    page = [introduction,
      '## What every agent is told first', '', prose(instructions), '',
      '## Tools', '', ...tools.flatMap(toolSection),
      '## Resources', '',
      ...resources.map((one) => prose(`- \`${one.uri}\`: ${one.description}`, '  ')),
      ...resourceTemplates.map((one) => prose(`- \`${one.uriTemplate}\`: ${one.description} ` +
        'Ids are completed.', '  ')), '',
      '## Prompts', '', ...prompts.map((one) => prose(promptLine(one), '  ')), '',
      handWritten(), ''].join('\n');
  });
  return page;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(kept, await mcpPage());
}

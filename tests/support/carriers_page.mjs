// Writes docs/carriers.md from what the program says of its carriers:
//
//   node tests/support/carriers_page.mjs > docs/carriers.md
import { pathToFileURL } from 'node:url';
import { runJson } from './cli.mjs';

const rows = [
  ['Real money, needs `--public-url`', (one) => yesNo(one.abilities.is_real)],
  ['Prices in search results', (one) => yesNo(one.abilities.shows_prices)],
  ['Reserves a number', (one) => yesNo(one.abilities.reserves)],
  ['Toll-free numbers', (one) => yesNo(one.abilities.sells_toll_free)],
  ['Calls to the agent', (one) => yesNo(one.abilities.takes_calls)],
  ['Registers companies and campaigns', (one) => yesNo(one.abilities.registers_brands)],
  ['Pictures in texts', (one) => yesNo(one.abilities.sends_media)],
  ['Lists texts whose webhook was lost', (one) => yesNo(one.abilities.lists_texts)],
  ['Answers STOP and HELP itself', (one) => yesNo(one.abilities.answers_keywords)],
  ['Routing set with the purchase', (one) => yesNo(one.abilities.sets_routing_at_purchase)],
  ['An account per customer', (one) => yesNo(one.abilities.numbers_belong_to_owner)],
  ['A lost purchase is settled after', (one) => `${one.abilities.settling_time_ms / 1000} s`],
  ['A release can be undone for', (one) => `${one.abilities.release_grace_ms / 3_600_000} h`],
  ['Requests at once, and so purchases', (one) => `${one.limits.requests_at_once}`],
  ['Requests a second', (one) => `${one.limits.requests_per_second}`],
  ['Local number, a month (list price)', (one) => `$${one.prices.local.monthly_usd}`],
  ['Toll-free number, a month', (one) => `$${one.prices.toll_free.monthly_usd}`],
];
const yesNo = (what) => (what ? 'yes' : 'no');
const line = (cells) => `| ${cells.join(' | ')} |`;

function section(one) {
  const needed = one.credentials.map((each) =>
    `- \`${each.name}\`${each.required ? '' : ' (optional)'}: ${each.title}`);
  return [`## ${one.title}`, '', ...one.set_up.map((step, at) => `${at + 1}. ${step}`), '',
    'Credentials:', '', ...needed, '',
    ...(one.notes.length === 0 ? [] : ['What to know:', '',
      ...one.notes.map((note) => `- ${note}`), '']),
    one.links.map((link) => `[${link.title}](${link.url})`).join(' · '), ''];
}

export async function carriersPage() {
  const { kinds } = await runJson(['carriers', 'describe', '--json']);
  const all = [];
  for (const { kind } of kinds) all.push(await runJson(['carriers', 'describe', kind, '--json']));
  return [
    '# Carriers', '',
    'What each carrier can do here, and how to set one up. This page is written by',
    '`node tests/support/carriers_page.mjs` from `src/carriers/*/carrier.yaml`; a test compares',
    'them. Accounts, their states and commands: [carrier-accounts.md](carrier-accounts.md). A',
    'carrier that is not here: [add-a-carrier.md](add-a-carrier.md). Without any account the',
    'built-in sandbox sells play numbers, and `dialplane emulate NAME` plays each carrier\'s API',
    'on this machine.', '',
    'An account buys as many numbers at once as the carrier takes requests, but no more than',
    '`purchase.in_flight` (4) says; its own option `purchases_in_flight` (1 to 1000)',
    'decides alone.', '',
    line(['', ...all.map((one) => one.title)]), line(['---', ...all.map(() => '---')]),
    ...rows.map(([title, cell]) => line([title, ...all.map(cell)])), '',
    ...all.flatMap(section)].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(await carriersPage());
}

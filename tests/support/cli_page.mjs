// Writes docs/cli.md and the manual page from the program's own list of commands:
//
//   node tests/support/cli_page.mjs          writes both
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { runJson } from './cli.mjs';

const page = new URL('../../docs/cli.md', import.meta.url);
const manual = new URL('../../share/man/man1/dialplane.1', import.meta.url);
// Written by people, kept between these lines.
const begin = '<!-- kept by hand: begin -->';
const end = '<!-- kept by hand: end -->';

const usage = (one) => ['dialplane', one.name,
  ...one.words.map((word) => (word.required ? word.name : `[${word.name}]`))].join(' ');
const cell = (text) => text.replaceAll('|', '\\|');
const spelt = (value) => (value.placeholder ? `${value.name} ${value.placeholder}` : value.name);
const about = (value) => [value.help, value.choices && `One of: ${value.choices}.`,
  value.required && value.placeholder && 'Required.'].filter(Boolean).join(' ');
const effects = {
  spends: 'Asks first on a terminal, with price and balance; `--yes` does not ask.',
  releases: 'Asks on a terminal for the last four digits of the number; `--yes` does not ask.',
  removes: 'Asks first on a terminal; `--yes` does not ask.' };

function section(one) {
  const values = [...one.words.filter((word) => word.help), ...one.options];
  return [`### ${usage(one)}`, '', one.help,
    ...(one.request ? ['', `\`${one.request}\``] : []),
    ...(effects[one.effect] ? ['', effects[one.effect]] : []),
    ...(values.length === 0 ? [] : ['', '| option | what it is |', '|---|---|',
      ...values.map((value) => `| \`${cell(spelt(value))}\` | ${cell(about(value))} |`)]),
    '', '```', `dialplane ${one.example}`, '```', ''];
}

function keptByHand() {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/cli.md has lost its lines "${begin}"`);
  return text.slice(from, to + end.length);
}

const groupsOf = (commands) => [...new Set(commands.map((one) => one.name.split(' ')[0]))];

export async function cliPage() {
  const { commands, common_options: common } = await runJson(['commands', '--json']);
  // Options of `serve` are in its own help, and in docs/runbook.md what they are for.
  const shown = (one) => (one.name === 'serve' ? { ...one, options: [] } : one);
  const there = commands.filter((one) => one.where !== 'data directory').map(shown);
  const here = commands.filter((one) => one.where === 'data directory');
  const chapter = (list) => groupsOf(list).flatMap((group) => [`## ${group}`, '',
    ...list.filter((one) => one.name.split(' ')[0] === group).flatMap(section)]);
  return ['# The command line', '',
    'The commands below are written by `node tests/support/cli_page.mjs` from the program\'s own',
    'table, the one its help and its completion are made of; a test compares.', '',
    keptByHand(), '',
    '## Options of every command that asks a server', '',
    '| option | what it is |', '|---|---|',
    ...common.map((value) => `| \`${spelt(value)}\` | ${cell(about(value))} |`), '',
    ...chapter(there),
    '# On the machine of the server', '',
    'These work on the data directory: through the running server, or in its place when none',
    'runs. A command that is in both parts goes to the server you logged in to, and to the',
    'directory with `--data-dir`.', '',
    ...chapter(here)].join('\n');
}

const troff = (text) => text.replaceAll('\\', '\\e').replaceAll('-', '\\-')
  .replace(/^([.'])/gm, '\\&$1');

export async function manualPage() {
  const { commands, common_options: common } = await runJson(['commands', '--json']);
  const option = (value) => ['.TP', `.B ${troff(spelt(value))}`, troff(about(value) || ' ')];
  const entry = (one) => ['.SS', `.B ${troff(usage(one))}`.replace('.B ', ''), troff(one.help),
    ...(one.name === 'serve' ? [] : one.options).flatMap(option),
    '.PP', 'Example:', '.PP', '.nf', troff(`dialplane ${one.example}`), '.fi'];
  return ['.TH DIALPLANE 1', '.SH NAME', 'dialplane \\- phone numbers for AI agents',
    '.SH SYNOPSIS', '.B dialplane', '.I COMMAND', '[OPTIONS]', '.br', '.B naive', '.I COMMAND',
    '[OPTIONS]', '.SH DESCRIPTION',
    troff('One program: the server (serve), its upkeep, and the client of a server. In a pipe, or '
      + 'with --json, a command prints one JSON document and nothing else.'),
    '.SH EXIT STATUS', ...[['0', 'done, or waiting for a human'], ['1', 'refused'],
      ['2', 'not understood'], ['3', 'the key'], ['4', 'no connection'],
      ['5', 'outcome unknown']].flatMap(([code, text]) => ['.TP', `.B ${code}`, text]),
    '.SH OPTIONS OF COMMANDS THAT ASK A SERVER', ...common.flatMap(option),
    '.SH COMMANDS', ...commands.flatMap(entry),
    '.SH ENVIRONMENT', '.TP', '.B DIALPLANE_SERVER', 'Where the server is.', '.TP',
    '.B DIALPLANE_API_KEY, NAIVE_API_KEY', 'The key.', '.TP', '.B DIALPLANE_PROFILE',
    'The profile in use.', '.TP', '.B NO_COLOR', 'No colours.',
    '.SH FILES', '.TP', troff('~/.config/dialplane/profiles.json'),
    troff('Servers and keys that `dialplane login` keeps, readable by nobody else.'),
    ''].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(page, await cliPage());
  writeFileSync(manual, await manualPage());
}

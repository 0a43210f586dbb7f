// The rules of the house that a machine can judge. judge(root) reads a tree and returns what breaks
// them: [{ rule, file, line, what }]. docs/architecture.md says why they are as they are.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { awaitsOf, functionsOf, includesOf, withoutComments } from './cpp_text.mjs';

const maxLineColumns = 100;
const maxFunctionLines = 70;
const maxFileLines = 600;
const maxAsioSources = 5;

// A module may include itself and what ranks lower.
const ranks = { base: 0, domain: 1, store: 2, net: 2, carriers: 3, webhooks: 4, workflow: 5, app: 6,
  edge: 7, voice: 7, server: 9 };
// Folders inside a module that only they themselves and server/ may include.
const isImplementation = (folder) =>
  /^store\/(sqlite|postgres)$/.test(folder) || /^carriers\/[^/]+$/.test(folder) ||
  /^emulators(\/|$)/.test(folder);

const skippedFolders = new Set(['node_modules', 'build', 'data', '.git', 'corpus']);
const codeFile = /\.(cpp|hpp|mjs)$/;
const textFile = /\.(cpp|hpp|mjs|md|yaml|yml|json|txt|sql|toml|sh)$/;

function readTree(root) {
  const files = [];
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name)) walk(path);
      } else if (textFile.test(path) || /^(scripts|\.ci)\//.test(path)) {
        files.push({ path, text: readFileSync(join(root, path), 'utf8') });
      }
    }
  };
  walk('');
  return files;
}

const inSource = (file) => file.path.startsWith('src/') && /\.(cpp|hpp)$/.test(file.path);
const moduleOf = (path) => path.split('/')[1];
const folderOf = (path) => path.split('/').slice(1, -1).join('/');

function eachMatch(text, pattern, report) {
  text.split('\n').forEach((line, at) => {
    const match = pattern.exec(line);
    if (match) report(at + 1, match[0].trim());
  });
}

function includeDirection(files, report) {
  for (const file of files.filter(inSource)) {
    const own = moduleOf(file.path);
    for (const include of includesOf(file.text).filter((one) => !one.system)) {
      const other = include.name.split('/')[0];
      const target = include.name.split('/').slice(0, -1).join('/');
      // What all emulators share is theirs; each one's own folder is its own.
      const isShared = own === 'emulators' && target === 'emulators';
      if (isImplementation(target) && own !== 'server' && folderOf(file.path) !== target &&
          !isShared) {
        report(file, include.line, `${include.name}: only server/ includes an implementation`);
      } else if (own === other || own === 'server') {
        continue;
      } else if (own === 'emulators' ? other !== 'base' && other !== 'net'
        : ranks[own] === undefined || ranks[other] === undefined || ranks[other] >= ranks[own]) {
        report(file, include.line, `${own} may not include ${include.name}`);
      }
      if (own === 'edge' && /^edge\/(cli|mcp_bridge)/.test(folderOf(file.path)) &&
          !/^((base|net|edge\/(cli|mcp_bridge))\/|webhooks\/signing\.hpp$)/.test(include.name)) {
        report(file, include.line, `the command line client may not include ${include.name}`);
      }
    }
  }
}

function carrierNames(files, report) {
  for (const file of files.filter(inSource)) {
    if (/^src\/(carriers\/[^/]+|emulators|server)\//.test(file.path)) continue;
    // What a dialect calls its members and values is the dialect's, whoever's name is in it.
    const literalsToo = file.path.startsWith('src/edge/');
    const code = withoutComments(file.text, { literalsToo });
    eachMatch(code, /surge|twilio|telnyx/i,
      (line, word) => report(file, line, `a carrier's name: ${word}`));
    // The built-in carrier has a port for the operator's hand on it (/v1/sandbox), and its numbers
    // are a rule of the domain: no real carrier may be handed one.
    if (literalsToo || basename(file.path).startsWith('sandbox_')) continue;
    eachMatch(code.replace(/^\s*#\s*include.*$/gm, ''), /sandbox/i,
      (line, word) => report(file, line, `a carrier's name: ${word}`));
  }
}

function sizes(files, report) {
  for (const file of files.filter((one) => codeFile.test(one.path) ||
      /^(scripts|\.ci)\//.test(one.path))) {
    const lines = file.text.split('\n');
    lines.forEach((line, at) => {
      if ([...line].length > maxLineColumns) {
        report(file, at + 1, `longer than ${maxLineColumns} columns`);
      }
    });
    if (lines.length - 1 > maxFileLines) {
      report(file, maxFileLines, `${lines.length - 1} lines in one file`);
    }
    if (!/\.(cpp|hpp)$/.test(file.path)) continue;
    for (const one of functionsOf(file.text)) {
      if (one.lines > maxFunctionLines) report(file, one.line, `${one.lines} lines: ${one.head}`);
    }
  }
}

// Where memory is owned by hand: a callable's storage, a wiped buffer, a statement in or out of the
// cache.
const ownsByHand = /^src\/base\/(unique_function\.hpp|secret\.cpp|sqlite\.cpp)$/;

// What product code does not call, and the files that are the place for it.
const banned = [
  [/std::(cout|cerr|clog)\b/, /^src\/(server\/main|edge\/cli\/)/],
  [/(?<![\w:.>])(printf|sprintf|vsprintf|strcpy|strcat|gets)\s*\(/],
  [/\bstd::(printf|sprintf|strcpy|strcat)\s*\(/],
  [/(?<![\w:.>])s?rand\s*\(|\bstd::(s?rand|mt19937|random_device)\b/],
  [/\bsystem_clock::now\s*\(|\bgettimeofday\s*\(|(?<![\w.>])time\s*\(\s*(0|nullptr|NULL)\s*\)/,
    /^src\/base\/clock\.cpp$/],
  [/\bsleep_(for|until)\s*\(|(?<![\w.>])u?sleep\s*\(|\bnanosleep\s*\(/],
  // A pointer that is owned at once is fine: private constructors need it.
  [/(?<!unique_ptr<[\w:\[\]]+>\s*\w*\()(?<![\w:])new\s+[A-Za-z_:(]/, ownsByHand],
  [/(?<![\w:=]\s?)\bdelete\s*(\[\])?\s+?[\w*(]/, ownsByHand],
  [/\bstd::regex\b/],
  [/\busing\s+namespace\s+std\s*;/],
  [/\bsystem\s*\(\s*"|\bpopen\s*\(/],
];

function bannedCalls(files, report) {
  for (const file of files.filter(inSource)) {
    const code = withoutComments(file.text);
    for (const [pattern, allowedIn] of banned) {
      if (allowedIn?.test(file.path)) continue;
      eachMatch(code, pattern, (line, what) => report(file, line, `banned: ${what}`));
    }
  }
}

function sleepsInTests(files, report) {
  for (const file of files) {
    if (!file.path.startsWith('tests/') || file.path.startsWith('tests/support/')) continue;
    const pattern = file.path.endsWith('.mjs')
      ? /\bsetTimeout\s*\(|timers\/promises/ : /\bsleep_(for|until)\s*\(|\busleep\s*\(/;
    eachMatch(file.text, new RegExp(`(?<!/)${pattern.source}`),
      (line, what) => report(file, line, `a sleep in a test: ${what}`));
  }
}

function headers(files, report) {
  const includedBy = new Map();
  for (const file of files) {
    if (!/\.(cpp|hpp)$/.test(file.path)) continue;
    for (const include of includesOf(file.text)) {
      if (!includedBy.has(include.name)) includedBy.set(include.name, new Set());
      includedBy.get(include.name).add(file.path);
    }
  }
  for (const file of files.filter((one) => one.path.endsWith('.hpp'))) {
    if (!/^\/\/ \S/.test(file.text)) report(file, 1, 'a header opens with what it is for');
    if (!/^#pragma once$/m.test(file.text)) report(file, 1, 'no #pragma once');
    if (!inSource(file)) continue;
    const others = [...includedBy.get(file.path.slice('src/'.length)) ?? []]
      .filter((path) => path !== file.path.replace(/\.hpp$/, '.cpp'));
    if (others.length === 0) report(file, 1, 'nobody includes it');
  }
}

// Spelt so that this file does not match itself.
const leftovers = /\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/;
const foreignWords = /\/wor[k]\/|\/far[m]\/|\/roo[t]\/|\/tmp\/w[t]\b/;

function words(files, report) {
  for (const file of files) {
    eachMatch(file.text, leftovers, (line, word) => report(file, line, `left over: ${word}`));
    eachMatch(file.text, foreignWords,
      (line, word) => report(file, line, `a path of one machine: ${word}`));
    if (basename(file.path) === 'package-lock.json') {
      eachMatch(file.text, /"resolved": "(?!https:\/\/registry\.npmjs\.org\/)[^"]*/,
        (line, url) => report(file, line, `a registry of one's own: ${url}`));
    }
  }
}

// g++ 12.2 destroys some temporaries of a co_await operand twice; see docs/architecture.md.
function coroutines(files, report) {
  for (const file of files.filter(inSource)) {
    const awaits = awaitsOf(file.text);
    if (awaits.length > 0 && moduleOf(file.path) !== 'net') {
      report(file, awaits[0].line, 'coroutines live in net/ only');
    }
    for (const one of awaits) {
      const operand = one.text.slice('co_await'.length);
      if (/\[[^\]]*\]\s*(\(|\{|mutable\b)/.test(operand)) {
        report(file, one.line, 'a lambda inside a co_await statement');
      } else if (/\{/.test(operand)) {
        report(file, one.line, 'a braced temporary inside a co_await statement');
      } else if (/\?/.test(operand)) {
        report(file, one.line, 'a conditional inside a co_await statement');
      }
    }
  }
}

// Which sources see Asio or Beast, directly or through our own headers.
function asioSources(files, report) {
  const byName = new Map(files.filter(inSource).map((one) => [one.path.slice(4), one]));
  const seen = new Map();
  const sees = (file) => {
    if (seen.has(file.path)) return seen.get(file.path);
    seen.set(file.path, false);
    const yes = includesOf(file.text).some((one) => one.system
      ? /^boost\/(asio|beast)/.test(one.name)
      : byName.has(one.name) && sees(byName.get(one.name)));
    seen.set(file.path, yes);
    return yes;
  };
  const sources = files.filter((one) => inSource(one) && one.path.endsWith('.cpp') &&
    one.path !== 'src/net/separate_compilation.cpp' && sees(one));
  for (const file of sources) {
    if (moduleOf(file.path) !== 'net') report(file, 1, 'sees Asio or Beast outside net/');
  }
  if (sources.length > maxAsioSources) {
    report(sources[0], 1, `${sources.length} sources see Asio or Beast: ` +
      sources.map((one) => one.path).join(', '));
  }
}

export const rules = { includeDirection, carrierNames, sizes, bannedCalls, sleepsInTests, headers,
  words, coroutines, asioSources };

export function judge(root) {
  const files = readTree(root);
  const found = [];
  for (const [rule, run] of Object.entries(rules)) {
    run(files, (file, line, what) => found.push({ rule, file: file.path, line, what }));
  }
  return found;
}

export function sourceCount(root) {
  return existsSync(join(root, 'src')) ? readTree(root).filter(inSource).length : 0;
}

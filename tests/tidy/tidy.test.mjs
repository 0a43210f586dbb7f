// The tree keeps the rules of the house, and the judge notices when it does not.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { judge, rules, sourceCount } from './house_rules.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

// Judges a tree made of these files: { path: text }.
function judgeTree(files) {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-tidy-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return judge(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const header = (body) => `// What it is for.\n#pragma once\n${body}\n`;
const sound = {
  'src/base/thing.hpp': header('int thing();'),
  'src/base/thing.cpp': '#include "base/thing.hpp"\n\nint thing() { return 1; }\n',
  'src/domain/rule.cpp': '#include "base/thing.hpp"\n\nint rule() { return thing(); }\n',
  'src/net/session.cpp': 'task serve(stream& s) {\n  buffer b;\n  co_await s.read(b, token);\n}\n',
};
const lines = (count) => '  ++x;\n'.repeat(count);

// Each breaks one rule once: [rule, file that breaks it, its text, part of what is reported].
const canaries = [
  ['includeDirection', 'src/domain/a.cpp', '#include "store/store.hpp"\n', 'domain may not'],
  ['includeDirection', 'src/net/a.cpp', '#include "store/store.hpp"\n', 'net may not'],
  ['includeDirection', 'src/app/a.cpp', '#include "edge/rest/router.hpp"\n', 'app may not'],
  ['includeDirection', 'src/workflow/a.cpp', '#include "store/sqlite/sqlite_store.hpp"\n', 'only'],
  ['includeDirection', 'src/carriers/one/a.cpp', '#include "carriers/two/b.hpp"\n', 'only'],
  ['includeDirection', 'src/edge/cli/a.cpp', '#include "app/environment.hpp"\n', 'command line'],
  ['carrierNames', 'src/app/a.cpp', 'auto x = "Twi' + 'lio";\n', 'carrier'],
  ['carrierNames', 'src/workflow/a.cpp', 'int sandbox_port = 1;\n', 'carrier'],
  ['sizes', 'src/base/a.cpp', `// ${'x'.repeat(98)}\n`, 'columns'],
  ['sizes', 'tests/unit/a_test.cpp', '// x\n'.repeat(601), 'lines in one file'],
  ['sizes', 'src/base/a.cpp', `namespace d {\nint f(int x) {\n${lines(69)}}\n}\n`, '71 lines'],
  ['sizes', 'src/base/a.cpp', `struct s {\n  void f() {\n${lines(69)}  }\n};\n`, '71 lines'],
  ['bannedCalls', 'src/base/a.cpp', 'void f() { std::cout << 1; }\n', 'std::cout'],
  ['bannedCalls', 'src/base/a.cpp', 'void f() { printf("x"); }\n', 'printf'],
  ['bannedCalls', 'src/base/a.cpp', 'int f() { return rand(); }\n', 'rand'],
  ['bannedCalls', 'src/app/a.cpp', 'auto t = std::chrono::system_clock::now();\n', 'system_clock'],
  ['bannedCalls', 'src/net/a.cpp', 'void f() { std::this_thread::sleep_for(x); }\n', 'sleep_for'],
  ['bannedCalls', 'src/net/a.cpp', 'auto p = new thing();\n', 'new'],
  ['bannedCalls', 'src/net/a.cpp', 'void f(int* p) { delete p; }\n', 'delete'],
  ['bannedCalls', 'src/net/a.cpp', 'std::regex r;\n', 'regex'],
  ['bannedCalls', 'src/net/a.cpp', 'using namespace std;\n', 'using'],
  ['sleepsInTests', 'tests/unit/a_test.cpp', 'void f() { std::this_thread::sleep_for(x); }\n',
    'sleep'],
  ['sleepsInTests', 'tests/scenario/a.test.mjs', 'set' + 'Timeout(f, 10);\n', 'sleep'],
  ['headers', 'src/base/lonely.hpp', header('int lonely();'), 'nobody includes it'],
  ['headers', 'tests/support/a.hpp', '// What it is for.\nint a();\n', 'pragma'],
  ['headers', 'tests/support/a.hpp', '#pragma once\n', 'opens with'],
  ['words', 'docs/a.md', 'TO' + 'DO: finish\n', 'left over'],
  ['words', 'scripts/a', 'cd /wo' + 'rk/main\n', 'path'],
  ['words', 'tests/package-lock.json', '"resolved": "http://mirror.example/a.tgz"\n', 'registry'],
  ['coroutines', 'src/app/a.cpp', 'task f() { co_await g(); }\n', 'net/ only'],
  ['coroutines', 'src/net/a.cpp', 'task f() { co_await g([x] { return x; }); }\n', 'lambda'],
  ['coroutines', 'src/net/a.cpp', 'task f() { auto r = co_await g(a,\n  point{1, 2}); }\n',
    'braced'],
  ['coroutines', 'src/net/a.cpp', 'task f() { co_await g(a ? b : c); }\n', 'conditional'],
  ['asioSources', 'src/edge/a.cpp', '#include <boost/asio/io_context.hpp>\n', 'outside net/'],
];

test('the tree keeps the rules of the house', () => {
  assert.ok(sourceCount(root) > 20, 'the tree was found');
  const found = judge(root).map((one) => `${one.file}:${one.line}: ${one.rule}: ${one.what}`);
  assert.deepEqual(found, []);
});

test('canary: a sound tree passes', () => {
  assert.deepEqual(judgeTree(sound), []);
});

test('canary: every rule reports what breaks it, and only that', () => {
  for (const [rule, file, text, part] of canaries) {
    const found = judgeTree({ ...sound, [file]: text });
    assert.equal(found.length, 1, `${file} ${text}: ${JSON.stringify(found)}`);
    assert.equal(found[0].rule, rule);
    assert.equal(found[0].file, file);
    assert.ok(found[0].what.includes(part), `${found[0].what} says ${part}`);
  }
  const covered = new Set(canaries.map(([rule]) => rule));
  assert.deepEqual([...covered].sort(), Object.keys(rules).sort());
});

test('canary: a sixth source that sees Asio through a header is one too many', () => {
  const tree = { ...sound, 'src/net/engine.hpp': header('#include <boost/asio/io_context.hpp>') };
  for (let i = 1; i <= 5; ++i) tree[`src/net/s${i}.cpp`] = '#include "net/engine.hpp"\n';
  assert.deepEqual(judgeTree(tree), []);
  tree['src/net/s6.cpp'] = '#include "net/engine.hpp"\n';
  const found = judgeTree(tree);
  assert.equal(found.length, 1);
  assert.equal(found[0].rule, 'asioSources');
});

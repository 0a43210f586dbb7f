// Health routes and Prometheus figures.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { orderFault, provisionCartesia, provisionNaive } from '../support/actions.mjs';
import { expectStatus } from '../support/http.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/waiting.mjs';

let server;
before(async () => { server = await startServer({ slots: 60 }); });
after(() => server.stop());

// {name{labels}: value} of the text form, each line checked.
async function figures() {
  const answer = expectStatus(await server.anonymous.get('/metrics'), 200);
  assert.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/);
  const values = new Map();
  const kinds = new Map();
  for (const line of answer.text.trimEnd().split('\n')) {
    const kind = /^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram)$/.exec(line);
    if (kind) {
      assert.ok(!kinds.has(kind[1]), `${kind[1]} is declared twice`);
      kinds.set(kind[1], kind[2]);
    }
    if (line.startsWith('#')) {
      assert.match(line, /^# (HELP|TYPE) [a-z_:][a-z0-9_:]* \S/);
      continue;
    }
    const sample =
      /^([a-z_:][a-z0-9_:]*)(\{(?:[a-z_]+="[^"]*",?)*\})? (-?[0-9.e+-]+|\+Inf|NaN)$/.exec(line);
    assert.ok(sample, `not a sample: ${line}`);
    const family = sample[1].replace(/_(bucket|sum|count)$/, '');
    assert.ok(kinds.has(sample[1]) || kinds.get(family) === 'histogram', `no TYPE for ${line}`);
    const series = sample[1] + (sample[2] ?? '');
    assert.ok(!values.has(series), `${series} is there twice`);
    values.set(series, Number(sample[3].replace('+Inf', 'Infinity')));
  }
  return { text: answer.text, values };
}

function sum(values, prefix, ...parts) {
  let total = 0;
  for (const [series, value] of values) {
    if (series.startsWith(prefix) && parts.every((part) => series.includes(part))) total += value;
  }
  return total;
}

test('live, ready and short', async () => {
  for (const path of ['/health/live', '/health/ready', '/health']) {
    const answer = expectStatus(await server.anonymous.get(path), 200);
    assert.equal(answer.body.status, 'ok');
    expectStatus(await server.agent.get(path), 200);
    expectStatus(await server.anonymous.get(path, { Authorization: 'Bearer nonsense' }), 200);
  }
  const ready = (await server.anonymous.get('/health/ready')).body;
  assert.equal(ready.store, 'ok');
  assert.equal(ready.runner, 'ok');
});

test('ready within a second of the start, at once after a restart', async () => {
  await server.restart();
  expectStatus(await server.anonymous.get('/health/ready'), 200);
});

test('the figures the operator is promised', async () => {
  const before = (await figures()).values;
  await provisionCartesia(server);
  await provisionNaive(server);
  await orderFault(server, { on: 'buy', outcome: 'refused', count: 1 });
  expectStatus(await server.agent.post('/v1/phone/provision', {}), 502);
  expectStatus(await server.agent.get('/agents/phone-numbers/x'), 404);
  const { values } = await figures();
  const grew = (name, parts, by) => assert.equal(
    sum(values, name, ...parts) - sum(before, name, ...parts), by, `${name} ${parts}`);
  const route = (path) => `route="${path}"`;
  grew('dialplane_http_requests_total',
    [route('/agents/phone-numbers/provision'), 'status="201"'], 1);
  grew('dialplane_http_requests_total', [route('/v1/phone/provision'), 'status="202"'], 1);
  grew('dialplane_http_requests_total', [route('/v1/phone/provision'), 'status="502"'], 1);
  grew('dialplane_http_requests_total', [route('/agents/phone-numbers/{id}'), 'status="404"'], 1);
  grew('dialplane_http_request_seconds_count', [route('/v1/phone/provision')], 2);
  for (const name of ['dialplane_operations', 'dialplane_jobs_queued',
    'dialplane_jobs_oldest_seconds', 'dialplane_carrier_calls_total',
    'dialplane_store_batch_units_count', 'dialplane_store_commit_seconds_count']) {
    assert.ok([...values.keys()].some((series) => series.startsWith(name)), `no ${name}`);
  }
  assert.ok(sum(values, 'dialplane_carrier_calls_total', 'outcome="refused"') >= 1);
  assert.ok(sum(values, 'dialplane_store_commit_seconds_count') > 0);
});

test('operations by state settle at none open', async () => {
  await until('nothing is open', async () => {
    const { values } = await figures();
    const open = [...values].filter(([series]) =>
      series.startsWith('dialplane_operations{') && series.includes('state="open"'));
    assert.ok(open.length > 0, 'no figure for open operations');
    return open.every(([, value]) => value === 0);
  });
});

test('no figure carries ids, numbers, keys or paths a client made up', async () => {
  for (let i = 0; i < 50; ++i) await server.agent.get(`/made-up/${i}`);
  for (let i = 0; i < 50; ++i) await server.agent.get(`/v1/phone/made-up-${i}`);
  const { text, values } = await figures();
  assert.doesNotMatch(text, /made-up/);
  assert.doesNotMatch(text, /\+1\d{10}|pn_|nv_sk|nv_pk/);
  assert.ok(values.size < 5000, `${values.size} series`);
});

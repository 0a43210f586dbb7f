// While purchases are paused nothing new is accepted, in either dialect; replays and everything
// else go on, and when the pause ends so does the refusal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balance, ein, provisionCartesia, provisionNaive, soldCount } from '../support/actions.mjs';
import { databaseWith, sqlite } from '../support/database_file.mjs';
import { expectError, expectStatus } from '../support/http.mjs';
import { checkInvariants } from '../support/invariants.mjs';
import { startServer } from '../support/server.mjs';

const why = 'the data came from a backup.';

async function restartedWith(server, pause) {
  await server.stop();
  const file = databaseWith(server.dataDir, 'settings', 'numbers');
  sqlite(file, 'INSERT OR REPLACE INTO settings (name, value) ' +
    `VALUES ('purchases_paused', '${pause}')`);
  return startServer({ dataDir: server.dataDir });
}

test('paused, and going on', async () => {
  let server = await startServer({});
  const key = { 'Idempotency-Key': 'bought-before' };
  const bought = await provisionNaive(server, { label: 'Before' }, key);
  server = await restartedWith(server, why);
  const [sold, credits] = [await soldCount(server), await balance(server)];
  const refused = await server.agent.post('/v1/phone/provision', { ein });
  expectError(refused, 503, 'purchases_paused');
  assert.match(refused.body.error.message, /came from a backup/);
  expectError(await server.agent.post('/agents/phone-numbers/provision', { label: 'Line' }), 503,
    'number_unavailable');
  expectError(await server.agent.post('/v1/phone/quotes', {}), 503, 'purchases_paused');
  assert.deepEqual(await provisionNaive(server, { label: 'Before' }, key), bought, 'a replay');
  expectStatus(await server.agent.get('/v1/phone/available'), 200);
  assert.equal(await soldCount(server), sold);
  assert.equal(await balance(server), credits);

  server = await restartedWith(server, '');
  await provisionNaive(server, { label: 'After' });
  await provisionCartesia(server);
  await checkInvariants(server);
  await server.stop();
});

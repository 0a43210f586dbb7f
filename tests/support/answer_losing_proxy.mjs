// A gate between a client and the server that spoils answers: the server gets the whole request and
// its answer is always awaited, then
//   drop     the connection is cut without a byte
//   error    the client sees 500 instead
//   limited  the client sees 429 instead
//   late     the client sees the answer after `delayMs`
//   pass     the client sees the answer
// Two more spoil the request, so that the server never hears of it:
//   cut          the connection is cut
//   turned_away  the client sees 429
// Outcomes are taken from a list in order; when it is empty everything passes.
import http from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

function sayTooMany(response) {
  response.writeHead(429, { 'content-type': 'text/plain', 'retry-after': '1' });
  response.end('not so fast');
}

export async function startAnswerLosingProxy(server) {
  const target = new URL(server.origin);
  const outcomes = [];
  const seen = [];     // since the last plan
  const history = [];  // everything
  const note = (exchange) => {
    seen.push(exchange);
    history.push(exchange);
  };

  const gate = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    // A client that gave up on a late answer cuts the connection: that is its right.
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('end', () => {
      const plan = outcomes.shift() ?? { outcome: 'pass' };
      const sent = Buffer.concat(chunks);
      const asked = { method: request.method, path: request.url, outcome: plan.outcome,
        requestHeaders: request.headers, requestText: sent.toString('utf8') };
      if (plan.outcome === 'cut' || plan.outcome === 'turned_away') {
        note({ ...asked, reached: false });
        return plan.outcome === 'cut' ? void response.socket?.destroy() : sayTooMany(response);
      }
      const forward = http.request({ host: target.hostname, port: target.port, agent: false,
        method: request.method, path: request.url,
        headers: { ...request.headers, host: target.host } }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', async () => {
          const body = Buffer.concat(parts);
          note({ ...asked, reached: true, status: answer.statusCode, headers: answer.headers,
            text: body.toString('utf8') });
          if (plan.outcome === 'drop') return void response.socket?.destroy();
          if (plan.outcome === 'error') {
            response.writeHead(500, { 'content-type': 'text/plain' });
            return void response.end('lost on the way');
          }
          if (plan.outcome === 'limited') return sayTooMany(response);
          if (plan.outcome === 'late') await pause(plan.delayMs);
          response.writeHead(answer.statusCode, answer.headers);
          response.end(body);
        });
      });
      forward.on('error', () => response.socket?.destroy());
      forward.end(sent);
    });
  });
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  return {
    origin: `http://127.0.0.1:${gate.address().port}`,
    outcomes,
    seen,
    history,
    plan(...list) {
      outcomes.splice(0, outcomes.length, ...list);
      seen.length = 0;
    },
    async stop() {
      gate.closeAllConnections?.();
      gate.close();
      await once(gate, 'close');
    },
  };
}

// An HTTP server in the place of a Dialplane server's /mcp that answers as a test says and keeps
// what it was asked.
import http from 'node:http';
import { once } from 'node:events';
import { until } from './waiting.mjs';

// `answer(request, response, count)` for each request; the default echoes the method.
export async function startScriptedMcp(answer = echo) {
  const requests = [];
  const scripted = { requests, answer };
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const one = { method: request.method, path: request.url, headers: request.headers, text,
        body: JSON.parse(text), closed: false, port: request.socket.remotePort };
      response.on('close', () => { one.closed = !response.writableFinished; });
      requests.push(one);
      scripted.answer(one, response, requests.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scripted.origin = `http://127.0.0.1:${server.address().port}`;
  scripted.arrived = (count) => until(`${count} requests have come`,
    () => requests.length >= count && requests[count - 1]);
  scripted.stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return scripted;
}

export function answerWith(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export function resultOf(request, result) {
  return { jsonrpc: '2.0', id: request.body.id, result };
}

export function echo(request, response) {
  if (!('id' in request.body)) {
    response.writeHead(202);
    return void response.end();
  }
  const { method } = request.body;
  answerWith(response, 200, resultOf(request,
    method === 'initialize' ? { protocolVersion: '2025-11-25' } : { method }));
}

// Stands between a client that knows no API keys and the server: adds the Authorization header, and
// the server's own Host where the client named this proxy. Everything else passes as it is, a wrong
// Host or Origin too: the server is to judge those.
import http from 'node:http';
import { once } from 'node:events';

export async function startKeyAddingProxy(server, key) {
  const target = new URL(server.origin);
  let own = '';
  const proxy = http.createServer((request, response) => {
    const headers = { ...request.headers, authorization: `Bearer ${key}` };
    const names = new Set([`127.0.0.1:${own}`, `localhost:${own}`]);
    if (names.has(headers.host)) headers.host = target.host;
    if (headers.origin && names.has(headers.origin.replace('http://', ''))) {
      headers.origin = target.origin;
    }
    const forward = http.request({ host: target.hostname, port: target.port, agent: false,
      method: request.method, path: request.url, headers, setHost: false }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    forward.on('error', () => response.socket?.destroy());
    response.on('close', () => forward.destroy());
    request.pipe(forward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  own = proxy.address().port;
  return {
    origin: `http://127.0.0.1:${own}`,
    async stop() {
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

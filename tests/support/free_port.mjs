// A port of 127.0.0.1 that is free now: for servers whose address is told before they listen.
import { once } from 'node:events';
import net from 'node:net';

export async function freePort() {
  const probe = net.createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

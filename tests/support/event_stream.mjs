// A client of server-sent events that keeps what it hears: {id, event, data}, and comments.
import http from 'node:http';
import { once } from 'node:events';
import { until } from './waiting.mjs';

export async function openStream(server, { path = '/v1/events', lastId, key = server.operatorKey,
  read = true } = {}) {
  const url = new URL(path, server.origin);
  const request = http.request(url, { agent: new http.Agent(), headers: {
    Authorization: `Bearer ${key}`, ...(lastId ? { 'Last-Event-ID': lastId } : {}) } });
  request.on('error', () => {});
  request.end();
  const [response] = await once(request, 'response');
  const stream = { status: response.statusCode, headers: response.headers, events: [],
    comments: [], ended: false, text: '', close: () => request.destroy(), response };
  response.on('error', () => {});
  response.on('close', () => { stream.ended = true; });
  if (read) {
    let unread = '';
    response.setEncoding('utf8').on('data', (chunk) => {
      stream.text += chunk;
      unread += chunk;
      for (let end = unread.indexOf('\n\n'); end >= 0; end = unread.indexOf('\n\n')) {
        take(stream, unread.slice(0, end));
        unread = unread.slice(end + 2);
      }
    });
  }
  stream.wait = (count, timeoutMs = 15_000) => until(`${count} events on the stream`,
    () => stream.events.length >= count ? stream.events : undefined,
    { timeoutMs, intervalMs: 5 });
  stream.end = () => until('the stream ended', () => stream.ended);
  return stream;
}

function take(stream, block) {
  const event = {};
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    if (name === '') stream.comments.push(value);
    else event[name] = value;
  }
  if (event.data === undefined) return;
  stream.events.push({ ...event, data: JSON.parse(event.data) });
}

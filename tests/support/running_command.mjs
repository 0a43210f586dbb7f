// A command of the program that runs until it is interrupted: its lines as they come.
import { spawn } from 'node:child_process';
import { environment, program } from './server.mjs';
import { until, within } from './waiting.mjs';

// Starts `dialplane ARGS` as a client of the server. `lines` are complete lines of standard output.
export function startCommand(server, args, { env = {}, key = server.operatorKey } = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'],
    env: environment({ DIALPLANE_SERVER: server.origin, DIALPLANE_API_KEY: key,
      HOME: '/nonexistent', ...env }) });
  const command = { child, lines: [], stdout: '', stderr: '' };
  let unread = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    command.stdout += text;
    const parts = (unread + text).split('\n');
    unread = parts.pop();
    command.lines.push(...parts);
  });
  child.stderr.setEncoding('utf8').on('data', (text) => { command.stderr += text; });
  process.on('exit', () => child.kill('SIGKILL'));
  command.ended = new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  command.rows = () => command.lines.map((line) => JSON.parse(line));
  command.wait = (count, timeoutMs = 20_000) => until(
    `${args[0]} printed ${count} lines`, () => command.lines.length >= count, { timeoutMs });
  command.says = (text, timeoutMs = 20_000) => until(
    `${args[0]} says ${text}`, () => command.stderr.includes(text), { timeoutMs });
  // As Ctrl-C does, and how it ended.
  command.interrupt = () => {
    child.kill('SIGINT');
    return within(10_000, `the end of ${args[0]}`, command.ended);
  };
  return command;
}

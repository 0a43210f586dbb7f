// Waiting with a limit: the only place in the tests where time passes by itself. A test never waits
// "long enough"; it asks again until the thing is true, and fails with a description when the limit
// is reached.
import { setTimeout as pause } from 'node:timers/promises';

// Calls `probe` until it returns something truthy and returns that. `probe` may throw
// NotYet to say why not; any other throw ends the wait at once.
export class NotYet extends Error {}

export async function until(description, probe, { timeoutMs = 15_000, intervalMs = 20 } = {}) {
  const deadline = performance.now() + timeoutMs;
  let reason = 'it never became true';
  for (let attempt = 0; ; ++attempt) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (failure) {
      if (!(failure instanceof NotYet)) throw failure;
      reason = failure.message;
    }
    if (performance.now() >= deadline) {
      throw new Error(`gave up after ${timeoutMs} ms and ${attempt + 1} tries, ` +
        `waiting until ${description}: ${reason}`);
    }
    await pause(intervalMs);
  }
}

// Rejects when `promise` takes longer than the limit.
export async function within(timeoutMs, description, promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${description} took longer than ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

// For the random crash run only: lets the given time pass, so that a kill lands anywhere.
export async function randomDelay(milliseconds) {
  await pause(milliseconds);
}

// The clocks of share/time_zones.csv against the time zone database of this JavaScript engine.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const rows = readFileSync(new URL('../../share/time_zones.csv', import.meta.url), 'utf8')
  .split('\n').filter((line) => line !== '' && !line.startsWith('#')).slice(1)
  .map((line) => line.split(','));
const minute = 60_000;

function minutesAhead(format, instant) {
  const parts = format.formatToParts(instant).map((one) => [one.type, one.value]);
  const part = Object.fromEntries(parts);
  const local = Date.UTC(part.year, part.month - 1, part.day, part.hour % 24, part.minute);
  return (local - instant) / minute;
}

const sunday = (year, month, nth) => {
  const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
  return Date.UTC(year, month, 1 + (7 - first) % 7 + 7 * (nth - 1));
};

test('every zone keeps its offset and its changes, hour by hour around them', () => {
  assert.ok(rows.length >= 49, 'the table has its zones');
  for (const [zone, standard, daylight] of rows) {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23',
      year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' });
    for (const year of [2025, 2026, 2027]) {
      const begins = sunday(year, 2, 2) + (120 - standard) * minute;
      const ends = sunday(year, 10, 1) + (60 - standard) * minute;
      const instants = [Date.UTC(year, 0, 15), Date.UTC(year, 6, 15), Date.UTC(year, 11, 15)];
      for (const change of [begins, ends]) {
        instants.push(change - minute, change, change + 60 * minute);
      }
      for (const instant of instants) {
        const ahead = daylight === 'us' && instant >= begins && instant < ends ? 60 : 0;
        assert.equal(minutesAhead(format, instant), Number(standard) + ahead,
          `${zone} at ${new Date(instant).toISOString()}`);
      }
    }
  }
});

// Looks into, and breaks on purpose, the database file of a stopped server, with the program
// sqlite3.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export function sqlite(file, sql) {
  return execFileSync('sqlite3', [file, sql], { encoding: 'utf8' });
}

// The database file of the data directory that has all these tables.
export function databaseWith(directory, ...tables) {
  const list = tables.map((table) => `'${table}'`).join();
  const sql = `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN (${list});`;
  for (const name of readdirSync(directory).filter((each) => /\.(db|sqlite3?)$/.test(each))) {
    const file = join(directory, name);
    if (Number(sqlite(file, sql)) === tables.length) return file;
  }
  throw new Error(`no database with the tables ${list} in ${directory}`);
}

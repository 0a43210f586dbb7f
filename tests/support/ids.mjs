// The two written forms of one id: the bare UUID of the naive dialect, and prefix_ plus 22 base62
// characters of the cartesia dialect (zero-padded, digits 0-9A-Za-z, most significant first).
import assert from 'node:assert/strict';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export function uuidOf(wireId) {
  const text = wireId.slice(wireId.lastIndexOf('_') + 1);
  assert.match(text, /^[0-9A-Za-z]{22}$/, `${wireId} is not a prefixed id`);
  let value = 0n;
  for (const character of text) value = value * 62n + BigInt(digits.indexOf(character));
  const hex = value.toString(16).padStart(32, '0');
  assert.equal(hex.length, 32, `${wireId} does not fit a UUID`);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
    .join('-');
}

export function wireIdOf(prefix, uuid) {
  let value = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let text = '';
  for (let i = 0; i < 22; ++i) {
    text = digits[Number(value % 62n)] + text;
    value /= 62n;
  }
  return `${prefix}_${text}`;
}

// A well-formed id that names nothing: version 7, a time far in the past.
export const unknownUuid = '00000000-0001-7000-8000-000000000000';
export const unknownNumberId = wireIdOf('pn', unknownUuid);
export const unknownAgentId = wireIdOf('agent', unknownUuid);

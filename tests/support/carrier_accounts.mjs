// What tests with accounts at an emulated carrier share: credentials as a file, the carrier's own
// view of a number, and numbers that were there before us.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshDirectory } from './server.mjs';

// "name=value" lines in a file that only this test knows.
export function credentialFile(credentials) {
  const file = join(freshDirectory(), 'credentials');
  writeFileSync(file,
    `# made by a test\n${Object.entries(credentials).map((pair) => pair.join('=')).join('\n')}\n`);
  return file;
}

export const oldRouting = {
  voice_url: 'https://old.example/voice?secret=1', text_url: 'https://old.example/texts',
};

// An emulated account, as its owner sees it.
export async function ownAccount(emulator) {
  const { credentials } = await emulator.state();
  const { account_sid: sid, auth_token: token, api_key_sid: key,
    api_key_secret: secret } = credentials;
  const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`;
  return {
    sid, token, key, secret,
    // The number as the carrier has it, or undefined.
    async number(e164) {
      const answer = await fetch(`${emulator.origin}/2010-04-01/Accounts/${sid}/` +
        `IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(e164)}`,
      { headers: { authorization } });
      assert.equal(answer.status, 200);
      return (await answer.json()).incoming_phone_numbers[0];
    },
    // A number that was there before us.
    async own(e164, routing = oldRouting) {
      await emulator.control('POST', 'numbers', { e164, mark: 'Front desk', ...routing });
      return e164;
    },
  };
}

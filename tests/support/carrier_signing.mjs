// Webhooks as the carriers post them, signed by their own packages where those sign, and judged by
// those packages. A request here is {path, headers, body, url}: `url` is the address that was
// signed, which only Twilio covers.
import { createHmac, sign as signBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import Surge from '@surgeapi/node';
import { Webhook } from 'standardwebhooks';
import Telnyx from 'telnyx';

const require = createRequire(import.meta.url);
const twilio = require('twilio');

export const formType = 'application/x-www-form-urlencoded';
export const secondsNow = () => Math.floor(Date.now() / 1000);

// Fields that repeat become lists, as web frameworks hand them to the package.
export function formOf(text) {
  const fields = {};
  for (const [name, value] of new URLSearchParams(text)) {
    fields[name] = Object.hasOwn(fields, name) ? [].concat(fields[name], value) : value;
  }
  return fields;
}

// The package's function is the only one that makes these.
export function signedByTwilio(token, origin, path, body, { url = origin + path } = {}) {
  return { path, url: origin + path, body, headers: { 'content-type': formType,
    'x-twilio-signature': twilio.getExpectedTwilioSignature(token, url, formOf(body)) } };
}

// A body that is no form is covered by its hash in the address.
export function hashSignedByTwilio(token, origin, plainPath, body) {
  const path = `${plainPath}?bodySHA256=${twilio.getExpectedBodyHash(body)}`;
  return { path, url: origin + path, body, headers: { 'content-type': 'application/json',
    'x-twilio-signature': twilio.getExpectedTwilioSignature(token, origin + path, {}) } };
}

export function twilioBelieves(token, { url, headers, body }) {
  const signature = headers['x-twilio-signature'];
  if (!headers['content-type']?.startsWith(formType)) {
    return twilio.validateRequestWithBody(token, signature, url, body);
  }
  return twilio.validateRequest(token, signature, url, formOf(body));
}

// Telnyx's package only verifies: signed with a key of the test's own, as it expects.
export function signedAsTelnyx(privateKey, path, body, { type = 'application/json',
  seconds = secondsNow(), signs = `${seconds}|${body}` } = {}) {
  return { path, body, headers: { 'content-type': type, 'telnyx-timestamp': String(seconds),
    'telnyx-signature-ed25519': signBytes(null, Buffer.from(signs), privateKey)
      .toString('base64') } };
}

// The 32 bytes that Telnyx shows in its portal.
export function telnyxPublicKey(publicKey) {
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
}

export function telnyxBelieves(publicKey, { headers, body }) {
  const client = new Telnyx({ apiKey: 'KEY_test', publicKey });
  // What is not JSON (voice forms) fails to parse only once the signature was found good.
  return client.webhooks.unwrap(body, { headers }).then(() => true,
    (failure) => failure instanceof SyntaxError);
}

// Surge's package verifies with the reference package of Standard Webhooks, which also signs.
export function signedBySurge(secret, path, body,
  { id = 'evt_test', seconds = secondsNow() } = {}) {
  return { path, body, headers: { 'content-type': 'application/json', 'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': new Webhook(secret).sign(id, new Date(seconds * 1000), body) } };
}

export function surgeBelieves(secret, { headers, body }) {
  const client = new Surge({ apiKey: 'sk_live_test', webhookSigningSecret: secret });
  try {
    client.webhooks.unwrap(body, { headers });
    return true;
  } catch {
    return false;
  }
}

// The header Surge documents beside it; no package of theirs reads it.
export function signedAsOldSurge(secret, path, body, { seconds = secondsNow() } = {}) {
  const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return { path, body, headers: { 'content-type': 'application/json',
    'surge-signature': `t=${seconds},v1=${hex}` } };
}

export function oldSurgeBelieves(secret, { headers, body }) {
  const found = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['surge-signature'] ?? '');
  if (!found || Math.abs(secondsNow() - Number(found[1])) > 300) return false;
  return createHmac('sha256', secret).update(`${found[1]}.${body}`).digest('hex') === found[2];
}

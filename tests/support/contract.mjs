// contract/openapi.yaml and contract/errors.yaml as judges: which operation a request is, and
// whether an answer is one the contract allows. Knows nothing about running servers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const folder = new URL('../../contract/', import.meta.url);
export const openapi = parse(readFileSync(new URL('openapi.yaml', folder), 'utf8'));
export const errors = parse(readFileSync(new URL('errors.yaml', folder), 'utf8'));

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const textVersions = ['2024-06-10', '2024-11-13', '2025-04-16'];

const ajv = new Ajv.default({ strict: true, strictTypes: false, strictRequired: false,
  allowUnionTypes: true, allErrors: true });
addFormats.default(ajv);
ajv.addVocabulary(['openapi', 'info', 'servers', 'security', 'tags', 'paths', 'components']);
ajv.addSchema(openapi, 'contract');

// A JSON pointer into the contract, followed through one $ref at its end.
function resolve(pointer) {
  let node = openapi;
  for (const part of pointer) node = node[part];
  if (node !== undefined && node.$ref !== undefined && Object.keys(node).length === 1) {
    return resolve(node.$ref.slice(2).split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')));
  }
  return { node, pointer };
}

const validators = new Map();
function validatorAt(pointer) {
  const fragment = pointer
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  if (!validators.has(fragment)) {
    validators.set(fragment, ajv.compile({ $ref: `contract#/${fragment}` }));
  }
  return validators.get(fragment);
}

function readOperations() {
  const found = [];
  for (const path of Object.keys(openapi.paths)) {
    const item = resolve(['paths', path]);
    for (const method of methods) {
      if (!item.node[method]) continue;
      const operation = item.node[method];
      const parameters = [...(item.node.parameters ?? []), ...(operation.parameters ?? [])]
        .map((parameter) => parameter.$ref
          ? resolve(parameter.$ref.slice(2).split('/')).node : parameter);
      const names = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
      // The user's mount shares its path items with the company's and adds one parameter.
      for (const name of names) {
        if (!parameters.some((parameter) => parameter.in === 'path' && parameter.name === name)) {
          assert.equal(name, 'user_id', `${path} does not declare ${name}`);
          parameters.push({ name, in: 'path', required: true, schema: { type: 'string' } });
        }
      }
      found.push({
        method: method.toUpperCase(), path, operation, parameters,
        pointer: [...item.pointer, method],
        role: operation['x-dialplane-role'],
        dialect: operation['x-dialplane-dialect'],
        body: operation.requestBody
          ? resolveSchema(operation.requestBody.content['application/json'].schema) : undefined,
      });
    }
  }
  return found;
}

export function resolveSchema(schema) {
  return schema?.$ref ? resolveSchema(resolve(schema.$ref.slice(2).split('/')).node) : schema;
}

export const operations = readOperations();

// The template of a path: literal segments win over parameters, from the left.
export function templateOf(path) {
  const wanted = path.split('/');
  const fitting = Object.keys(openapi.paths).filter((template) => {
    const parts = template.split('/');
    return parts.length === wanted.length && parts.every((part, i) =>
      part === wanted[i] || (part.startsWith('{') && wanted[i] !== ''));
  });
  fitting.sort((a, b) => {
    const left = a.split('/');
    const right = b.split('/');
    for (let i = 0; i < left.length; ++i) {
      const difference = Number(left[i].startsWith('{')) - Number(right[i].startsWith('{'));
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return fitting[0];
}

export function operationOf(method, path) {
  const template = templateOf(path);
  return operations.find((o) => o.path === template && o.method === method);
}

export function methodsOf(template) {
  return operations.filter((o) => o.path === template).map((o) => o.method);
}

export function dialectOfPath(path) {
  if (path === '/' || /^(\/v1)?\/agents(\/|$)/.test(path) || path === '/access-token') {
    return 'cartesia';
  }
  if (path === '/mcp' || path.startsWith('/.well-known/oauth-protected-resource')) return 'mcp';
  return 'naive';
}

// The path of an operation with its parameters filled from `values`.
export function fillPath(template, values) {
  return template.replaceAll(/\{([^}]+)\}/g, (_, name) => {
    assert.ok(values[name] !== undefined, `no value for ${name} of ${template}`);
    return encodeURIComponent(values[name]);
  });
}

function explain(validate) {
  return validate.errors.map((e) => `${e.instancePath || '/'} ${e.message} ` +
    JSON.stringify(e.params)).join('; ');
}

function contentTypeOf(headers) {
  return (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
}

function checkBody(place, content, pointer, answer) {
  if (content === undefined) {
    assert.equal(answer.text, '', `${place}: the contract has no body here`);
    assert.equal(answer.headers['content-type'], undefined, `${place}: no body, no content type`);
    return;
  }
  const type = contentTypeOf(answer.headers);
  assert.ok(content[type], `${place}: content type "${type}" is not in the contract`);
  const validate = validatorAt([...pointer, 'content', type, 'schema']);
  const value = type === 'application/json' ? answer.body : answer.text;
  assert.notEqual(value, undefined, `${place}: not JSON: ${answer.text.slice(0, 300)}`);
  assert.ok(validate(value), `${place}: ${validate.errors ? explain(validate) : ''}\n` +
    answer.text.slice(0, 2000));
}

// The row of errors.yaml an error body is, or an assertion.
function checkError(place, dialect, answer) {
  if (contentTypeOf(answer.headers) === 'text/plain') {
    const title = answer.text.slice(0, answer.text.indexOf(': '));
    assert.ok(errors.some((row) => row.cartesia.status === answer.status &&
      row.cartesia.title === title), `${place}: no such title in errors.yaml: ${answer.text}`);
    return;
  }
  // A protocol's own error has no row: only what the edge refuses says whose words it has.
  if (dialect === 'mcp' && answer.body.error.data?.code === undefined) return;
  const fits = dialect === 'mcp'
    ? (row) => row.naive.status === answer.status &&
        row.naive.code === answer.body.error.data.code &&
        row.naive.reason === answer.body.error.data.reason
    : dialect === 'cartesia'
    ? (row) => row.cartesia.status === answer.status &&
        row.cartesia.error_code === answer.body.error_code &&
        row.cartesia.title === answer.body.title
    : (row) => row.naive.status === answer.status &&
        row.naive.code === answer.body.error.code &&
        row.naive.reason === answer.body.error.reason;
  const rows = errors.filter(fits);
  assert.ok(rows.length > 0, `${place}: no row of errors.yaml is ${answer.text}`);
  if (dialect === 'cartesia') {
    // A replayed answer is the first one byte for byte, with the first one's request id.
    if (answer.headers['idempotent-replayed'] !== 'true') {
      assert.equal(answer.body.request_id, answer.headers['x-request-id'],
        `${place}: request_id is not the header's`);
    }
  } else if (dialect === 'naive' && answer.body.error.block_reason !== undefined) {
    assert.equal(answer.body.error.block_reason, answer.body.error.reason, place);
  }
  const final = rows.every((row) => ['never', 'after_change'].includes(row.retry));
  if (final) {
    assert.equal(answer.headers['x-should-retry'], 'false',
      `${place}: a definite refusal must stop SDK retries`);
  } else if (answer.status === 429) {
    assert.notEqual(answer.headers['x-should-retry'], 'false', place);
  }
  if (answer.status === 429) {
    assert.match(answer.headers['retry-after'] ?? '', /^[1-9][0-9]*$/,
      `${place}: 429 needs Retry-After in seconds`);
  }
}

// Throws unless the contract allows `answer` ({status, headers, text, body}) to this request.
export function checkAnswer({ method, path, version, answer }) {
  const place = `${method} ${path} -> ${answer.status}`;
  assert.match(answer.headers['x-request-id'] ?? '',
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    `${place}: X-Request-Id is missing or no UUID`);
  const template = templateOf(path);
  const operation = operationOf(method, path);
  const dialect = operation && operation.dialect !== 'plain' ? operation.dialect
    : dialectOfPath(path);
  const fallback = { cartesia: 'cartesia_error', mcp: 'rpc_error' }[dialect] ?? 'naive_error';
  if (!operation) {
    const allowed = [...openapi.components.responses[fallback]['x-dialplane-statuses'],
      template ? 405 : 404];
    assert.ok(allowed.includes(answer.status), `${place}: not a route of the contract`);
    checkBody(place, openapi.components.responses[fallback].content,
      ['components', 'responses', fallback], answer);
    checkError(place, dialect, answer);
    return;
  }
  const own = resolve([...operation.pointer, 'responses', String(answer.status)]);
  let response = own;
  if (own.node === undefined) {
    response = resolve([...operation.pointer, 'responses', 'default']);
    assert.ok(response.node?.['x-dialplane-statuses'].includes(answer.status),
      `${place}: this status is not in the contract: ${answer.text.slice(0, 500)}`);
  }
  checkBody(place, response.node.content, response.pointer, answer);
  for (const [name, header] of Object.entries(response.node.headers ?? {})) {
    if (!header.required) continue;
    const value = answer.headers[name.toLowerCase()];
    assert.match(value ?? '', new RegExp(header.schema.pattern), `${place}: header ${name}`);
  }
  if (answer.status >= 400 && response.pointer.at(-1) !== 'unhealthy') {
    checkError(place, dialect, answer);
    if (dialect === 'cartesia') {
      const expectText = textVersions.includes(version);
      assert.equal(contentTypeOf(answer.headers) === 'text/plain', expectText,
        `${place}: errors are text before 2026-03-01 and JSON from then on`);
    }
  }
}

// Whether a value fits a named schema of the contract; for tests of their own data.
export function fitsSchema(name, value) {
  return validatorAt(['components', 'schemas', name])(value);
}

// What is wrong with `value` as the body of a good answer to an operation; undefined: nothing.
export function resultComplaint(operation, value) {
  const complaints = [];
  for (const status of Object.keys(operation.operation.responses)) {
    if (!status.startsWith('2')) continue;
    const { node, pointer } = resolve([...operation.pointer, 'responses', status]);
    const content = node.content?.['application/json'];
    if (content === undefined) {
      if (value === null) return undefined;
      continue;
    }
    const validate = validatorAt([...pointer, 'content', 'application/json', 'schema']);
    if (validate(value)) return undefined;
    complaints.push(`${status}: ${explain(validate)}`);
  }
  return complaints.join('\n') || 'no good answer is in the contract';
}

// What the Node checks share: a line for each check, the sandbox's control, a webhook receiver.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

export const SANDBOX = process.env.INTEROP_SANDBOX;
const VAR = process.env.INTEROP_VAR;
const QUERIES = process.env.INTEROP_QUERIES;

export const TIKTOK = { appKey: 'sandbox', appSecret: 'sandbox-tiktok-secret' };
export const US = {
  id: '7495000000000000001',
  cipher: 'TTP_sandboxUsCipher01',
  token: 'TTP_sandbox-us-access',
};
export const STORE = 'demo-us.myshopify.com';
export const STORE_TOKEN = 'shpat_sandbox-us';
export const SHOPIFY = { apiKey: 'sandbox', apiSecretKey: 'shpss_sandbox' };
export const VERSION = '2026-10';

// The fetch that is there before a client's is put in its place.
const plainFetch = globalThis.fetch;

// One named check: `work` gives what was seen, and a failure ends this check alone.
export async function check(client, call, work) {
  const row = { client, call, result: 'ok', passed: true };
  try {
    row.result = (await work()) ?? 'ok';
  } catch (error) {
    console.error(error);
    row.result = `${error.name}: ${error.message}`;
    row.passed = false;
  }
  appendFileSync(`${VAR}/results.jsonl`, `${JSON.stringify(row)}\n`);
}

// Fails unless both are the same, and shows both.
export function equal(found, wanted) {
  if (!isDeepStrictEqual(found, wanted)) {
    throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
  }
}

// The error that the work ends with; a success is the failure.
export async function refused(work) {
  let found;
  try {
    found = await work();
  } catch (error) {
    return error;
  }
  throw new Error(`not refused, but answered with ${JSON.stringify(found)}`);
}

// One call of the sandbox's control interface.
export async function control(method, path, body) {
  const answer = await plainFetch(`${SANDBOX}/sandbox/api/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined,
  });
  if (!answer.ok) throw new Error(`control ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// A fetch that asks the sandbox; which store or host was meant goes along in a header.
export async function toSandbox(input, init = {}) {
  const url = new URL(String(input));
  const headers = new Headers(init.headers);
  headers.set('X-Forwarded-Host', url.host);
  return plainFetch(SANDBOX + url.pathname + url.search, { ...init, headers });
}

// The query parameters with which the sandbox sends a browser back to the app.
export async function redirectOf(path) {
  const answer = await plainFetch(SANDBOX + path, { redirect: 'manual' });
  return new URL(answer.headers.get('location'));
}

// One of the application's own GraphQL documents.
export const document = (name) => readFileSync(`${QUERIES}/${name}.graphql`, 'utf8');

// What another part of the run left behind, and leaving something for one.
export const read = (name) => JSON.parse(readFileSync(`${VAR}/${name}.json`, 'utf8'));
export const leave = (name, value) =>
  writeFileSync(`${VAR}/${name}.json`, JSON.stringify(value), 'utf8');

// A server on a free port of this machine; `answer` is a function of request and response.
export async function serve(answer) {
  const server = createServer(answer);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  return { server, host: `127.0.0.1:${server.address().port}` };
}

// A webhook receiver that answers 200 and remembers what came.
export async function receive() {
  const hooks = [];
  const { host } = await serve((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      hooks.push({ request, raw: Buffer.concat(pieces).toString('utf8') });
      response.end();
    });
  });
  return { hooks, url: `http://${host}/hook` };
}

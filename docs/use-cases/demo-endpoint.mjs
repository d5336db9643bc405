// What the use cases share: makes a process an endpoint of the Fleethook that `npm start` runs on this machine. In production a webhook is
// created once, and its secret configured; here every start makes a new one, and Ctrl-C removes it.
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import path from 'node:path';
import { nodeHandler, WebhookReceiver } from '@fleethook/signing';

const DATA_DIR = process.env.FLEETHOOK_DATA_DIR ?? '.fleethook';

/** Where a use case keeps what outlives it. @returns the path of a file in the data folder */
export function stateFile(...names) {
  const file = path.join(DATA_DIR, 'use-cases', ...names);
  mkdirSync(path.dirname(file), { recursive: true });
  return file;
}

export const say = (sentence) => process.stdout.write(`${sentence}\n`);

/**
 * Serves HTTPS on a free port of this machine, with the certificate that the demo's authority vouches for (Fleethook trusts it already),
 * and creates the webhook.
 * @param options.name of the use case; what an earlier start has left under it is removed
 * @param options.events what it subscribes to
 * @param options.webhook further settings of the webhook
 * @param options.onEvent, options.seenEvents as for `WebhookReceiver`
 */
export async function receive({ name, events, webhook: settings = {}, ...options }) {
  const facts = read('standalone.json', 'Fleethook does not run here: `npm start` in another terminal');
  const demo = read(
    'demo.json',
    'Fleethook runs without its demo, whose certificate is used here: `npm start` without --no-demo',
  );
  const secrets = [];
  const onError = (error) => say(`${error.message}${error.cause === undefined ? '' : ` (${error.cause.message})`}`);
  const receiver = new WebhookReceiver({ secrets: () => secrets, onError, ...options });
  const server = createServer({ key: demo.key, cert: demo.certificate }, nodeHandler(receiver));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

  const call = async (method, route, body) => {
    const headers = { authorization: `Token ${facts.apiKey}`, ...(body && { 'content-type': 'application/json' }) };
    const reply = await fetch(`${facts.apiUrl}${route}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${route} answered ${reply.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const description = `Use case: ${name}`;
  const search = new URLSearchParams({ search: `description:'${description}'` });
  for (const { prn } of (await call('GET', `/webhooks?${search}`)).webhooks) await call('DELETE', `/webhooks/${prn}`);
  const url = `https://localhost:${server.address().port}/`;
  const { webhook } = await call('POST', '/webhooks', { url, description, enabled_events: events, ...settings });
  secrets.push(webhook.secret);
  say(`${name} receives ${events.join(', ')}; Ctrl-C ends it.`);

  const end = async () => {
    try {
      await call('DELETE', `/webhooks/${webhook.prn}`);
    } finally {
      process.exit();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
}

function read(file, otherwise) {
  try {
    return JSON.parse(readFileSync(path.join(DATA_DIR, file), 'utf8'));
  } catch {
    say(otherwise);
    return process.exit(1);
  }
}

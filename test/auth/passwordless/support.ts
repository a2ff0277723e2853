import { storedIn } from '../../../packages/tenant/test/support/stored.ts';
import { type Answer, type Browser, createBrowser, noBrowser } from '../../support/browser.ts';
import type { World } from '../../support/world.ts';

let addresses = 0;

/** An address of this test only. */
export const newEmail = (): string => `mail-${++addresses}@example.com`;
export const newPhone = (): string => `+1555${String(1_000_000 + ++addresses)}`;

/** The messages of the tenant to an address, oldest first. */
export const sentTo = ({ tenant }: World, to: string) => storedIn(tenant).mails.find('to', to.toLowerCase());

/** The latest sent code. */
export function codeOf(world: World, to: string): string {
  const code = sentTo(world, to).at(-1)?.code;
  if (code === undefined) throw new Error(`no code was sent to ${to}`);
  return code;
}

/** The latest sent link. */
export function linkOf(world: World, to: string): string {
  const link = sentTo(world, to).at(-1)?.link;
  if (link === undefined) throw new Error(`no link was sent to ${to}`);
  return link;
}

type Headers = Readonly<Record<string, string | undefined>>;

export const start = (at: Browser | string, body: object, headers: Headers = {}): Promise<Answer> =>
  send(at, '/v1/auth/passwordless/start', body, headers);

export const verify = (at: Browser | string, body: object, headers: Headers = {}): Promise<Answer> =>
  send(at, '/v1/auth/passwordless/verify', body, headers);

/** Sends as an own page in a browser, or as a caller other than a browser. */
function send(at: Browser | string, path: string, body: object, headers: Headers): Promise<Answer> {
  if (typeof at !== 'string') return at.send('POST', path, { body, headers });
  return createBrowser(at).send('POST', path, { body, headers: { ...noBrowser, ...headers } });
}

/** Changes a connection of the tenant. */
export function setConnectionOptions({ tenant }: World, name: string, options: object): void {
  const { connections } = storedIn(tenant);
  const [connection] = connections.find('name', name);
  if (!connection) throw new Error(`no connection ${name}`);
  connections.put({ ...connection, options: { ...connection.options, ...options } });
}

/** Blocks the user with this address at the tenant. */
export function block({ tenant }: World, email: string): void {
  const { users } = storedIn(tenant);
  for (const user of users.list()) if (user.email === email) users.put({ ...user, blocked: true });
}

/** The parts of a response that must not differ between addresses. */
export const shapeOf = ({ status, headers, body }: Answer) => ({
  status,
  body: body.request_id === undefined ? body : { ...body, request_id: '' },
  headers: [...headers].filter(([name]) => !['date', 'x-request-id', 'ratelimit'].includes(name)),
});

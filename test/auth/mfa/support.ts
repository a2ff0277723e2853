import { contextOf } from '../../../packages/tenant/test/support/context-of.ts';
import { makeMfaToken as makeToken } from '../../../packages/tenant/test/support/mfa-token.ts';
import { type Answer, createBrowser } from '../../support/browser.ts';
import { writeSeedFile } from '../../support/seed-file.ts';
import { startWorld, type World } from '../../support/world.ts';

export const password = 'Correct-Horse-9';
export const totpSecret = 'JBSWY3DPEHPK3PXP';
export const recoveryCode = 'M67LWV6ZJGNDUGH43BADW46N';
export const phone = '+15550100300';

/** Every factor that a seeded user can have. */
export const allFactors = { totp_secret: totpSecret, phone_number: phone, recovery_code: recoveryCode };

/** A gateway and tenant that requires a second factor of every user, unless its policy says otherwise. */
export function startMfaWorld(
  env: Readonly<Record<string, string>> = {},
  guardian: object = { policies: ['all-applications'] },
): Promise<World> {
  return startWorld({ RATE_LIMIT_ENABLED: 'false', ...env }, writeSeedFile({ guardian }));
}

export interface Person {
  readonly email: string;
  readonly password: string;
  /** The user's id at the tenant. */
  readonly id: string;
}

let people = 0;

async function control({ tenant }: World, method: string, at: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${tenant.origin}/_tenant${at}`, {
    method,
    ...(body !== undefined && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  if (!response.ok) throw new Error(`${at}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** A user of this test only, with these factors. */
export async function addPerson(world: World, mfa?: object, more: object = {}): Promise<Person> {
  const name = `person-${++people}`;
  const email = `${name}@example.com`;
  const user = { user_id: name, email, password, ...(mfa && { mfa }), ...more };
  await control(world, 'POST', '/seed', { seed: { text: JSON.stringify({ users: [user] }) } });
  return { email, password, id: `auth0|${name}` };
}

/** The current code of the user's app, of a time step without a used code. */
export async function nextTotp(world: World, { email }: Person): Promise<string> {
  world.clock.offsetS += 60;
  const shown = (await control(world, 'GET', `/totp?user=${email}`)) as { readonly code: string }[];
  const code = shown.at(-1)?.code;
  if (code === undefined) throw new Error(`${email} has no app`);
  return code;
}

/** A different code of six digits. */
export const otherThan = (code: string): string => (code === '000000' ? '111111' : '000000');

/** The latest sent code. */
export async function lastCode(world: World, to: string): Promise<string> {
  const query = new URLSearchParams({ to }).toString();
  const messages = (await control(world, 'GET', `/inbox?${query}`)) as { readonly code?: string }[];
  const code = messages.at(-1)?.code;
  if (code === undefined) throw new Error(`nothing was sent to ${to}`);
  return code;
}

/** Answers the pending push as the user. */
export const answerPush = (world: World, { id }: Person, action: 'accept' | 'deny'): Promise<unknown> =>
  control(world, 'POST', `/users/${encodeURIComponent(id)}/push`, { action });

export const setFaults = (world: World, faults: readonly object[]): Promise<unknown> =>
  control(world, 'PUT', '/faults', faults);

/** A valid `mfa_token` of the tenant, for injected responses. */
export const makeMfaToken = (world: World, { id }: Person): string =>
  makeToken(world.tenant, {
    user_id: id,
    client_id: world.link.clientId,
    connection: 'Username-Password-Authentication',
    audience: 'urn:worldmappers',
    scope: ['openid', 'email', 'offline_access', 'geocode:location'],
    gty: 'password',
  });

/** The `sid` of the user's session at the tenant. */
export const findTenantSid = ({ tenant }: World, { id }: Person): string | undefined =>
  contextOf(tenant).state.browserSessions.find('user_id', id)[0]?.sid;

/** A request of a caller that is not a browser: it asks for tokens. */
export function createCaller(url: string) {
  const send = async (method: string, at: string, body?: object, headers?: Record<string, string>) =>
    createBrowser(url).send(method, at, {
      ...(body && { body }),
      headers: { 'X-CSRF': undefined, 'Sec-Fetch-Site': undefined, ...headers },
    });
  const signIn = (person: Person, more: object = {}): Promise<Answer> =>
    send('POST', '/v1/auth/signin', { email: person.email, password: person.password, ...more });
  return {
    send,
    signIn,
    /** The handle of a sign-in that needs its second factor. */
    async begin(person: Person, more: object = {}): Promise<string> {
      const { status, body } = await signIn(person, more);
      if (body.code !== 'mfa_required') throw new Error(`${status} ${JSON.stringify(body)}`);
      return body.mfa_handle as string;
    },
    authenticators: (handle: string) =>
      send('GET', '/v1/auth/mfa/authenticators', undefined, { 'X-MFA-Handle': handle }),
    associate: (mfa_handle: string, body: object) =>
      send('POST', '/v1/auth/mfa/associate', { mfa_handle, ...body }),
    challenge: (mfa_handle: string, body: object) =>
      send('POST', '/v1/auth/mfa/challenge', { mfa_handle, ...body }),
    verify: (mfa_handle: string, body: object) =>
      send('POST', '/v1/auth/mfa/verify', { mfa_handle, ...body }),
  };
}

import type { ClientCredentials, NamedCredentials } from './clients/credentials.ts';
import type { InboxMessage } from './control/control-rows.ts';
import type { Fault } from './control/fault.ts';
import type { Cookie } from './control/to-cookies.ts';
import { readSeedText, type SeedSource } from './seed/read-seed.ts';
import type { TokenReply } from './tokens/token-reply.ts';

/** The results of `signInAs`. */
export interface SignInAnswers {
  /** The response of the token endpoint. */
  readonly tokens: TokenReply;
  /** A code for the client's first callback; `code_verifier` if the client is public. */
  readonly code: { readonly code: string; readonly redirect_uri: string; readonly code_verifier?: string };
  /** The tenant's session cookies, in the format of Playwright's storage state. */
  readonly cookies: { readonly cookies: readonly Cookie[] };
}

export interface SignInOptions<A extends keyof SignInAnswers> {
  /** Id or name of the client; optional for `cookies`. */
  readonly client?: string;
  /** Identifier of an API. Default: that of the tenant; without one, the access token is opaque. */
  readonly audience?: string;
  /** Default: `openid profile email`. */
  readonly scope?: string;
  /** Id or name. */
  readonly organization?: string;
  /** Default: `tokens`. */
  readonly answer?: A;
}

/** A fault to inject; see `PUT /_tenant/faults`. */
export type FaultInput = Omit<Fault, 'times'> & { readonly times?: number };

/** A client's credentials, in the naming of Auth0's SDKs. */
export interface TenantClient {
  readonly clientId: string;
  /** Undefined if the client is public or authenticates with a key. */
  readonly clientSecret: string | undefined;
}

/** A tenant, for tests. */
export interface TenantHandle {
  /** `https://localhost:<port>/` */
  readonly issuer: string;
  /** `http://localhost:<port>`, for browsers and for calls without a certificate. */
  readonly url: string;
  readonly port: number;
  /** The CA certificate of its certificate, for https clients. */
  readonly caPem: string;
  /** A client, by its id or name. Throws if there is none. */
  client(name: string): TenantClient;
  /** Signs a user in without a password: id with or without provider, email address, user name or phone number. */
  signInAs<A extends keyof SignInAnswers = 'tokens'>(
    user: string,
    options: SignInOptions<A>,
  ): Promise<SignInAnswers[A]>;
  /** The mails and text messages, oldest first; `to` selects one recipient. */
  inbox(to?: string): Promise<readonly InboxMessage[]>;
  readonly clock: {
    /** Moves the tenant's time forward. */
    advance(seconds: number): Promise<void>;
  };
  readonly faults: {
    /** Replaces all faults; `[]` removes them. */
    set(faults: readonly FaultInput[]): Promise<void>;
  };
  /** Applies a seed file, or its content, on top of the data. */
  seed(source: SeedSource): Promise<void>;
  /** Resets the tenant to its seeds, removes faults and sets the clock to the machine's time. */
  reset(): Promise<void>;
}

/** The address of a running tenant. */
export interface TenantAddress {
  /** Its http or https URL. */
  readonly url: string;
  /** The control token, if this program is not on the tenant's loopback interface. */
  readonly controlToken?: string | undefined;
}

interface About {
  readonly issuer: string;
  readonly url: string;
  readonly ca_pem: string;
}

/** Connects to a running tenant by its control API. Throws if there is none at this address. */
export async function connectTenant(address: TenantAddress): Promise<TenantHandle> {
  const call = createCall(address);
  const readClients = (): Promise<readonly NamedCredentials[]> => call('GET', '/credentials');
  const [about, first] = await Promise.all([call<About>('GET', '/about'), readClients()]);
  let clients = first;
  const { port, protocol } = new URL(address.url);
  const handle = createHandle(call, {
    issuer: about.issuer,
    url: about.url,
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    caPem: about.ca_pem,
    credentials: (name) =>
      clients.find(({ client_id }) => client_id === name || client_id === `tpc_${name}`) ??
      clients.find((client) => client.name === name),
  });
  return {
    ...handle,
    async seed(source) {
      await handle.seed(source);
      clients = await readClients();
    },
    async reset() {
      await handle.reset();
      clients = await readClients();
    },
  };
}

type Call = <T>(method: string, path: string, body?: object) => Promise<T>;

/** Creates a function that calls the control API and throws an error with its message. */
export function createCall({ url, controlToken }: TenantAddress): Call {
  return async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(new URL(`/_tenant${path}`, url), {
      method,
      headers: {
        ...(controlToken !== undefined && { authorization: `Bearer ${controlToken}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(toMessage(`${method} /_tenant${path}`, response.status, text));
    // The control API of this package defines the responses.
    return JSON.parse(text) as T;
  };
}

interface HandleFacts extends Pick<TenantHandle, 'issuer' | 'url' | 'port' | 'caPem'> {
  /** By the client's id or name; undefined if there is none. */
  readonly credentials: (name: string) => ClientCredentials | undefined;
}

/** The handle of a tenant that `call` reaches. */
export function createHandle(call: Call, { credentials, ...facts }: HandleFacts): TenantHandle {
  return {
    ...facts,
    client(name) {
      const found = credentials(name);
      if (!found) throw new Error(`The tenant has no client ${JSON.stringify(name)}.`);
      return { clientId: found.client_id, clientSecret: found.client_secret };
    },
    signInAs: (user, { client, ...options }) =>
      call('POST', '/sign-in', { user, ...(client !== undefined && { client_id: client }), ...options }),
    inbox: (to) =>
      call('GET', to === undefined ? '/inbox' : `/inbox?${new URLSearchParams({ to }).toString()}`),
    clock: {
      advance: async (seconds) => void (await call('POST', '/clock', { offset_s: seconds })),
    },
    faults: { set: async (faults) => void (await call('PUT', '/faults', faults)) },
    seed: async (source) => void (await call('POST', '/seed', { seed: await readSeedText(source) })),
    reset: async () => void (await call('POST', '/reset', { tools: true })),
  };
}

function toMessage(what: string, status: number, text: string): string {
  let message = text;
  try {
    ({ message = text } = JSON.parse(text) as { readonly message?: string });
  } catch {
    // Not a response of the control API: the text is the message.
  }
  return `${what} failed with status ${status}: ${message}`;
}

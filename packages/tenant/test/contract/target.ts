import { setTimeout as wait } from 'node:timers/promises';
import type { Control } from './control.ts';
import type { SettingName, Settings } from './settings.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of the body; an empty object if it is not a JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
}

const clientPrefixes = {
  app: '',
  machine: 'MACHINE_',
  management: 'MANAGEMENT_',
  other: 'OTHER_',
  third: 'THIRD_PARTY_',
  mfa: 'MFA_',
} as const;

/** The client that sends the request. */
export type ClientRole = keyof typeof clientPrefixes;

/** The tenant under test, by its domain and over TLS. */
export interface Target {
  /** `https://<domain>/` */
  readonly issuer: string;
  /** Only for the embedded tenant. */
  readonly control: Control | undefined;
  /** Throws if the tenant does not have it: rows declare what they need. */
  setting(name: SettingName): string;
  client(role: ClientRole): { readonly client_id: string; readonly client_secret: string };
  /** The tenant's time. */
  nowMs(): number;
  /** Lets time pass: moves the clock if possible, otherwise waits. */
  pass(seconds: number): Promise<void>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends JSON. */
  patch(path: string, body: object, headers?: Record<string, string>): Promise<Answer>;
  /** Sends JSON; a `URLSearchParams` is sent as a form. */
  post(path: string, body: object, headers?: Record<string, string>): Promise<Answer>;
  /** POST /oauth/token as a form, with that client's id and secret. */
  token(role: ClientRole, parameters: Parameters, headers?: Record<string, string>): Promise<Answer>;
}

export type Parameters = Readonly<Record<string, string | undefined>>;

export interface TargetOptions {
  readonly settings: Settings;
  readonly control?: Control;
  /** Default: the machine's time. */
  readonly nowMs?: () => number;
}

/** The tenant of these settings. */
export function createTarget({ settings, control, nowMs = Date.now }: TargetOptions): Target {
  const setting = (name: SettingName): string => {
    const value = settings[name];
    if (value === undefined) throw new Error(`the row does not say that it needs ${name}`);
    return value;
  };
  const issuer = `https://${setting('DOMAIN')}/`;
  const client: Target['client'] = (role) => ({
    client_id: setting(`${clientPrefixes[role]}CLIENT_ID`),
    client_secret: setting(`${clientPrefixes[role]}CLIENT_SECRET`),
  });
  async function call(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(new URL(path, issuer), { redirect: 'manual', ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: toObject(text) };
  }
  const send = (method: string, path: string, body: object, headers: Record<string, string> = {}) =>
    call(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const post: Target['post'] = (path, body, headers = {}) =>
    body instanceof URLSearchParams
      ? call(path, { method: 'POST', headers, body })
      : send('POST', path, body, headers);
  return {
    issuer,
    control,
    setting,
    client,
    nowMs,
    pass: (seconds) => (control ? control.clock.travel(seconds) : wait(seconds * 1000)),
    get: (path, headers = {}) => call(path, { headers }),
    delete: (path, headers = {}) => call(path, { method: 'DELETE', headers }),
    patch: (path, body, headers) => send('PATCH', path, body, headers),
    post,
    token: (role, parameters, headers) =>
      post('/oauth/token', toForm({ ...client(role), ...parameters }), headers),
  };
}

/** A form of the parameters that are defined. */
export function toForm(parameters: Parameters): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) form.set(name, value);
  return form;
}

function toObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

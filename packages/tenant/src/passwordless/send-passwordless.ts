import type { IncomingHttpHeaders } from 'node:http';
import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import { findUser } from '../users/find-user.ts';
import { makePasswordlessCode } from './passwordless-code.ts';
import type { PasswordlessConnection } from './passwordless-connection.ts';
import { allowsSignUp } from './passwordless-user.ts';

export interface Sending {
  readonly connection: PasswordlessConnection;
  readonly address: string;
  readonly client: Client;
  /** The client or browser sign-in that may use the code. */
  readonly holder: string;
  /** Creates a link for the code; undefined: the code itself is sent. */
  readonly toLink?: ((code: string) => string) | undefined;
  /** Of the request that asks for it. */
  readonly headers: IncomingHttpHeaders;
}

/** A list of languages (RFC 9110 §12.5.4), also as browsers shorten it. */
const LANGUAGES = /^[\w*-]+(?:;q=[\d.]+)?(?: *, *[\w*-]+(?:;q=[\d.]+)?)*$/;

/** The language of a message: `X-Request-Language`, which SDKs send, else that of the browser. */
function languageOf(headers: IncomingHttpHeaders): string | undefined {
  const { 'x-request-language': asked = headers['accept-language'] } = headers;
  const isList = typeof asked === 'string' && asked.length <= 200 && LANGUAGES.test(asked);
  return isList && asked !== '*' ? asked : undefined;
}

/** Sends a code or a link. Sends nothing, without an error, to blocked users and to addresses that may not sign up. */
export function sendPasswordless(context: TenantContext, sending: Sending): void {
  const { state, inbox, log } = context;
  const { connection, address, client, holder, toLink, headers } = sending;
  const user = findUser(state, connection, address);
  if (user ? user.blocked === true : !allowsSignUp(connection)) return;
  const code = makePasswordlessCode(context, connection, address, holder);
  const subject = toLink ? `Sign in to ${client.name}` : `Your verification code for ${client.name}`;
  const language = languageOf(headers);
  const message = { to: address, subject, ...(language !== undefined && { request_language: language }) };
  inbox.add(
    toLink
      ? { ...message, kind: 'passwordless_link', link: toLink(code) }
      : { ...message, kind: 'passwordless_code', code },
  );
  const { client_id, name: client_name } = client;
  const type = toLink ? 'cls' : 'cs';
  log.record({ type, client_id, client_name, connection: connection.name, user_name: address });
}

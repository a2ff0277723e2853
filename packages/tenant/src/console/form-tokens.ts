import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { randomToken } from '../lib/random.ts';
import { readCookie } from '../wire/cookies.ts';

/** CSRF tokens for the console's forms. */
export interface FormTokens {
  /** The token for a browser's forms, and the Set-Cookie header if the browser has no cookie yet. */
  issue(headers: IncomingHttpHeaders): { readonly token: string; readonly cookie?: string };
  /** Whether this process issued the form's token to this browser. */
  holds(headers: IncomingHttpHeaders, token: string | undefined): boolean;
}

const COOKIE_NAME = 'tenant_console';

/** Creates tokens that are valid only in this process and with the cookie that they are bound to. */
export function createFormTokens(): FormTokens {
  const key = createSecretKey(randomBytes(32));
  const bind = (secret: string): string => createHmac('sha256', key).update(secret).digest('base64url');
  return {
    issue(headers) {
      const kept = readCookie(headers, COOKIE_NAME);
      if (kept !== undefined && kept !== '') return { token: bind(kept) };
      const secret = randomToken();
      return {
        token: bind(secret),
        cookie: `${COOKIE_NAME}=${secret}; Path=/; HttpOnly; SameSite=Strict`,
      };
    },
    holds(headers, token = '') {
      const secret = readCookie(headers, COOKIE_NAME);
      if (secret === undefined || secret === '') return false;
      const [expected, actual] = [Buffer.from(bind(secret)), Buffer.from(token)];
      return expected.length === actual.length && timingSafeEqual(expected, actual);
    },
  };
}

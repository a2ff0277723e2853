import type { TenantContext } from '../context.ts';

/** A cookie in the format of Playwright's storage state; `expires` is in seconds since the epoch. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly expires: number;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: 'Lax' | 'None' | 'Strict';
}

const SAME_SITE = ['Lax', 'None', 'Strict'] as const;

/** The cookies that a browser stores for the tenant's own Set-Cookie headers. */
export const toCookies = (
  { clock, origin }: Pick<TenantContext, 'clock' | 'origin'>,
  headers: readonly string[],
): Cookie[] =>
  headers.map((header) => {
    const [pair = '', ...rest] = header.split('; ');
    const attributes = new Map(
      rest.map((text) => text.split('=', 2)).map(([name = '', value = '']) => [name, value]),
    );
    const name = pair.slice(0, pair.indexOf('='));
    return {
      name,
      value: pair.slice(name.length + 1),
      domain: new URL(origin).hostname,
      path: attributes.get('Path') ?? '/',
      expires: Math.floor(clock.now() / 1000) + Number(attributes.get('Max-Age') ?? 0),
      httpOnly: attributes.has('HttpOnly'),
      secure: attributes.has('Secure'),
      sameSite: SAME_SITE.find((value) => value === attributes.get('SameSite')) ?? 'Lax',
    };
  });

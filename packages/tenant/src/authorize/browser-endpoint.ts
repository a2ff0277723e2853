import { messagePage } from '../pages/message-page.ts';
import { WireError } from '../wire/errors.ts';
import { HINTS } from '../wire/hints.ts';
import type { Endpoint, TenantReply } from '../wire/row.ts';
import { PageError } from './page-error.ts';

/** An endpoint for browsers: a `WireError` that it throws is shown as a page. */
export const browserEndpoint = (endpoint: Endpoint): Endpoint => ({
  ...endpoint,
  noHead: true,
  async handle(request) {
    try {
      return await endpoint.handle(request);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return toErrorPage(error);
    }
  },
});

/**
 * An error page for developers: with the URL that was refused, the hint, which is the `x-tenant-hint` header as well,
 * and a link to the setting in the console.
 */
export function toErrorPage(error: WireError): TenantReply {
  const { hint, url, setting } = error.options;
  const code = typeof error.body === 'object' ? Reflect.get(error.body, 'error') : undefined;
  const page = messagePage({
    tone: 'error',
    status: error.status,
    heading: error instanceof PageError ? error.heading : 'Something went wrong',
    text: error.message,
    details: [
      { label: 'Error', value: typeof code === 'string' ? code : undefined },
      { label: 'URL', value: url },
      { label: 'Hint', value: hint && HINTS[hint] },
    ],
    ...(setting !== undefined && { link: { href: setting, label: 'Open this setting in the console' } }),
  });
  return hint ? { ...page, headers: { ...page.headers, 'x-tenant-hint': HINTS[hint] } } : page;
}

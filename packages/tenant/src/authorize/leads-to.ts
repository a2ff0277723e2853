import type { TenantContext } from '../context.ts';

const isWebUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);

/**
 * Where a browser may come by an answer that goes to a URL of a client: there, and from there on to the client's
 * other origins. Browsers hold every redirect after a POST against the policy of the page it came from.
 */
export function leadsTo(
  { state, onwardOrigins }: Pick<TenantContext, 'state' | 'onwardOrigins'>,
  clientId: string,
  url: string,
): string[] {
  const client = state.clients.get(clientId);
  const listed = client ? [...client.web_origins, ...client.allowed_origins].filter(isWebUrl) : [];
  return [url, ...listed, ...(onwardOrigins.get(clientId) ?? [])];
}

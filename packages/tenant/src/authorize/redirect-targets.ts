import type { TenantContext } from '../context.ts';

const isWebUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);

/**
 * The origins that a redirect to a client's URL may reach: the URL itself, then the client's other origins. They go
 * into the page's `form-action`, because browsers apply it to every redirect that follows a POST.
 */
export function redirectTargets(
  { state, redirectOrigins }: Pick<TenantContext, 'state' | 'redirectOrigins'>,
  clientId: string,
  url: string,
): string[] {
  const client = state.clients.get(clientId);
  const listed = client ? [...client.web_origins, ...client.allowed_origins].filter(isWebUrl) : [];
  return [url, ...listed, ...(redirectOrigins.get(clientId) ?? [])];
}

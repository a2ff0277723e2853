import type { z } from 'zod';
import type { directionsAnswer } from '../../../src/resources/directions/directions-schemas.ts';
import type { World } from '../../support/world.ts';

type Directions = z.output<typeof directionsAnswer>;

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The response body: a result or a problem. */
  readonly body: Directions & { readonly code: string; readonly errors: { path: string }[]; lat: number };
}

export type CallApi = (path: string, query: Readonly<Record<string, string>>) => Promise<ApiAnswer>;

/** Calls the API with a token of the gateway's token endpoint, like the machine client of the demo. */
export async function createMachine({ url, tenant }: World, scope?: string): Promise<CallApi> {
  const { client_id = '', client_secret = '' } = tenant.credentials('gift-deliveries') ?? {};
  const issued = await fetch(`${url}/v1/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id,
      client_secret,
      ...(scope !== undefined && { scope }),
    }),
  });
  const { access_token: token } = (await issued.json()) as { access_token: string };
  return async (path, query) => {
    const answer = await fetch(`${url}${path}?${new URLSearchParams(query).toString()}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as never };
  };
}

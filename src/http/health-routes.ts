import { z } from 'zod';
import { defineRoute, type Route } from './route.ts';

/** One part that must be ready before requests are sent here: `ready` says why not, or undefined. */
export interface ReadinessCheck {
  readonly name: string;
  /** A word for what is missing, such as `starting` or `draining`; none when ready. What rejects does not answer. */
  readonly notReady: () => string | undefined | Promise<void>;
}

/** Answered however many requests are under way. */
export const healthPaths: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

const health = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    parts: z
      .record(z.string(), z.string())
      .meta({ description: 'Each part: `ok`, or a word for what it lacks.' }),
  })
  .meta({ id: 'gatehouse.Health' });

async function toWord({ notReady }: ReadinessCheck): Promise<string> {
  try {
    const word = await notReady();
    return word ?? 'ok';
  } catch {
    return 'not answering';
  }
}

async function toHealth(checks: readonly ReadinessCheck[]) {
  const words = await Promise.all(checks.map(async (check) => [check.name, await toWord(check)]));
  return { isReady: words.every(([, word]) => word === 'ok'), parts: Object.fromEntries(words) };
}

const noStore = { 'Cache-Control': 'no-store' };

/** `/healthz`: the process lives. `/readyz`: it may be sent requests. A tenant that is down is not our unreadiness. */
export function healthRoutes(checks: readonly ReadinessCheck[]): Route[] {
  const shared = { method: 'GET', guard: 'public', tag: 'About', errors: [] } as const;
  return [
    defineRoute({
      ...shared,
      path: '/healthz',
      operationId: 'getHealth',
      summary: 'Whether the process lives',
      responses: { 200: { description: 'It lives', schema: health } },
      handler: async () => {
        const { parts } = await toHealth(checks);
        return { status: 200, body: { status: 'ok', parts }, headers: noStore };
      },
    }),
    defineRoute({
      ...shared,
      path: '/readyz',
      operationId: 'getReadiness',
      summary: 'Whether requests may be sent here',
      responses: {
        200: { description: 'Ready', schema: health },
        503: { description: 'Starting, draining, or a part is missing', schema: health },
      },
      handler: async () => {
        const { isReady, parts } = await toHealth(checks);
        return {
          status: isReady ? 200 : 503,
          body: { status: isReady ? 'ok' : 'unavailable', parts },
          headers: noStore,
        };
      },
    }),
  ];
}

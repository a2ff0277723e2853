import { z } from 'zod';
import { defineRoute, type Route } from './route.ts';

export interface HealthDeps {
  readonly hasKeys: () => boolean;
  readonly isTenantAway: () => boolean;
  /** Rejects if the store does not answer. */
  readonly pingStore: () => Promise<void>;
  /** Whether a store outage also makes the gateway unready after a successful start. */
  readonly needsStore: boolean;
  readonly isDraining: () => boolean;
  /** Whether the deny list was read since the start: before that, a revoked token would be accepted. */
  readonly hasDenyList: () => boolean;
  /** Whether revocations at the tenant come late; undefined where they are not read. */
  readonly isFeedBehind: (() => boolean) | undefined;
}

/** A dependency of requests. */
interface Part {
  readonly name: string;
  /** The reason why it is not ready, such as `draining`; undefined if ready. A rejection means that it does not answer. */
  readonly toWord: () => string | undefined | Promise<void>;
  /**
   * When the gateway is unready without it: always, or only until it was ready once. A short outage of a shared dependency
   * must not take all replicas out of service.
   */
  readonly needed: 'always' | 'at start' | 'never';
}

const toFeedPart = ({ isFeedBehind }: HealthDeps): Part[] =>
  isFeedBehind
    ? [
        {
          name: 'revocation_feed',
          needed: 'never',
          toWord: () => (isFeedBehind() ? 'behind' : undefined),
        },
      ]
    : [];

const toParts = (deps: HealthDeps): Part[] => [
  { name: 'keys', needed: 'at start', toWord: () => (deps.hasKeys() ? undefined : 'not loaded') },
  { name: 'tenant', needed: 'never', toWord: () => (deps.isTenantAway() ? 'not answering' : undefined) },
  { name: 'store', needed: deps.needsStore ? 'always' : 'at start', toWord: deps.pingStore },
  {
    name: 'deny_list',
    needed: 'at start',
    toWord: () => (deps.hasDenyList() ? undefined : 'not loaded'),
  },
  ...toFeedPart(deps),
  { name: 'lifecycle', needed: 'always', toWord: () => (deps.isDraining() ? 'draining' : undefined) },
];

/** Health checks, exempt from the limit of requests in flight. */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

const health = z.object({ status: z.literal('ok') }).meta({ id: 'gatehouse.Health' });
const readiness = z
  .object({
    status: z.enum(['ok', 'degraded', 'unavailable']).meta({
      description: '`degraded`: requests may be sent here, but a part is missing that some of them need.',
    }),
    parts: z
      .record(z.string(), z.string())
      .meta({ description: 'The state of each part: `ok`, or a word for the problem.' }),
  })
  .meta({ id: 'gatehouse.Readiness' });

async function readWord({ toWord }: Part): Promise<string> {
  try {
    return (await toWord()) ?? 'ok';
  } catch {
    return 'not answering';
  }
}

/** Creates the check of all parts, which remembers the ones that were ready before. */
function createReadiness(parts: readonly Part[]) {
  const known = new Set<string>();
  return async () => {
    const words = await Promise.all(parts.map(readWord));
    const missing = parts.filter(({ name }, i) => {
      if (words[i] === 'ok') known.add(name);
      return words[i] !== 'ok';
    });
    const isReady = !missing.some(
      ({ name, needed }) => needed === 'always' || (needed === 'at start' && !known.has(name)),
    );
    const status = missing.length === 0 ? 'ok' : isReady ? 'degraded' : 'unavailable';
    return {
      isReady,
      body: { status, parts: Object.fromEntries(parts.map(({ name }, i) => [name, words[i]])) },
    };
  };
}

const NO_STORE = { 'Cache-Control': 'no-store' };

/**
 * `/healthz`: the process is alive. `/readyz`: the gateway accepts requests; after a successful start also during an outage
 * of the tenant or the store, which the answer names.
 */
export function healthRoutes(deps: HealthDeps): Route[] {
  const readReadiness = createReadiness(toParts(deps));
  const shared = { method: 'GET', guard: 'public', tag: 'About', errors: [] } as const;
  return [
    defineRoute({
      ...shared,
      path: '/healthz',
      operationId: 'getHealth',
      summary: 'Check whether the process is alive',
      responses: { 200: { description: 'The process is alive', schema: health } },
      handler: () => ({ status: 200, body: { status: 'ok' }, headers: NO_STORE }),
    }),
    defineRoute({
      ...shared,
      path: '/readyz',
      operationId: 'getReadiness',
      summary: 'Check whether the gateway accepts requests',
      responses: {
        200: { description: 'Ready; a part may be unavailable', schema: readiness },
        503: {
          description: 'Starting, draining, or a required part is unavailable',
          schema: readiness,
        },
      },
      handler: async () => {
        const { isReady, body } = await readReadiness();
        return { status: isReady ? 200 : 503, body, headers: NO_STORE };
      },
    }),
  ];
}

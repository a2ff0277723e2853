import { z } from 'zod';
import { defineRoute, type Route } from './route.ts';

export interface HealthDeps {
  readonly hasKeys: () => boolean;
  readonly isTenantAway: () => boolean;
  /** Rejects where the store does not answer. */
  readonly pingStore: () => Promise<void>;
  /** Whether a store that is down makes us unready also after a good start. */
  readonly needsStore: boolean;
  readonly isDraining: () => boolean;
  /** Whether the deny list was read since the start: before that, a revoked token would be accepted. */
  readonly hasDenyList: () => boolean;
  /** Whether revocations at the tenant come late; undefined where they are not read. */
  readonly isFeedBehind: (() => boolean) | undefined;
}

/** One part that requests need. */
interface Part {
  readonly name: string;
  /** A word for what is missing, such as `draining`; none where nothing is. What rejects does not answer. */
  readonly toWord: () => string | undefined | Promise<void>;
  /**
   * When we are unready without it: always, or until it has been ready once. A shared part that is away for a moment must
   * not take every replica out of service: what does not need it goes on.
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

/** Answered however many requests are under way. */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

const health = z.object({ status: z.literal('ok') }).meta({ id: 'gatehouse.Health' });
const readiness = z
  .object({
    status: z.enum(['ok', 'degraded', 'unavailable']).meta({
      description: '`degraded`: requests may be sent here, but a part is missing that some of them need.',
    }),
    parts: z
      .record(z.string(), z.string())
      .meta({ description: 'Each part: `ok`, or a word for what it lacks.' }),
  })
  .meta({ id: 'gatehouse.Readiness' });

async function readWord({ toWord }: Part): Promise<string> {
  try {
    return (await toWord()) ?? 'ok';
  } catch {
    return 'not answering';
  }
}

/** Makes what asks all parts at once, and remembers which of them were ready before. */
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
 * `/healthz`: the process lives. `/readyz`: requests may be sent here; after a good start also while the tenant or the store
 * is down, which it names.
 */
export function healthRoutes(deps: HealthDeps): Route[] {
  const readReadiness = createReadiness(toParts(deps));
  const shared = { method: 'GET', access: 'public', tag: 'About', errors: [] } as const;
  return [
    defineRoute({
      ...shared,
      path: '/healthz',
      operationId: 'getHealth',
      summary: 'Whether the process lives',
      responses: { 200: { description: 'It lives', schema: health } },
      handler: () => ({ status: 200, body: { status: 'ok' }, headers: NO_STORE }),
    }),
    defineRoute({
      ...shared,
      path: '/readyz',
      operationId: 'getReadiness',
      summary: 'Whether requests may be sent here',
      responses: {
        200: { description: 'Ready, though a part may be missing', schema: readiness },
        503: {
          description: 'Starting, draining, or a part is missing without which nothing works',
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

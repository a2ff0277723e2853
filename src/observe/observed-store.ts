import type { Store } from '../store/store.ts';
import type { OperationsMetrics } from './operations-metrics.ts';
import type { CallSpan, Tracing } from './tracing.ts';

/** A method of the store, whatever its arguments. */
type Operation = (...args: unknown[]) => unknown;

/**
 * Measures each operation of a store. A synchronous result stays synchronous, and a promise is returned as it is, so that the
 * hot path takes no further turn of the event loop.
 */
function observeOperation(
  run: Operation,
  createObserve: () => (seconds: number) => void,
  startSpan: (() => CallSpan | undefined) | undefined,
): Operation {
  // An operation that never happens has no series.
  let observe: ReturnType<typeof createObserve> | undefined;
  return (...args) => {
    const startedAtMs = performance.now();
    observe ??= createObserve();
    const record = observe;
    const span = startSpan?.();
    const observeEnd = (outcome = 'ok') => {
      record((performance.now() - startedAtMs) / 1000);
      span?.end(outcome);
    };
    const result = run(...args);
    if (result instanceof Promise)
      void result.then(
        () => observeEnd(),
        () => observeEnd('failed'),
      );
    else observeEnd();
    return result;
  };
}

/**
 * Adds metrics and spans to a store: the duration of each operation of its parts, named like `sessions.read`, and the names of its limits.
 * Limits are not measured: they count on in memory where the store does not answer.
 */
export function observeStore(
  store: Store,
  metrics: Pick<OperationsMetrics, 'storeOperation' | 'addLimit' | 'watchStore' | 'watchSessions'>,
  tracing?: Pick<Tracing, 'startStoreCall'>,
): Store {
  const parts = Object.entries(store).flatMap(([part, operations]) => {
    if (typeof operations !== 'object') return [];
    const observed = Object.entries(operations as Record<string, Operation>).map(([name, run]) => {
      const operation = `${part}.${name}`;
      const startSpan = tracing && (() => tracing.startStoreCall(operation));
      return [name, observeOperation(run, () => metrics.storeOperation(operation), startSpan)] as const;
    });
    return [[part, Object.fromEntries(observed)] as const];
  });
  metrics.watchStore(() => store.ping());
  metrics.watchSessions(() => store.sessions.count());
  return {
    ...store,
    // The parts, with the same methods as before.
    ...(Object.fromEntries<unknown>(parts) as unknown as Store),
    makeLimiter(name, rate) {
      metrics.addLimit(name);
      return store.makeLimiter(name, rate);
    },
  };
}

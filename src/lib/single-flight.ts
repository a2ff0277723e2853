/** Joins callers that ask for the same key while one call for it is under way: they share its outcome. */
export function createSingleFlight<T>(): (key: string, call: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return (key, call) => {
    const running = underWay.get(key);
    if (running) return running;
    const started = call().finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };
}

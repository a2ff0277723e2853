/** Shares one running call between concurrent callers with the same key. */
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

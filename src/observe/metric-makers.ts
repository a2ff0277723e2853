import { Counter, Gauge, type Registry } from 'prom-client';

/** Ways to make a metric of a registry. */
export interface MetricMakers {
  /** A gauge whose value is read at each scrape. */
  readonly gauge: (name: string, help: string, read: () => number | Promise<number>) => void;
  /** A counter whose value is kept elsewhere and read at each scrape. */
  readonly readCounter: (name: string, help: string, read: () => number) => void;
  /** A counter by one label; the values that are given have a series before they occur. Returns the function that adds to it. */
  readonly counter: <Value extends string>(
    name: string,
    help: string,
    label: string,
    values: readonly Value[],
  ) => (value: Value, count?: number) => void;
}

export function createMetricMakers(registry: Registry): MetricMakers {
  const registers = [registry];
  return {
    gauge(name, help, read) {
      const gauge = new Gauge({
        name,
        help,
        registers: [],
        async collect() {
          this.set(await read());
        },
      });
      registry.registerMetric(gauge);
    },
    readCounter(name, help, read) {
      const counter = new Counter({
        name,
        help,
        registers: [],
        collect() {
          this.reset();
          this.inc(read());
        },
      });
      registry.registerMetric(counter);
    },
    counter(name, help, label, values) {
      const counter = new Counter({ name, help, labelNames: [label], registers });
      // A child has its labels, which the counter would hash each time.
      const children = new Map<string, { inc(count: number): void }>();
      const add = (value: string, count = 1) => {
        let child = children.get(value);
        if (!child) children.set(value, (child = counter.labels(value)));
        child.inc(count);
      };
      for (const value of values) add(value, 0);
      return add;
    },
  };
}

import type { MetricValue } from 'prom-client';

const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Series {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly counts: Float64Array;
  sumS: number;
  count: number;
}

/**
 * A Prometheus histogram in seconds for hot paths. The label set is resolved to a series once, and an observation is an
 * addition; prom-client hashes the labels at each observation.
 */
export class LatencyHistogram<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  readonly #series = new Map<string, Series>();

  constructor(name: string, help: string, labelNames: readonly Label[]) {
    this.name = name;
    this.help = help;
    this.labelNames = labelNames;
  }

  /** The series of one label set, for all observations with these labels. */
  series(labels: Readonly<Record<Label, string | number>>): (seconds: number) => void {
    const key = JSON.stringify(labels);
    let series = this.#series.get(key);
    if (!series) {
      series = { labels, counts: new Float64Array(BUCKETS_S.length), sumS: 0, count: 0 };
      this.#series.set(key, series);
    }
    const found = series;
    return (seconds) => {
      found.count++;
      found.sumS += seconds;
      const bucket = BUCKETS_S.findIndex((bound) => seconds <= bound);
      if (bucket >= 0) found.counts[bucket] = (found.counts[bucket] ?? 0) + 1;
    };
  }

  /** The value in the form that prom-client's registry reads. */
  get() {
    const values: (MetricValue<string> & { metricName: string })[] = [];
    for (const { labels, counts, sumS, count } of this.#series.values()) {
      let below = 0;
      for (const [i, bound] of BUCKETS_S.entries()) {
        below += counts[i] ?? 0;
        values.push({ metricName: `${this.name}_bucket`, labels: { ...labels, le: bound }, value: below });
      }
      values.push({ metricName: `${this.name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count });
      values.push({ metricName: `${this.name}_sum`, labels, value: sumS });
      values.push({ metricName: `${this.name}_count`, labels, value: count });
    }
    return Promise.resolve({
      name: this.name,
      help: this.help,
      type: 'histogram',
      aggregator: 'sum',
      values,
    });
  }

  reset(): void {
    this.#series.clear();
  }
}

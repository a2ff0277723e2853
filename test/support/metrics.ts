/** The text of the metrics on an admin port. */
export const readMetrics = async (adminPort: number): Promise<string> =>
  (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();

/** The value of a series, named with its labels; undefined if there is none. */
export function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

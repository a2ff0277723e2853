import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect } from 'vitest';
import { makeFolder } from './folder.ts';
import { openTerminal, type Shown, type Step, toExpected, toShownOutput } from './runnable-page.ts';

/** Whether the commands of pages can run on this machine. */
export const HAS_CURL = spawnSync('curl', ['--version']).status === 0;

/** The origins that replace those of pages: the gateway at port 3000, the tenant at port 4400. */
export interface Origins {
  readonly gateway: string;
  readonly tenant: string;
}

/** Runs the steps of a page in one shell, in `folder` (default: a new empty one), and expects the output of the page. */
export async function followPage(
  steps: readonly Step[],
  { gateway, tenant }: Origins,
  folder = makeFolder(),
): Promise<void> {
  const addresses = [
    ['http://localhost:3000', gateway],
    ['http://localhost:4400', tenant],
    ['https://localhost:4400', tenant.replace('http:', 'https:')],
  ] as const;
  const toActual = (text: string): string =>
    addresses.reduce((replaced, [shown, actual]) => replaced.replaceAll(shown, actual), text);
  const read = (output: string, shown: Shown): unknown =>
    toShownOutput(
      addresses.reduce((replaced, [there, actual]) => replaced.replaceAll(actual, there), output),
      shown,
    );
  const terminal = openTerminal(
    {
      ...process.env,
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
      PUBLIC_URL: gateway,
      TENANT_PORT: new URL(tenant).port,
    },
    folder,
  );
  try {
    for (const step of steps) {
      if (step.kind === 'file') {
        terminal.save(step.name, toActual(step.text));
        continue;
      }
      const { isInCheckout, isServer, shown } = step;
      const code = toActual(step.code);
      if (isServer) {
        const isReady = (soFar: string) => shown === undefined || read(soFar, shown) === toExpected(shown);
        await terminal.serve(code, isInCheckout, isReady);
        continue;
      }
      const output = await terminal.run(code, isInCheckout);
      if (shown) expect({ code, output: read(output, shown) }).toEqual({ code, output: toExpected(shown) });
    }
  } finally {
    await terminal.close();
  }
}

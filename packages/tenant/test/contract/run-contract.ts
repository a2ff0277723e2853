import { afterAll, beforeAll, describe, it } from 'vitest';
import { type ContractRow, settingsOfRow } from './contract-row.ts';
import { contractRows } from './contract-rows.ts';
import type { OpenTarget } from './embedded-target.ts';
import { createTarget } from './target.ts';

export interface ContractRun {
  readonly name: string;
  readonly open: () => Promise<OpenTarget>;
  /** The reason why a row cannot run there; undefined if it can. */
  readonly skipReason?: (row: ContractRow) => string | undefined;
}

/** Long enough to wait for the next TOTP code on a slow machine. */
const rowTimeoutMs = 90_000;

/** One test per row; a row that cannot run there is skipped with the reason. */
export function runContract({ name, open, skipReason = () => undefined }: ContractRun): void {
  describe(`the contract on ${name}`, () => {
    let opened: OpenTarget;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    for (const row of contractRows) {
      const title = `${row.id}: ${row.title}`;
      const reason = skipReason(row);
      if (reason !== undefined) {
        it.skip(`${title} (skipped: ${reason})`);
        continue;
      }
      it(title, { timeout: rowTimeoutMs }, () => {
        const target = createTarget({ ...opened, settings: settingsOfRow(row, opened.settings) });
        if (!row.controls) return row.run(target);
        if (!opened.control)
          throw new Error('the row needs the control API, which this tenant does not have');
        return row.run(target, opened.control);
      });
    }
  });
}

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../support/folder.ts';

const program = path.resolve('node_modules/@redocly/cli/bin/cli.js');

/** The errors and warnings of `redocly lint` for a document; makes no network calls. */
export function lint(document: unknown): Promise<string[]> {
  const folder = makeFolder();
  const file = path.join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  return new Promise((resolve, reject) => {
    const options = { env, cwd: folder, maxBuffer: 32 * 1024 * 1024 };
    execFile(process.execPath, [program, 'lint', '--format=json', file], options, (error, stdout) => {
      try {
        const { totals, problems } = JSON.parse(stdout) as {
          totals: object;
          problems: { ruleId: string; message: string; location: { pointer?: string }[] }[];
        };
        if (typeof totals !== 'object') throw new Error('no totals');
        resolve(
          problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`),
        );
      } catch {
        reject(error ?? new Error(stdout));
      }
    });
  });
}

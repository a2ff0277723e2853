// Writes COVERAGE.md. Its test holds the file to what the tenant serves.
//   node write-coverage.ts [<results of a replay, as JSON>]
// With the results of a replay of recorded requests, it first renews test/recorded.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { toCoveragePage } from './src/management/coverage/coverage-page.ts';
import { recordedShares } from './src/management/coverage/recorded-shares.ts';

const FIGURES = new URL('test/recorded.json', import.meta.url);
const [results] = process.argv.slice(2);
if (results !== undefined)
  writeFileSync(
    FIGURES,
    `${JSON.stringify(recordedShares(JSON.parse(readFileSync(results, 'utf8'))), null, 1)}\n`,
  );
writeFileSync(
  new URL('COVERAGE.md', import.meta.url),
  toCoveragePage(JSON.parse(readFileSync(FIGURES, 'utf8'))),
);

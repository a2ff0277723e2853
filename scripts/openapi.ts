// Writes docs/openapi.json from the rows that serve. `--check` only says whether it is current.
import { readFile, writeFile } from 'node:fs/promises';
import { toOpenApiText } from './open-api-text.ts';

const file = new URL('../docs/openapi.json', import.meta.url);
const text = await toOpenApiText();
if (process.argv.includes('--check')) {
  const written = await readFile(file, 'utf8').catch(() => '');
  if (written !== text) {
    process.stderr.write('docs/openapi.json is not what the rows say: run `npm run openapi`\n');
    process.exit(1);
  }
} else {
  await writeFile(file, text);
  process.stdout.write('docs/openapi.json written\n');
}

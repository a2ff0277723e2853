// Writes what is generated from the code: the API document, the JSON Schema of a routes file, the pages of docs/reference, and the types of
// packages/client. `--check` only reports whether they are current.
import { readFile, writeFile } from 'node:fs/promises';
import { toGeneratedTexts } from './generated-texts.ts';

for (const [name, text] of Object.entries(await toGeneratedTexts())) {
  const file = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    process.stdout.write(`${name} written\n`);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`${name} is out of date: run \`npm run openapi\`\n`);
    process.exitCode = 1;
  }
}

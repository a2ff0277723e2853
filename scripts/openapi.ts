// Writes docs/openapi.json from the rows that serve, and docs/routes.schema.json from the schema of a routes file.
// `--check` only says whether they are current.
import { readFile, writeFile } from 'node:fs/promises';
import { toOpenApiText } from './open-api-text.ts';
import { toRoutesSchemaText } from './routes-schema-text.ts';

const texts = { 'openapi.json': await toOpenApiText(), 'routes.schema.json': toRoutesSchemaText() };
for (const [name, text] of Object.entries(texts)) {
  const file = new URL(`../docs/${name}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    process.stdout.write(`docs/${name} written\n`);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`docs/${name} is out of date: run \`npm run openapi\`\n`);
    process.exitCode = 1;
  }
}

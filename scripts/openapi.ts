// Writes what is made from the code: docs/openapi.json from the rows that serve, docs/routes.schema.json from the schema of
// a routes file, docs/reference/doctor.md from the checks, docs/reference/conformance.md from its rows, and the types of packages/client from the
// API document. `--check` only says whether they are current.
import { readFile, writeFile } from 'node:fs/promises';
import { toClientTypesText } from './client-types-text.ts';
import { toConformanceText } from './conformance-text.ts';
import { toDoctorText } from './doctor-text.ts';
import { toOpenApiText } from './open-api-text.ts';
import { toRoutesSchemaText } from './routes-schema-text.ts';

const openApi = await toOpenApiText();
const texts = {
  'docs/openapi.json': openApi,
  'docs/routes.schema.json': toRoutesSchemaText(),
  'docs/reference/conformance.md': toConformanceText(),
  'docs/reference/doctor.md': toDoctorText(),
  'packages/client/src/api-types.ts': toClientTypesText(JSON.parse(openApi)),
};
for (const [name, text] of Object.entries(texts)) {
  const file = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    process.stdout.write(`${name} written\n`);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`${name} is out of date: run \`npm run openapi\`\n`);
    process.exitCode = 1;
  }
}

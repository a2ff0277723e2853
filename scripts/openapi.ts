// Writes what is generated from the code: the API document, the JSON Schema of a routes file, the pages of docs/reference, and the types of
// packages/client. `--check` only reports whether they are current.
import { readFile, writeFile } from 'node:fs/promises';
import { toClientTypesText } from './client-types-text.ts';
import { toConformanceText } from './conformance-text.ts';
import { toDoctorText } from './doctor-text.ts';
import { toOpenApiText } from './open-api-text.ts';
import {
  toCliText,
  toConfigurationText,
  toErrorCodesText,
  toHttpApiText,
  toRoutesFileText,
} from './reference-pages.ts';
import { toRoutesSchemaText } from './routes-schema-text.ts';

const openApi = await toOpenApiText();
const routesSchema = toRoutesSchemaText();
const texts = {
  'docs/openapi.json': openApi,
  'docs/routes.schema.json': routesSchema,
  'docs/reference/cli.md': toCliText(),
  'docs/reference/configuration.md': toConfigurationText(),
  'docs/reference/conformance.md': toConformanceText(),
  'docs/reference/doctor.md': toDoctorText(),
  'docs/reference/error-codes.md': toErrorCodesText(),
  'docs/reference/http-api.md': toHttpApiText(JSON.parse(openApi)),
  'docs/reference/routes-file.md': toRoutesFileText(JSON.parse(routesSchema)),
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

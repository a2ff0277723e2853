import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { toRoutesSchemaText } from '../../scripts/routes-schema-text.ts';

it('docs/routes.schema.json is what the schema of a routes file says', async () => {
  expect(await readFile('docs/routes.schema.json', 'utf8')).toBe(toRoutesSchemaText());
});

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { toOpenApiText } from '../../scripts/open-api-text.ts';

it('docs/openapi.json is generated from the rows', async () => {
  expect(await readFile('docs/openapi.json', 'utf8')).toBe(await toOpenApiText());
});

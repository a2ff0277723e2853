import { z } from 'zod';
import { routesFileSchema } from '../src/resources/routes-file/routes-file-schema.ts';

/** The text of docs/routes.schema.json: the JSON Schema of a routes file, for editors. */
export function toRoutesSchemaText(): string {
  const schema = z.toJSONSchema(routesFileSchema, { io: 'input', target: 'draft-2020-12' });
  return `${JSON.stringify({ title: 'Routes of a Gatehouse', ...schema }, undefined, 2)}\n`;
}

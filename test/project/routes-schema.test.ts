import { expect, it } from 'vitest';
import { toRoutesSchemaText } from '../../scripts/routes-schema-text.ts';

it('the schema accepts variables in an upstream, and refuses parameters in a path', () => {
  const schema = JSON.parse(toRoutesSchemaText()) as {
    properties: { routes: { items: { properties: Record<'upstream' | 'path', { pattern: string }> } } };
  };
  const { upstream, path } = schema.properties.routes.items.properties;
  for (const good of [
    'http://127.0.0.1:4500',
    'https://api.example.com',
    '${ORGANIZER_URL}',
    'http://${HOST}:80',
  ])
    expect(good).toMatch(new RegExp(upstream.pattern));
  for (const bad of ['ftp://127.0.0.1', 'http://user@example.com', '127.0.0.1:80', '${}', ''])
    expect(bad).not.toMatch(new RegExp(upstream.pattern));
  expect('/api/users/*').toMatch(new RegExp(path.pattern));
  expect('/api/users/:id').not.toMatch(new RegExp(path.pattern));
});

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readRoutesModule } from '../../src/resources/routes-file/read-routes-module.ts';
import { makeFolder } from '../support/folder.ts';

const route = path.resolve('src/http/route.ts');

/** Writes a module with one route of `defineRoute` with `caller` as its guard declaration; returns its path. */
function writeModule(caller: string): string {
  const file = path.join(makeFolder(), 'routes.ts');
  writeFileSync(
    file,
    `import { defineRoute } from ${JSON.stringify(route)};
export default [
  defineRoute({ method: 'GET', path: '/api/mine', ${caller}, operationId: 'mine', summary: 'Mine', tag: 'Mine',
    responses: { 204: { description: 'Done' } }, errors: [], handler: () => ({ status: 204 }) }),
];`,
  );
  return file;
}

it('a route of defineRoute in ROUTES_MODULE has its declared guard', async () => {
  const read = await readRoutesModule(writeModule(`guard: { scopes: ['mine'] }`));
  expect(read).toMatchObject({ ok: true, rows: [{ path: '/api/mine', guard: { scopes: ['mine'] } }] });
});

it('a route in ROUTES_MODULE with another key than guard is a fault', async () => {
  const read = await readRoutesModule(writeModule(`access: 'public'`));
  expect(read).toMatchObject({ ok: false, faults: [{ name: 'ROUTES_MODULE[0].guard', seen: 'nothing' }] });
});

import { z } from 'zod';
import { pageQuery } from '../list-reply.ts';
import { notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';

/** Auth0's action triggers, with their versions. */
const TRIGGERS: readonly (readonly [id: string, version: string])[] = [
  ['post-login', 'v3'],
  ['credentials-exchange', 'v2'],
  ['pre-user-registration', 'v2'],
  ['post-user-registration', 'v2'],
  ['post-change-password', 'v2'],
  ['send-phone-message', 'v2'],
  ['password-reset-post-challenge', 'v1'],
  ['custom-token-exchange', 'v1'],
];

const RUNTIME = 'node22';
const READ = ['read:actions'];
const listQuery = z.object(pageQuery);
type ListQuery = z.output<typeof listQuery>;

/** The tenant runs no actions: lists of them are empty. */
export const actionRows: MakeRows = () => [
  defineRow({
    method: 'GET',
    path: '/actions/actions',
    scopes: READ,
    query: listQuery,
    handle: ({ query }) => ({ status: 200, body: emptyPage('actions', query) }),
  }),
  defineRow({
    method: 'GET',
    path: '/actions/triggers',
    scopes: READ,
    handle: () => ({
      status: 200,
      body: {
        triggers: TRIGGERS.map(([id, version]) => ({
          id,
          version,
          status: 'CURRENT',
          runtimes: [RUNTIME],
          default_runtime: RUNTIME,
          compatible_triggers: [],
        })),
      },
    }),
  }),
  defineRow({
    method: 'GET',
    path: '/actions/triggers/:id/bindings',
    scopes: READ,
    query: listQuery,
    handle: ({ params, query }) => {
      requireTrigger(params.id);
      return { status: 200, body: emptyPage('bindings', query) };
    },
  }),
  defineRow({
    method: 'PATCH',
    path: '/actions/triggers/:id/bindings',
    title: 'Update trigger bindings',
    scopes: ['update:actions', 'update:triggers'],
    body: z.strictObject({ bindings: z.array(z.unknown()).optional() }),
    handle: ({ params, body }) => {
      requireTrigger(params.id);
      if ((body.bindings ?? []).length > 0) throw notFound('The action does not exist.', 'inexistent_action');
      return { status: 200, body: { bindings: [] } };
    },
  }),
];

const emptyPage = (name: string, { page = 0, per_page = 50 }: ListQuery): object => ({
  total: 0,
  page,
  per_page,
  [name]: [],
});

function requireTrigger(id: string | undefined): void {
  if (!TRIGGERS.some(([known]) => known === id))
    throw notFound('The trigger does not exist.', 'inexistent_trigger');
}

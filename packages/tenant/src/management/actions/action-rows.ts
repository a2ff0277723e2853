import { z } from 'zod';
import type { Action } from '../../state/action-documents.ts';
import { flag, pageQuery } from '../list-reply.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { createActionBody, updateActionBody } from './action-body.ts';
import { bindingRows } from './binding-rows.ts';
import { showAction, showDeployment } from './show-action.ts';
import { changeAction, createAction, deleteAction, deployAction, requireAction } from './write-action.ts';

const listQuery = z.object({
  ...pageQuery,
  actionName: z.string().optional(),
  triggerId: z.string().optional(),
  deployed: flag.optional(),
  installed: flag.optional(),
});

const MAX_PER_PAGE = 50;
const PATH = '/actions/actions';

/** Actions: create, read, update, delete, deploy, and bind to triggers. Deployed and bound actions run. */
export const actionRows: MakeRows = (context) => [
  ...bindingRows(context),
  // There are no modules. A full export reads them, and Auth0's client repeats a request that is answered with 501.
  defineRow({
    method: 'GET',
    path: '/actions/modules',
    scopes: ['read:actions'],
    query: z.object(pageQuery),
    handle: ({ query: { page = 0, per_page = 100 } }) => ({
      status: 200,
      body: { modules: [], total: 0, page, per_page },
    }),
  }),
  defineRow({
    method: 'GET',
    path: PATH,
    scopes: ['read:actions'],
    query: listQuery,
    handle: ({ query }) => {
      const { page = 0, per_page = MAX_PER_PAGE } = query;
      const isWanted = (action: Action): boolean =>
        (query.actionName === undefined || action.name === query.actionName) &&
        (query.triggerId === undefined ||
          action.supported_triggers.some(({ id }) => id === query.triggerId)) &&
        (query.deployed === undefined || (action.deployed_version !== undefined) === query.deployed) &&
        query.installed !== true;
      const items = context.state.actions.list().filter(isWanted);
      const actions = items.slice(page * per_page, (page + 1) * per_page).map((each) => showAction(each));
      // Auth0 leaves out both where they are 0.
      const counts = { ...(items.length > 0 && { total: items.length }), ...(page > 0 && { page }) };
      return { status: 200, body: { actions, ...counts, per_page } };
    },
  }),
  defineRow({
    method: 'POST',
    path: PATH,
    title: 'Create an action',
    scopes: ['create:actions'],
    body: createActionBody,
    handle: ({ body }) => ({ status: 201, body: showAction(createAction(context, body), 'pending') }),
  }),
  defineRow({
    method: 'GET',
    path: `${PATH}/:id`,
    scopes: ['read:actions'],
    handle: ({ params }) => ({ status: 200, body: showAction(requireAction(context, params.id)) }),
  }),
  defineRow({
    method: 'PATCH',
    path: `${PATH}/:id`,
    title: 'Update an action',
    scopes: ['update:actions'],
    body: updateActionBody,
    handle: ({ params, body }) => {
      const action = changeAction(context, requireAction(context, params.id), body);
      return { status: 200, body: showAction(action, 'pending') };
    },
  }),
  defineRow({
    method: 'DELETE',
    path: `${PATH}/:id`,
    title: 'Delete an action',
    scopes: ['delete:actions'],
    query: z.object({ force: flag.optional() }),
    handle: ({ params, query }) => {
      deleteAction(context, params.id, query.force === true);
      return { status: 204 };
    },
  }),
  defineRow({
    method: 'POST',
    path: `${PATH}/:id/deploy`,
    title: 'Deploy an action',
    scopes: ['create:actions'],
    handle: ({ params }) => ({
      status: 200,
      body: showDeployment(deployAction(context, requireAction(context, params.id))),
    }),
  }),
];

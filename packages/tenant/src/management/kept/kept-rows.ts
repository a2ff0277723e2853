import { z } from 'zod';
import { keptKey } from '../../state/kept-documents.ts';
import { notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { keptExtraRows } from './kept-extra-rows.ts';
import { keptRows } from './kept-resource.ts';
import { KEPT_RESOURCES } from './kept-resources.ts';
import { putKept, readKept, removeSetting, requireKeptAt, settingRows } from './kept-setting.ts';
import { KEPT_SETTINGS } from './kept-settings.ts';

const PAGE_PATH = '/branding/templates/universal-login';
const THEMES = '/branding/themes';
const CONFIGS = '/rules-configs';

/** Resources and settings that are stored and returned, without effect: they make imports and lists complete. */
export const everyKeptRow: MakeRows = (context) => [
  ...specialRows(context),
  ...keptExtraRows(context),
  ...KEPT_SETTINGS.flatMap((setting) => settingRows(context, setting)),
  ...KEPT_RESOURCES.flatMap((resource) => keptRows(context, resource)),
];

/** Rows that differ from the common pattern. They come first, because their paths would match the id of a resource. */
const specialRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: PAGE_PATH,
    scopes: ['read:branding'],
    handle: () => ({
      status: 200,
      body: requireKeptAt(
        context,
        PAGE_PATH,
        'Template does not exist.',
        'inexistent_templates_universal_login',
      ),
    }),
  }),
  defineRow({
    method: 'PUT',
    path: PAGE_PATH,
    title: 'Set the template of the login page',
    scopes: ['update:branding'],
    body: z.union([z.string(), z.strictObject({ template: z.string() })]),
    handle: ({ body }) => {
      const isNew = readKept(context, PAGE_PATH) === undefined;
      putKept(context, PAGE_PATH, { body: typeof body === 'string' ? body : body.template });
      return isNew ? { status: 201, body: {} } : { status: 204 };
    },
  }),
  defineRow({
    method: 'DELETE',
    path: PAGE_PATH,
    title: 'Delete the template of the login page',
    scopes: ['delete:branding'],
    handle: () => {
      removeSetting(context, PAGE_PATH);
      return { status: 204 };
    },
  }),
  defineRow({
    method: 'GET',
    path: `${THEMES}/default`,
    scopes: ['read:branding'],
    handle: () => {
      const [theme] = context.state.kept.find('kind', THEMES);
      if (!theme)
        throw notFound(
          'There was an error retrieving branding settings: invalid theme ID',
          'theme_not_found',
        );
      return { status: 200, body: theme.body };
    },
  }),
  defineRow({
    method: 'GET',
    path: CONFIGS,
    scopes: ['read:rules_configs'],
    handle: () => ({
      status: 200,
      body: context.state.kept.find('kind', CONFIGS).map(({ id }) => ({ key: id })),
    }),
  }),
  defineRow({
    method: 'PUT',
    path: `${CONFIGS}/:key`,
    title: 'Set a rules config',
    scopes: ['update:rules_configs'],
    body: z.strictObject({ value: z.string().min(1) }),
    handle: ({ params, body }) => {
      const { key = '' } = params;
      context.state.kept.put({ kind: CONFIGS, id: key, body });
      return { status: 200, body: { key, ...body } };
    },
  }),
  defineRow({
    method: 'DELETE',
    path: `${CONFIGS}/:key`,
    title: 'Delete a rules config',
    scopes: ['delete:rules_configs'],
    handle: ({ params }) => {
      context.state.kept.remove(keptKey(CONFIGS, params.key ?? ''));
      return { status: 204 };
    },
  }),
];

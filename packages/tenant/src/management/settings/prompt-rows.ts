import { z } from 'zod';
import type { PromptSettings } from '../../state/settings-documents.ts';
import { applyPatch } from '../apply-patch.ts';
import { oneOf } from '../body-parts.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { readSettings } from './tenant-settings-rows.ts';

const promptsBody = z.strictObject({
  universal_login_experience: oneOf(['new', 'classic']).optional(),
  identifier_first: z.boolean().nullish(),
  webauthn_platform_first_factor: z.boolean().nullish(),
});

const DEFAULTS: PromptSettings = {
  universal_login_experience: 'new',
  identifier_first: false,
  webauthn_platform_first_factor: false,
};

const READ = ['read:prompts'];
const UPDATE = ['update:prompts'];

/** Settings of the sign-in pages, without effect. */
export const promptRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: '/prompts',
    scopes: READ,
    handle: () => ({ status: 200, body: readSettings(context).prompts ?? DEFAULTS }),
  }),
  defineRow({
    method: 'PATCH',
    path: '/prompts',
    title: 'Update prompt settings',
    scopes: UPDATE,
    body: promptsBody,
    handle: ({ body }) => {
      const settings = readSettings(context);
      const prompts = applyPatch<PromptSettings>(settings.prompts ?? DEFAULTS, body, DEFAULTS);
      context.state.settings.put({ ...settings, prompts });
      return { status: 200, body: prompts };
    },
  }),
  defineRow({
    method: 'GET',
    path: '/prompts/rendering',
    scopes: READ,
    handle: () => ({ status: 200, body: { configs: [], start: 0, limit: 50, total: 0 } }),
  }),
];

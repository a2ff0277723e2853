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

const defaults: PromptSettings = {
  universal_login_experience: 'new',
  identifier_first: false,
  webauthn_platform_first_factor: false,
};

const read = ['read:prompts'];
const update = ['update:prompts'];

/** Settings of the sign-in pages, without effect. */
export const promptRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: '/prompts',
    scopes: read,
    handle: () => ({ status: 200, body: readSettings(context).prompts ?? defaults }),
  }),
  defineRow({
    method: 'PATCH',
    path: '/prompts',
    title: 'Update prompt settings',
    scopes: update,
    body: promptsBody,
    handle: ({ body }) => {
      const settings = readSettings(context);
      const prompts = applyPatch<PromptSettings>(settings.prompts ?? defaults, body, defaults);
      context.state.settings.put({ ...settings, prompts });
      return { status: 200, body: prompts };
    },
  }),
  defineRow({
    method: 'GET',
    path: '/prompts/rendering',
    scopes: read,
    handle: () => ({ status: 200, body: { configs: [], start: 0, limit: 50, total: 0 } }),
  }),
];

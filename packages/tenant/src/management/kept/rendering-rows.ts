import { z } from 'zod';
import { defineRow, type MakeRows } from '../management-row.ts';
import type { Body } from './kept-resource.ts';
import { putKept, readKept } from './kept-setting.ts';

const renderingBody = z.looseObject({ rendering_mode: z.enum(['standard', 'advanced']).optional() });

/** How the screens of the hosted pages are rendered, without effect. */
export const renderingRows: MakeRows = (context) => {
  const path = '/prompts/:prompt/screen/:screen/rendering';
  const at = ({ prompt = '', screen = '' }: Readonly<Record<string, string>>): string =>
    `/prompts/${prompt}/screen/${screen}/rendering`;
  const base = (): Body => ({
    rendering_mode: 'standard',
    context_configuration: [],
    default_head_tags_disabled: false,
    head_tags: [],
    use_page_template: false,
    filters: null,
  });
  return [
    defineRow({
      method: 'GET',
      path,
      scopes: ['read:prompts'],
      handle: ({ params }) => {
        const { prompt, screen } = params;
        const tenant = context.domain.split(':', 1)[0];
        return { status: 200, body: { tenant, prompt, screen, ...base(), ...readKept(context, at(params)) } };
      },
    }),
    defineRow({
      method: 'PATCH',
      path,
      title: 'Update the rendering of a screen',
      scopes: ['update:prompts'],
      body: renderingBody,
      handle: ({ params, body }) => {
        const next = { ...base(), ...readKept(context, at(params)), ...body };
        putKept(context, at(params), next);
        return { status: 200, body: next };
      },
    }),
    defineRow({
      method: 'PATCH',
      path: '/prompts/rendering',
      title: 'Update the rendering of several screens',
      scopes: ['update:prompts'],
      body: z.strictObject({
        configs: z.array(renderingBody.extend({ prompt: z.string(), screen: z.string() })).min(1),
      }),
      handle: ({ body }) => {
        for (const { prompt, screen, ...config } of body.configs)
          putKept(context, at({ prompt, screen }), { ...base(), ...config });
        return { status: 200, body };
      },
    }),
  ];
};

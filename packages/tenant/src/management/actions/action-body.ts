import { z } from 'zod';
import { oneOf, text } from '../body-parts.ts';
import { RUNTIMES, TRIGGERS } from './triggers.ts';

const MAX_CODE = 100_000;
const MAX_SECRETS = 30;
const MAX_DEPENDENCIES = 10;

const members = {
  code: text(MAX_CODE).optional(),
  dependencies: z
    .array(
      z.strictObject({
        name: text(214, 1),
        version: text(100, 1),
        registry_url: text(2048).optional(),
      }),
    )
    .max(MAX_DEPENDENCIES, `Array is too long, maximum ${MAX_DEPENDENCIES}`)
    .transform((given) => given.map(({ name, version }) => ({ name, version })))
    .optional(),
  runtime: oneOf(RUNTIMES).optional(),
  secrets: z
    .array(z.strictObject({ name: text(255, 1), value: text(4096).optional() }))
    .max(MAX_SECRETS, `Array is too long, maximum ${MAX_SECRETS}`)
    .optional(),
};

const name = text(255, 1).regex(
  /^[a-zA-Z0-9][a-zA-Z0-9 .:()_-]*$/,
  'String does not match the pattern of a name',
);

const supportedTriggers = z
  .array(
    z.strictObject({
      id: z.string().refine((id) => TRIGGERS.some((known) => known.id === id), {
        error: ({ input }) => `No enum match for: ${String(input)}`,
      }),
      version: text(10, 1),
    }),
  )
  .length(1, 'Array must have exactly one trigger');

export const createActionBody = z.strictObject({
  ...members,
  name,
  supported_triggers: supportedTriggers,
  deploy: z.boolean().optional(),
});
export type CreateActionBody = z.output<typeof createActionBody>;

export const updateActionBody = z.strictObject({
  ...members,
  name: name.optional(),
  supported_triggers: supportedTriggers.optional(),
});
export type UpdateActionBody = z.output<typeof updateActionBody>;

export const bindingsBody = z.strictObject({
  bindings: z
    .array(
      z.strictObject({
        display_name: text(255, 1).optional(),
        ref: z.strictObject({
          type: oneOf(['action_name', 'action_id', 'binding_id']),
          value: text(255, 1),
        }),
        secrets: z.array(z.unknown()).max(0, 'Secrets of a binding are not supported').optional(),
      }),
    )
    .max(20, 'Array is too long, maximum 20')
    .optional(),
});
export type BindingsBody = z.output<typeof bindingsBody>;

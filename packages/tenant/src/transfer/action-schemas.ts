import { z } from 'zod';
import type { Action, TriggerBindings } from '../state/action-documents.ts';
import { describe } from './describe.ts';

const text = z.string();
const id = text.min(1).max(255);
const dependencies = z.array(z.strictObject({ name: text, version: text }));
const secrets = z.array(z.strictObject({ name: text, value: text, updated_at: text }));

export const actionDocument = describe<Action>()(
  z.strictObject({
    id,
    name: text,
    supported_triggers: z.array(z.strictObject({ id: text, version: text })),
    code: text,
    dependencies,
    secrets,
    runtime: text,
    created_at: text,
    updated_at: text,
    deployed_version: z
      .strictObject({
        id,
        number: z.int().min(1),
        code: text,
        dependencies,
        secrets,
        runtime: text,
        built_at: text,
      })
      .optional(),
  }),
);

export const triggerBindingsDocument = describe<TriggerBindings>()(
  z.strictObject({
    trigger_id: id,
    bindings: z.array(
      z.strictObject({ id, action_id: id, display_name: text, created_at: text, updated_at: text }),
    ),
  }),
);

import type { Action, TriggerBindings } from './action-documents.ts';
import { createCollection } from './collection.ts';
import type { Store } from './store.ts';

/** The collections of actions and of trigger bindings. */
export const actionCollections = (store: Store) => ({
  actions: createCollection<Action, 'name'>(store, {
    name: 'actions',
    id: (a) => a.id,
    keys: (a) => ({ name: a.name }),
  }),
  triggerBindings: createCollection<TriggerBindings>(store, {
    name: 'trigger_bindings',
    id: (b) => b.trigger_id,
  }),
});

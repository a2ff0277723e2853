import type { TenantContext } from '../context.ts';
import { type Html, html } from '../pages/html.ts';
import type { Client } from '../state/settings-documents.ts';
import type { Outcome, Visit } from './console-page.ts';
import { card } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import { type FormValues, readChanges } from './form-values.ts';
import type { Manage } from './manage.ts';

type Deps = Pick<TenantContext, 'state'>;

/** The names of the connections that users of the application can sign in with. */
const valuesOf = ({ state }: Deps, { client_id }: Client): FormValues => ({
  connections: state.connections
    .list()
    .filter(({ enabled_clients }) => enabled_clients.includes(client_id))
    .map(({ name }) => name),
});

/** The form for the connections of an application. */
export const applicationConnectionsCard = (context: Deps, client: Client, visit: Visit): Html =>
  card({
    id: 'connections',
    title: 'Connections',
    body: inputForm(
      { visit, action: 'set-connections', values: valuesOf(context, client) },
      { label: 'Save', look: 'small primary' },
      (inputs) =>
        inputs.checks(
          'connections',
          'Users sign in with',
          context.state.connections.list().map(({ name, strategy }) => ({
            value: name,
            label: html`<code>${name}</code>`,
            hint: strategy,
          })),
        ),
    ),
  });

/** Enables the ticked connections for the application and disables the others. */
export async function setConnections(
  context: Deps,
  manage: Manage,
  client: Client,
  visit: Visit,
): Promise<Outcome> {
  const { client_id } = client;
  const { connections: chosen } = readChanges(visit, valuesOf(context, client));
  for (const { id, name, enabled_clients } of context.state.connections.list()) {
    const isChosen = Array.isArray(chosen) && chosen.includes(name);
    if (chosen !== undefined && isChosen !== enabled_clients.includes(client_id))
      await manage('PATCH', ['connections', id, 'clients'], [{ client_id, status: isChosen }]);
  }
  return { done: 'application_saved', client_id };
}

import type { TenantContext } from '../context.ts';
import type { Endpoint } from '../wire/row.ts';
import { PageError } from './page-error.ts';
import { record } from './record.ts';

/**
 * Logs the errors that an endpoint shows as a page: the client does not receive them, so its developer needs the log.
 */
export const logRefusals = (
  context: Pick<TenantContext, 'state' | 'log'>,
  type: 'f' | 'flo',
  endpoint: Endpoint,
): Endpoint => ({
  ...endpoint,
  async handle(request) {
    try {
      return await endpoint.handle(request);
    } catch (error) {
      if (!(error instanceof PageError)) throw error;
      const asked = request.query.get('client_id') ?? request.body.raw('client_id');
      const client = typeof asked === 'string' ? context.state.clients.get(asked) : undefined;
      record(context, request, client, { type, description: error.message });
      throw error;
    }
  },
});

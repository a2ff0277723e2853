import type { TenantContext } from '../context.ts';
import { bareError } from '../wire/errors.ts';
import type { Endpoint } from '../wire/row.ts';
import { requestPasswordReset } from './request-password-reset.ts';

/** POST /dbconnections/change_password: mails a reset link. The response is the same whether or not the user exists. */
export const changePasswordEndpoint = (context: TenantContext): Endpoint => ({
  method: 'POST',
  path: '/dbconnections/change_password',
  forBrowsers: true,
  handle({ body, ip }) {
    const identifier = body.text('email') ?? body.text('username');
    const name = body.text('connection');
    const clientId = body.text('client_id');
    if (name === undefined) throw bareError(400, 'connection parameter is mandatory');
    if (identifier === undefined) throw bareError(400, 'email is required');
    const [connection] = context.state.connections.find('name', name);
    const rate = requestPasswordReset(context, { connection, identifier, clientId, ip });
    return {
      body: "We've just sent you an email to reset your password.",
      contentType: 'text/html; charset=utf-8',
      headers: rate,
    };
  },
});

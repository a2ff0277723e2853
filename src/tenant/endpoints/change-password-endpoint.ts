import type { TenantContext } from '../context.ts';
import { bareError, oauthError } from '../errors.ts';
import { takeFromBucket } from '../users/bucket.ts';
import { findUser } from '../users/find-user.ts';
import { mailTicket } from '../users/mail-ticket.ts';
import type { Endpoint } from './endpoint.ts';

const bucket = { burst: 10, refillMs: 60_000 };

/** POST /dbconnections/change_password: one sentence, whether there is such a user or not; the link goes by mail. */
export const changePasswordEndpoint = (context: TenantContext): Endpoint => ({
  method: 'POST',
  path: '/dbconnections/change_password',
  handle({ body, ip }) {
    const identifier = body.text('email') ?? body.text('username');
    const name = body.text('connection');
    const client_id = body.text('client_id');
    if (name === undefined) throw bareError(400, 'connection parameter is mandatory');
    if (identifier === undefined) throw bareError(400, 'email is required');
    if (!takeFromBucket(context, `change_password\n${ip}\n${identifier.toLowerCase()}`, bucket))
      throw oauthError(
        429,
        'too_many_requests',
        'Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.',
      );
    const [connection] = context.state.connections.find('name', name);
    const user =
      connection?.strategy === 'auth0' ? findUser(context.state, connection, identifier) : undefined;
    if (user) {
      mailTicket(context, 'reset_password', user, client_id);
      context.log.record({ type: 'scpr', client_id, ip, user_id: user.user_id, connection: name });
    }
    return {
      body: "We've just sent you an email to reset your password.",
      contentType: 'text/html; charset=utf-8',
    };
  },
});

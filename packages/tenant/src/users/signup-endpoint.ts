import { toEventRequest } from '../actions/event-parts.ts';
import type { TenantContext } from '../context.ts';
import type { User } from '../state/user-documents.ts';
import { bareError, WireError } from '../wire/errors.ts';
import type { Endpoint } from '../wire/row.ts';
import { parseSignup, type SignupRequest } from './parse-signup.ts';
import { signUp } from './sign-up.ts';
import { requireSignupConnection } from './signup-connection.ts';

/**
 * POST /dbconnections/signup: a public endpoint that takes only a client id. Answers 200 (not 201) with an `_id`
 * without the `auth0|` prefix.
 */
export const signupEndpoint = (context: TenantContext): Endpoint => ({
  method: 'POST',
  path: '/dbconnections/signup',
  forBrowsers: true,
  async handle(request) {
    const { body, ip, headers } = request;
    const client_id = body.text('client_id');
    const name = body.text('connection');
    if (name === undefined) throw bareError(400, 'connection parameter is mandatory');
    const about = { client_id, ip, user_agent: headers['user-agent'], connection: name };
    try {
      const connection = requireSignupConnection(context, client_id, name);
      const wanted = parseSignup(connection, body);
      const user = await signUp(context, connection, wanted, {
        clientId: client_id,
        request: toEventRequest(request),
      });
      context.log.record({ type: 'ss', ...about, user_id: user.user_id, user_name: user.email ?? user.name });
      return { body: toSignupReply(user, wanted) };
    } catch (error) {
      if (error instanceof WireError)
        context.log.record({ type: error.options.logType ?? 'fs', description: error.message, ...about });
      throw error;
    }
  },
});

/** The sign-up response: the new user, with only the profile members that the request contained. */
const toSignupReply = (user: User, { given }: SignupRequest): object => ({
  _id: user.identities[0]?.user_id,
  ...(user.email !== undefined && { email: user.email, email_verified: user.email_verified }),
  ...(user.username !== undefined && { username: user.username }),
  ...(user.phone_number !== undefined && { phone_number: user.phone_number, phone_verified: false }),
  ...given,
});

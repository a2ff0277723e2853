import type { TenantContext } from '../../context.ts';
import type { User } from '../../state/user-documents.ts';
import { WireError } from '../../wire/errors.ts';
import { invalidPath, managementError, notFound } from '../management-error.ts';

export const noSuchUser = (): WireError => notFound('The user does not exist.', 'inexistent_user');

export const userExists = (): WireError =>
  managementError(409, 'The user already exists.', { errorCode: 'auth0_idp_error' });

/** An error of the user's connection. */
export const directoryError = (message: string): WireError =>
  managementError(400, message, { errorCode: 'auth0_idp_error' });

export const notSupported = (message: string): WireError =>
  managementError(400, message, { errorCode: 'operation_not_supported' });

/** The user of a path. Throws 404 `inexistent_user`, and 400 `invalid_uri` for a malformed id. */
export function requireUser({ state }: Pick<TenantContext, 'state'>, id: string | undefined): User {
  const user = state.users.get(requireUserId(id));
  if (!user) throw noSuchUser();
  return user;
}

/** A user id; the user need not exist. Throws 400 `invalid_uri`. */
export function requireUserId(id = ''): string {
  if (/^[^|]+\|./.test(id)) return id;
  throw invalidPath(`'Object didn't pass validation for format user-id: ${id}' on property id`);
}

/** Converts a password error to this API's format: `PasswordStrengthError: Password is too weak`. */
export function toPasswordRefusal(error: unknown): unknown {
  if (!(error instanceof WireError) || typeof error.body !== 'object') return error;
  const { name, message = error.message } = error.body as { name?: unknown; message?: unknown };
  return managementError(400, `${String(name)}: ${String(message)}`, {
    errorCode: 'auth0_idp_error',
    hint: 'password_policy',
  });
}

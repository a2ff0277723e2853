import type { ConnectionOptions } from '../../state/settings-documents.ts';
import { managementError } from '../management-error.ts';

interface Attribute {
  readonly identifier?: { readonly active?: boolean };
  readonly profile_required?: boolean;
  readonly signup?: { readonly status?: string };
  readonly unique?: boolean;
}

const refuse = (message: string) => managementError(400, message, { errorCode: 'invalid_body' });

/** The user attributes of a database connection; undefined if it has none. */
const attributesOf = ({ attributes }: ConnectionOptions): Readonly<Record<string, Attribute>> | undefined =>
  // The body's schema has checked that it is an object of objects.
  attributes as Readonly<Record<string, Attribute>> | undefined;

/** Checks the rules that concern several options of a database connection. Throws 400. */
export function checkOptions(options: ConnectionOptions, before?: ConnectionOptions): void {
  const attributes = attributesOf(options);
  if (!attributes) return;
  if (options.requires_username === true)
    throw refuse('Cannot set both options.attributes and options.requires_username');
  if (options.validation) throw refuse('Cannot set both options.attributes and options.validation');
  for (const [name, { profile_required, signup }] of Object.entries(attributes))
    if (profile_required === true && signup?.status !== undefined && signup.status !== 'required')
      throw refuse(`attribute ${name} must also be required on signup`);
  if (!Object.values(attributes).some(({ identifier }) => identifier?.active === true))
    throw refuse('attributes must contain one active identifier');
  const wasUnique = before && isUnique(before);
  if (wasUnique && !isUnique(options)) throw refuse('cannot add non-unique email attribute');
}

const isUnique = (options: ConnectionOptions): boolean => attributesOf(options)?.email?.unique !== false;

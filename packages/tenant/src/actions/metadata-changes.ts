import type { ApiCall } from '../action-runtime/messages.ts';
import type { User } from '../state/user-documents.ts';

type Metadata = Readonly<Record<string, unknown>>;

/** Metadata that Actions have set. */
export interface MetadataChanges {
  readonly app: Metadata;
  readonly user: Metadata;
}

export const NO_CHANGES: MetadataChanges = { app: {}, user: {} };

/** The changes with those of a call added; the same changes if it is not about metadata. */
export function withMetadataCall(
  changes: MetadataChanges,
  { method, args: [name, value] }: ApiCall,
): MetadataChanges {
  if (typeof name !== 'string') return changes;
  if (method === 'user.setAppMetadata') return { ...changes, app: { ...changes.app, [name]: value ?? null } };
  if (method === 'user.setUserMetadata')
    return { ...changes, user: { ...changes.user, [name]: value ?? null } };
  return changes;
}

/** A user or new profile with the changes; null removes a member. */
export function changeMetadata<T extends Pick<User, 'app_metadata' | 'user_metadata'>>(
  user: T,
  { app, user: own }: MetadataChanges,
): T {
  return {
    ...user,
    ...(Object.keys(app).length > 0 && { app_metadata: merged(user.app_metadata, app) }),
    ...(Object.keys(own).length > 0 && { user_metadata: merged(user.user_metadata, own) }),
  };
}

const merged = (before: Metadata = {}, changes: Metadata): Metadata =>
  Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null));

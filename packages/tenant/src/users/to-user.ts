import { createHash } from 'node:crypto';
import type { Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';

/** The given members of a new user; the others are derived as on Auth0. */
export type NewProfile = {
  readonly [K in Exclude<keyof User, 'user_id' | 'identities'>]?: User[K] | undefined;
};

export interface NewUser {
  readonly connection: Pick<Connection, 'name' | 'strategy'>;
  /** Without the provider, `24 hex`; or a complete `provider|id`, which is used unchanged. */
  readonly id: string;
  readonly now: Date;
  readonly profile: NewProfile;
}

const SOCIAL_STRATEGIES: ReadonlySet<string> = new Set([
  'oauth2',
  'google-oauth2',
  'github',
  'facebook',
  'apple',
]);

/** The default nickname: the user name, the local part of the e-mail address, or the phone number. */
const defaultNickname = ({ email, username, phone_number }: NewProfile): string =>
  username ?? email?.split('@', 1)[0] ?? phone_number ?? '';

/** Creates a user document. The e-mail address is unverified unless stated otherwise. */
export function toUser({ connection, id, now, profile }: NewUser): User {
  const email = profile.email?.toLowerCase();
  const provider = connection.strategy;
  const user_id = id.includes('|') ? id : `${provider}|${id}`;
  const at = now.toISOString();
  const given = Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined));
  return {
    user_id,
    email_verified: false,
    name: profile.email?.toLowerCase() ?? defaultNickname(profile),
    nickname: defaultNickname(profile),
    picture: gravatar(email ?? user_id),
    created_at: at,
    updated_at: at,
    logins_count: 0,
    ...given,
    ...(email === undefined ? {} : { email }),
    identities: [
      {
        connection: connection.name,
        user_id: user_id.slice(user_id.indexOf('|') + 1),
        provider,
        isSocial: SOCIAL_STRATEGIES.has(provider),
      },
    ],
  };
}

/** MD5 because Gravatar URLs use it; it has no security purpose. */
const gravatar = (email: string): string =>
  `https://s.gravatar.com/avatar/${createHash('md5').update(email).digest('hex')}?s=480&r=pg`;

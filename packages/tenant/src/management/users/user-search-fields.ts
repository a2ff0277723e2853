import type { SearchFields } from '../search/search-fields.ts';

const NAMING = ['email', 'name', 'given_name', 'family_name', 'nickname'];

/** Auth0's searchable user fields. Metadata is searchable too, by whole values only. */
export const USER_SEARCH_FIELDS: SearchFields = {
  naming: NAMING,
  ignoringCase: new Set([...NAMING, 'email.domain']),
  dates: new Set(['created_at', 'updated_at', 'last_login', 'last_password_reset']),
  numbers: new Set(['logins_count']),
  others: new Set([
    'user_id',
    'username',
    'phone_number',
    'phone_verified',
    'email_verified',
    'picture',
    'blocked',
    'last_ip',
    'identities.connection',
    'identities.provider',
    'identities.user_id',
    'identities.isSocial',
  ]),
  isPlain: (field) => /^(?:app|user)_metadata\.[^.]/.test(field),
};

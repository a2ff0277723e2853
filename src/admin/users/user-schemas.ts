import { z } from 'zod';
import type { AdministeredUser, Consent, UserSearch } from '../../auth0/managed-users.ts';
import { email, metadataOf, password, profileFields } from '../../auth0/user-fields.ts';
import { GatewayError } from '../../errors.ts';
import type { Session } from '../../session/session.ts';
import { instant, sessionUser, toTime } from '../../session/signed-in-reply.ts';
import { parseUserSearch, SEARCHABLE, SORT_FIELDS } from './user-search.ts';

const MAX_METADATA_KEYS = 100;
/** Auth0 returns at most this many users of a search. */
const MAX_LISTED = 1000;

const metadata = metadataOf(z.unknown(), MAX_METADATA_KEYS);

const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .refine(
      (text) => /^\d{1,4}$/.test(text) && Number(text) >= min && Number(text) <= max,
      `must be a whole number from ${min} to ${max}`,
    )
    .optional()
    .transform((text) => (text === undefined ? fallback : Number(text)))
    .meta({ override: { type: 'integer', minimum: min, maximum: max, default: fallback } });

export const usersQuery = z
  .strictObject({
    q: z
      .string()
      .max(500)
      .transform((text, context): string => {
        const search = parseUserSearch(text);
        if (search !== undefined) return search;
        const message = `must be comparisons field:value joined by AND or OR; fields: ${SEARCHABLE.join(', ')}`;
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      })
      .optional()
      .meta({
        description: `Comparisons \`field:value\`, joined by AND or OR, with NOT before them; a value is a word, which may end in \`*\`, a text in quotes or a range \`[from TO to]\`. Fields: ${SEARCHABLE.join(', ')}.`,
        example: 'email:ada* AND NOT blocked:true',
      }),
    page: wholeNumber(0, MAX_LISTED - 1, 0).meta({ description: 'From 0.' }),
    per_page: wholeNumber(1, 100, 50),
    sort: z
      .string()
      .refine(
        (text) => SORT_FIELDS.some((field) => text === `${field}:1` || text === `${field}:-1`),
        `must be a field and its order, 1 or -1, such as created_at:-1; fields: ${SORT_FIELDS.join(', ')}`,
      )
      .optional()
      .meta({
        description: `A field and its order, 1 or -1. Fields: ${SORT_FIELDS.join(', ')}.`,
        example: 'created_at:-1',
      }),
  })
  .refine(({ page, per_page }) => page * per_page < MAX_LISTED, {
    path: ['page'],
    message: `only the first ${MAX_LISTED} users of a search are listed: narrow it by q`,
  });

export const toUserSearch = ({ per_page: perPage, ...rest }: z.output<typeof usersQuery>): UserSearch => ({
  ...rest,
  q: rest.q,
  sort: rest.sort,
  perPage,
});

export const newUserBody = z
  .strictObject({
    email,
    password: password.optional().meta({
      description: 'Default: a random password; the user sets one after `password-reset`.',
    }),
    name: profileFields.name,
    user_metadata: metadata.optional(),
    app_metadata: metadata.optional(),
  })
  .meta({ id: 'gatehouse.AdminNewUser', example: { email: 'grace@example.com', name: 'Grace' } });

export const userChangeBody = z
  .strictObject({
    email: email.optional(),
    email_verified: z.boolean().optional(),
    ...profileFields,
    user_metadata: metadata.optional(),
    app_metadata: metadata.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'give at least one field to change' })
  .meta({ id: 'gatehouse.AdminUserChange', example: { nickname: 'Grace', app_metadata: { plan: 'gold' } } });

const someMetadata = z.record(z.string(), z.unknown());

const adminUser = sessionUser
  .extend({
    blocked: z.boolean(),
    created_at: z.string().optional(),
    last_login: z.string().optional(),
    logins_count: z.number().int(),
    user_metadata: someMetadata,
    app_metadata: someMetadata.meta({ description: 'Data of applications about the user.' }),
  })
  .meta({ id: 'gatehouse.AdminUser' });
export const adminUserReply = adminUser;

export const adminUserList = z
  .object({
    users: z.array(adminUser),
    page: z.number().int(),
    per_page: z.number().int(),
    total: z.number().int().meta({ description: 'Number of users that match the search.' }),
  })
  .meta({ id: 'gatehouse.AdminUserList' });

/** A user in the format of the administration API. */
export const toAdminUser = ({
  user_id: id,
  blocked,
  logins_count,
  user_metadata,
  app_metadata,
  ...known
}: AdministeredUser): z.input<typeof adminUser> => ({
  ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null)),
  id,
  blocked: blocked ?? false,
  logins_count: logins_count ?? 0,
  user_metadata: user_metadata ?? {},
  app_metadata: app_metadata ?? {},
});

const adminSession = z
  .object({
    id: z.string(),
    device: z.string(),
    ip: z.string(),
    created_at: instant,
    last_seen_at: instant,
    expires_at: instant,
  })
  .meta({ id: 'gatehouse.AdminSession' });

export const adminSessionList = z
  .object({ sessions: z.array(adminSession) })
  .meta({ id: 'gatehouse.AdminSessionList' });

export const toAdminSession = ({
  id,
  device,
  ip,
  createdAtMs,
  lastSeenAtMs,
  endsAtMs,
}: Session): z.output<typeof adminSession> => ({
  id,
  device,
  ip,
  created_at: toTime(createdAtMs),
  last_seen_at: toTime(lastSeenAtMs),
  expires_at: toTime(endsAtMs),
});

export const adminConsent = z
  .object({ id: z.string(), client_id: z.string(), audience: z.string(), scopes: z.array(z.string()) })
  .meta({ id: 'gatehouse.AdminConsent' });

export const adminConsentList = z
  .object({ consents: z.array(adminConsent) })
  .meta({ id: 'gatehouse.AdminConsentList' });

export const toAdminConsent = ({
  id,
  clientID,
  audience,
  scope,
}: Consent): z.output<typeof adminConsent> => ({
  id,
  client_id: clientID,
  audience,
  scopes: scope,
});

/** `<provider>|<id>`: the only format that may be part of a path to the tenant. */
const USER_ID = /^[\w.-]{1,64}\|[\x20-\x7e]{1,190}$/;

/** The id of a path. @throws GatewayError `validation_failed` */
export function toUserId({ id = '' }: Readonly<Record<string, string>>): string {
  if (USER_ID.test(id)) return id;
  const message = 'must be the id of a user, percent-encoded, such as auth0%7C5f7c8ec7c33c6c004bbafe82';
  throw new GatewayError('validation_failed', { errors: [{ path: 'id', message }] });
}

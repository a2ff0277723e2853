import { z } from 'zod';

/** Management API fields by their names; members of objects that are absent stay as they are. */
const settings = z.record(z.string(), z.unknown());
const texts = z.array(z.string().min(1));
const flags = z.record(z.string(), z.boolean());

/** The tenant's own settings. */
const tenant = z.strictObject({ flags: flags.optional(), settings: settings.optional() });

/** An API, by its identifier. */
const api = z.strictObject({
  identifier: z.string().min(1).max(600),
  name: z.string().min(1).max(200).optional(),
  /** Scopes are added and described, never removed. */
  scopes: z
    .array(z.strictObject({ value: z.string().min(1).max(280), description: z.string().max(500).optional() }))
    .optional(),
  settings: settings.optional(),
});

/** A grant of a client for an API. The audience `$mgmt` is replaced with the tenant's Management API. */
const grant = z.strictObject({
  audience: z.string().min(1),
  scopes: texts,
  /** Default: `user` for third-party clients, else `client`. */
  subject_type: z.enum(['client', 'user']).optional(),
});

/** The kinds of clients. */
export const clientKinds = ['web', 'spa', 'native', 'machine', 'third-party'] as const;

/** A client, by its logical key. */
const client = z.strictObject({
  key: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words separated by hyphens')
    .max(60),
  name: z.string().min(1).max(255),
  kind: z.enum(clientKinds),
  callbacks: texts.optional(),
  logout_urls: texts.optional(),
  grant_types: texts.optional(),
  settings: settings.optional(),
  grants: z.array(grant).optional(),
});

/** A connection, by its name. */
const connection = z.strictObject({
  name: z.string().min(1).max(128),
  /** Keys of clients for which it is enabled; others keep it. */
  clients: texts.optional(),
  settings: settings.optional(),
});

/** The file of `gatehouse provision`, `gatehouse.tenant.yaml`. */
export const tenantFile = z.strictObject({
  version: z.literal(1),
  tenant: tenant.optional(),
  apis: z.array(api).optional(),
  clients: z.array(client).optional(),
  connections: z.array(connection).optional(),
});

export type TenantFile = z.output<typeof tenantFile>;
export type ClientKind = (typeof clientKinds)[number];
export type DesiredApi = z.output<typeof api>;
export type DesiredGrant = z.output<typeof grant>;
export type DesiredConnection = z.output<typeof connection>;

/** A client of the file; or one that exists, by its client ID, of which any part may be wanted. */
export type DesiredClient =
  | (z.output<typeof client> & { readonly client_id?: undefined })
  | (Partial<z.output<typeof client>> & { readonly client_id: string });

/** Parts of attack protection, by their paths in the Management API. */
export const PROTECTIONS = [
  'bot-detection',
  'brute-force-protection',
  'breached-password-detection',
] as const;

export type Protection = (typeof PROTECTIONS)[number];

/**
 * What a tenant should be; what is absent stays as it is. A file's parsed content is one. `clients` of a connection are
 * keys, or client IDs.
 */
export interface DesiredTenant extends Omit<TenantFile, 'version' | 'clients'> {
  readonly clients?: readonly DesiredClient[] | undefined;
  /** Attack protection, which files do not describe. */
  readonly protection?: Readonly<Partial<Record<Protection, Readonly<Record<string, unknown>>>>> | undefined;
}

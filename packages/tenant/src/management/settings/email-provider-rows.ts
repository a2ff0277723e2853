import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { defined } from '../../state/defaults.ts';
import type { EmailProvider } from '../../state/settings-documents.ts';
import { oneOf, text } from '../body-parts.ts';
import { fieldsQuery, pickFields } from '../fields.ts';
import { managementError, notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { readSettings } from './tenant-settings-rows.ts';

const PATH = '/emails/provider';
const NAMES = [
  'mailgun',
  'mandrill',
  'sendgrid',
  'resend',
  'ses',
  'sparkpost',
  'smtp',
  'azure_cs',
  'ms365',
  'custom',
] as const;

const createBody = z.strictObject({
  name: oneOf(NAMES),
  enabled: z.boolean().default(true),
  default_from_address: text(320).optional(),
  credentials: z.looseObject({}),
  settings: z.looseObject({}).nullish(),
});
const updateBody = z.strictObject({
  name: oneOf(NAMES).optional(),
  enabled: z.boolean().optional(),
  default_from_address: text(320).optional(),
  credentials: z.looseObject({}).optional(),
  settings: z.looseObject({}).nullish(),
});

/** The members of the credentials that are not secret. */
const SHOWN = ['api_user', 'region', 'smtp_host', 'smtp_port', 'smtp_user', 'domain'];

/** The mail provider: stored and returned; all mail goes to the inbox. */
export const emailProviderRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: PATH,
    scopes: ['read:email_provider'],
    query: z.object(fieldsQuery),
    handle: ({ query }) => ({ status: 200, body: pickFields(toView(requireProvider(context)), query) }),
  }),
  defineRow({
    method: 'POST',
    path: PATH,
    title: 'Configure the email provider',
    scopes: ['create:email_provider'],
    body: createBody,
    handle: ({ body }) => {
      if (readSettings(context).email_provider)
        throw managementError(409, 'The email provider is already configured.');
      return { status: 201, body: toView(put(context, body)) };
    },
  }),
  defineRow({
    method: 'PATCH',
    path: PATH,
    title: 'Update the email provider',
    scopes: ['update:email_provider'],
    body: updateBody,
    handle: ({ body }) => ({
      status: 200,
      body: toView(put(context, { ...requireProvider(context), ...defined(body) })),
    }),
  }),
  defineRow({
    method: 'DELETE',
    path: PATH,
    title: 'Delete the email provider',
    scopes: ['delete:email_provider'],
    handle: () => {
      const { email_provider: _gone, ...settings } = readSettings(context);
      context.state.settings.put(settings);
      return { status: 204 };
    },
  }),
];

type Given = Omit<EmailProvider, 'settings'> & { readonly settings?: EmailProvider['settings'] | null };

function put(context: TenantContext, { settings, ...given }: Given): EmailProvider {
  const email_provider: EmailProvider = { ...given, settings: settings ?? undefined };
  context.state.settings.put({ ...readSettings(context), email_provider });
  return email_provider;
}

function requireProvider(context: TenantContext): EmailProvider {
  const provider = readSettings(context).email_provider;
  if (!provider) throw notFound('There is not a configured email provider', 'inexistent_email_provider');
  return provider;
}

function toView({ credentials, ...provider }: EmailProvider): object {
  const open = Object.entries(credentials).filter(([name]) => SHOWN.includes(name));
  return { ...provider, credentials: Object.fromEntries(open) };
}

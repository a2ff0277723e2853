import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { toIso } from '../../lib/clock.ts';
import { randomAlphanumeric } from '../../lib/random.ts';
import { keptKey } from '../../state/kept-documents.ts';
import { managementError, notFound } from '../management-error.ts';
import { defineRow, type MakeRows, type ManagementRow } from '../management-row.ts';
import type { Body } from './kept-resource.ts';
import { putKept, readKept } from './kept-setting.ts';
import { renderingRows } from './rendering-rows.ts';

const DOMAINS = '/custom-domains';
const ENCRYPTION = '/keys/encryption';
const TEMPLATES = '/branding/phone/templates';
const BLACKLIST = '/blacklists/tokens';

/** Further operations on stored resources, besides reading and writing. */
export const keptExtraRows: MakeRows = (context) => [
  ...domainRows(context),
  ...encryptionRows(context),
  ...phoneRows(context),
  ...hookSecretRows(context),
  ...renderingRows(context),
  ...tokenRows(context),
];

/** The stored document of an id. Throws 404. */
function requireOne(context: TenantContext, kind: string, id: string, message: string, code?: string): Body {
  const found = context.state.kept.get(keptKey(kind, id));
  if (!found) throw notFound(message, code);
  return found.body;
}

function domainRows(context: TenantContext): ManagementRow[] {
  const own = () => ({
    domain: context.domain.split(':', 1)[0],
    is_default: true,
    primary: true,
    status: 'ready',
  });
  const chosen = () =>
    context.state.kept.find('kind', DOMAINS).find(({ body }) => body.is_default === true)?.body ?? own();
  return [
    defineRow({
      method: 'GET',
      path: `${DOMAINS}/default`,
      scopes: ['read:custom_domains'],
      handle: () => ({ status: 200, body: chosen() }),
    }),
    defineRow({
      method: 'PATCH',
      path: `${DOMAINS}/default`,
      title: 'Set the default custom domain',
      scopes: ['update:custom_domains'],
      body: z.strictObject({ domain: z.string().min(1) }),
      handle: ({ body }) => {
        const all = context.state.kept.find('kind', DOMAINS);
        const wanted = all.find((one) => one.body.domain === body.domain);
        if (!wanted && body.domain !== own().domain && body.domain !== context.domain)
          throw notFound(`The custom domain ${body.domain} does not exist`, 'inexistent_custom_domain');
        for (const one of all)
          context.state.kept.put({ ...one, body: { ...one.body, is_default: one === wanted } });
        return { status: 200, body: chosen() };
      },
    }),
    defineRow({
      method: 'POST',
      path: `${DOMAINS}/:id/verify`,
      title: 'Verify a custom domain',
      scopes: ['create:custom_domains'],
      handle: ({ params }) => {
        const { id = '' } = params;
        const missing = `The custom domain ${id} does not exist`;
        return { status: 200, body: requireOne(context, DOMAINS, id, missing, 'inexistent_custom_domain') };
      },
    }),
  ];
}

/** Encryption keys of the tenant: stored and returned. This tenant encrypts nothing with them. */
function encryptionRows(context: TenantContext): ManagementRow[] {
  const requireKey = (id = '') => requireOne(context, ENCRYPTION, id, 'Key not found', 'inexistent_key');
  return [
    defineRow({
      method: 'POST',
      path: `${ENCRYPTION}/rekey`,
      title: 'Rekey the key hierarchy',
      scopes: ['create:encryption_keys', 'update:encryption_keys'],
      handle: () => ({ status: 204 }),
    }),
    defineRow({
      method: 'POST',
      path: `${ENCRYPTION}/:kid/wrapping-key`,
      title: 'Create a wrapping key',
      scopes: ['create:encryption_keys'],
      handle: ({ params }) => {
        requireKey(params.kid);
        const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
        return {
          status: 201,
          body: {
            public_key: publicKey.export({ type: 'spki', format: 'pem' }),
            algorithm: 'CKM_RSA_AES_KEY_WRAP',
          },
        };
      },
    }),
    defineRow({
      method: 'POST',
      path: `${ENCRYPTION}/:kid`,
      title: 'Import an encryption key',
      scopes: ['update:encryption_keys'],
      body: z.strictObject({ wrapped_key: z.string().min(1) }),
      handle: ({ params, body }) => {
        const key = requireKey(params.kid);
        // An RSA-wrapped key is at least as long as the wrapping key.
        if (Buffer.from(body.wrapped_key, 'base64').length < 256)
          throw managementError(
            400,
            'Invalid input. Wrapped key material is invalid or unsupported key type.',
            {
              errorCode: 'invalid_body',
            },
          );
        const next = { ...key, state: 'active', updated_at: toIso(context.clock.now()) };
        context.state.kept.put({ kind: ENCRYPTION, id: params.kid ?? '', body: next });
        return { status: 201, body: next };
      },
    }),
  ];
}

const tried = {
  status: 202,
  body: { code: 202, message: 'Test notification successfully sent for processing' },
};

function phoneRows(context: TenantContext): ManagementRow[] {
  const missing = 'Notification Resource not found';
  const tries = (['providers', 'templates'] as const).map((name) =>
    defineRow({
      method: 'POST',
      path: `/branding/phone/${name}/:id/try`,
      title: 'Send a test message',
      scopes: [`create:phone_${name}`],
      body: z.looseObject({ to: z.string().min(1) }),
      handle: ({ params, body }) => {
        requireOne(context, `/branding/phone/${name}`, params.id ?? '', missing);
        context.inbox.add({ to: body.to, kind: 'test_message', subject: 'Test message' });
        return tried;
      },
    }),
  );
  return [
    ...tries,
    defineRow({
      method: 'PATCH',
      path: `${TEMPLATES}/:id/reset`,
      title: 'Reset a phone template',
      scopes: ['update:phone_templates'],
      handle: ({ params }) => {
        const { id = '' } = params;
        const before = requireOne(context, TEMPLATES, id, missing);
        const text = '{{ code | escape }} is your verification code for {{ friendly_name | escape }}';
        const content = { syntax: 'liquid', body: { text, voice: text } };
        const next = { ...before, content, updated_at: toIso(context.clock.now()) };
        context.state.kept.put({ kind: TEMPLATES, id, body: next });
        return { status: 200, body: next };
      },
    }),
  ];
}

const secretsBody = z.record(z.string(), z.string());

/** The secrets of a hook. Responses never contain their values. */
function hookSecretRows(context: TenantContext): ManagementRow[] {
  const path = '/hooks/:id/secrets';
  const at = (id = ''): string => {
    requireOne(context, '/hooks', id, 'Error: Hook does not exist', 'HookDoesNotExist');
    return `/hooks/${id}/secrets`;
  };
  const add = (method: 'POST' | 'PATCH') =>
    defineRow({
      method,
      path,
      title: 'Set hook secrets',
      scopes: [method === 'POST' ? 'create:hooks' : 'update:hooks'],
      body: secretsBody,
      handle: ({ params, body }) => {
        const kind = at(params.id);
        putKept(context, kind, { ...readKept(context, kind), ...body });
        return { status: 201, body: {} };
      },
    });
  return [
    defineRow({
      method: 'GET',
      path,
      scopes: ['read:hooks'],
      handle: ({ params }) => {
        const names = Object.keys(readKept(context, at(params.id)) ?? {});
        return { status: 200, body: Object.fromEntries(names.map((name) => [name, '_VALUE_NOT_SHOWN_'])) };
      },
    }),
    add('POST'),
    add('PATCH'),
    defineRow({
      method: 'DELETE',
      path,
      title: 'Delete hook secrets',
      scopes: ['delete:hooks'],
      body: z.array(z.string()).min(1),
      handle: ({ params, body }) => {
        const kind = at(params.id);
        const left = Object.entries(readKept(context, kind) ?? {}).filter(([name]) => !body.includes(name));
        putKept(context, kind, Object.fromEntries(left));
        return { status: 204 };
      },
    }),
  ];
}

/** Revoked tokens by `jti` (legacy), and device credentials: stored, without effect. */
function tokenRows(context: TenantContext): ManagementRow[] {
  const { kept } = context.state;
  return [
    defineRow({
      method: 'GET',
      path: BLACKLIST,
      scopes: ['blacklist:tokens'],
      query: z.object({ aud: z.string().optional() }),
      handle: ({ query }) => ({
        status: 200,
        body: kept
          .find('kind', BLACKLIST)
          .map(({ body }) => body)
          .filter(({ aud }) => query.aud === undefined || aud === query.aud),
      }),
    }),
    defineRow({
      method: 'POST',
      path: BLACKLIST,
      title: 'Blacklist a token',
      scopes: ['blacklist:tokens'],
      body: z.strictObject({ aud: z.string().optional(), jti: z.string().min(1) }),
      handle: ({ body }) => {
        kept.put({ kind: BLACKLIST, id: `${body.aud ?? ''} ${body.jti}`, body });
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'POST',
      path: '/device-credentials',
      title: 'Create a device public key credential',
      scopes: ['create:device_credentials'],
      ownScopes: ['create:current_user_device_credentials'],
      body: z.strictObject({
        client_id: z.string().optional(),
        device_name: z.string().min(1),
        device_id: z.string().min(1),
        type: z.literal('public_key'),
        value: z.string().min(1),
      }),
      handle: ({ body }) => {
        const id = `dcr_${randomAlphanumeric(16)}`;
        kept.put({ kind: '/device-credentials', id, body });
        return { status: 201, body: { id } };
      },
    }),
  ];
}

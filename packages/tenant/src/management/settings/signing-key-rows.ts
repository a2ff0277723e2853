import { X509Certificate } from 'node:crypto';
import type { TenantContext } from '../../context.ts';
import type { SigningKeyDocument } from '../../state/token-documents.ts';
import { managementError, notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';

const ORDER = ['current', 'next', 'previous'] as const;

/** Signing keys: read, rotate, revoke. */
export const signingKeyRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: '/keys/signing',
    scopes: ['read:signing_keys'],
    handle: () => {
      const keys = context.state.signingKeys.list();
      return { status: 200, body: ORDER.flatMap((age) => keys.filter((key) => key.age === age)).map(toView) };
    },
  }),
  defineRow({
    method: 'POST',
    path: '/keys/signing/rotate',
    title: 'Rotate the application signing key',
    scopes: ['create:signing_keys', 'update:signing_keys'],
    handle: async () => {
      await context.keys.rotate();
      const { kid, cert_pem } = requireKey(context, context.keys.current().kid);
      return { status: 201, body: { kid, cert: cert_pem } };
    },
  }),
  defineRow({
    method: 'GET',
    path: '/keys/signing/:kid',
    scopes: ['read:signing_keys'],
    handle: ({ params }) => ({ status: 200, body: toView(requireKey(context, params.kid)) }),
  }),
  defineRow({
    method: 'PUT',
    path: '/keys/signing/:kid/revoke',
    title: 'Revoke an application signing key',
    scopes: ['update:signing_keys'],
    handle: async ({ params }) => {
      const { kid, age, cert_pem } = requireKey(context, params.kid);
      if (age === 'current')
        throw managementError(400, 'The current signing key cannot be revoked: rotate first.', {
          errorCode: 'operation_not_supported',
        });
      await context.keys.remove(kid);
      return { status: 200, body: { kid, cert: cert_pem } };
    },
  }),
];

function requireKey({ state }: TenantContext, kid = ''): SigningKeyDocument {
  const key = state.signingKeys.get(kid);
  if (!key) throw notFound('The signing key does not exist.', 'inexistent_signing_key');
  return key;
}

function toView({ kid, age, cert_pem, pkcs7_pem }: SigningKeyDocument): object {
  const { fingerprint } = new X509Certificate(cert_pem);
  return {
    kid,
    cert: cert_pem,
    ...(pkcs7_pem !== undefined && { pkcs7: pkcs7_pem }),
    fingerprint,
    thumbprint: fingerprint.replaceAll(':', ''),
    current: age === 'current',
    next: age === 'next',
    previous: age === 'previous',
    revoked: false,
  };
}

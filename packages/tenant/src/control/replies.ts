import type { TenantReply } from '../wire/row.ts';

export const ok = (body: object): TenantReply => ({ status: 200, body });

export const notFound = (message: string): TenantReply => ({
  status: 404,
  body: { error: 'not_found', message },
});

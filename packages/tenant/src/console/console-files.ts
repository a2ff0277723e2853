import { toExportText } from '../transfer/export-tenant.ts';
import type { TenantReply } from '../wire/row.ts';
import { script, stylesheet } from './assets.ts';
import type { ConsoleDeps } from './console-page.ts';

type ReplyTo = (query: URLSearchParams) => TenantReply;

const download = (body: string, contentType: string, name: string): TenantReply => ({
  body,
  contentType,
  headers: {
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  },
});

/** The console's routes other than pages, by their path below `/console`. */
export const consoleFiles = ({ caPem, control }: ConsoleDeps): readonly (readonly [string, ReplyTo])[] => [
  ...[stylesheet, script].map(
    ({ path, reply }) => [path, (query: URLSearchParams) => reply(query.get('v'))] as const,
  ),
  ['/tenant-ca.pem', () => download(caPem, 'application/x-pem-file', 'tenant-ca.pem')],
  [
    '/tenant-export.json',
    () => download(toExportText(control.keeper.export()), 'application/json', 'tenant-export.json'),
  ],
];

import { toForeignSites } from '../browser/same-site.ts';
import type { Config } from '../config/config.ts';
import type { Logger } from '../observe/logger.ts';

/** Logs a warning for each setting that is valid, but permissive or contradictory. */
export function warnOfConfig(config: Config, log: Logger): void {
  if (config.publicUrl.startsWith('http:'))
    log.warn('plain http on this machine: cookies go without Secure and the __Host- prefix');
  const foreign = toForeignSites(config.publicUrl, config.allowedOrigins);
  if (foreign.length > 0)
    log.warn(
      { origins: foreign },
      'ALLOWED_ORIGINS that are not on the site of PUBLIC_URL can have no session: browsers drop its cookie there',
    );
  if (config.allowLocalhostOrigins)
    log.warn('development: every http://localhost:<port> is an allowed origin');
  const overHttp = [...new Set([...config.allowedOrigins, ...config.tokenModeOrigins])].filter((origin) =>
    origin.startsWith('http:'),
  );
  if (config.production && overHttp.length > 0)
    log.warn({ origins: overHttp }, 'production: any program on a user’s machine can be such an origin');
  if (config.production && config.store.kind === 'sqlite' && config.store.file === ':memory:')
    log.warn('STORE_URL=sqlite::memory:: sessions and limits end with this process');
  const { adminAudience, tenant } = config.auth0;
  if (adminAudience !== undefined && tenant.kind === 'remote' && tenant.management === undefined)
    log.warn(
      'AUTH0_ADMIN_AUDIENCE without AUTH0_MGMT_CLIENT_ID: there are no administration routes without the Management API',
    );
  const unlisted = config.tokenModeOrigins.filter((origin) => !config.allowedOrigins.includes(origin));
  if (unlisted.length > 0)
    log.warn(
      { origins: unlisted },
      'TOKEN_MODE_ORIGINS that ALLOWED_ORIGINS does not list are refused as foreign origins',
    );
}

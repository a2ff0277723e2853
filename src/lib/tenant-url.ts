/**
 * The origin of a tenant, by AUTH0_DOMAIN: `https://<domain>`. A tenant on loopback whose issuer has http is named with its
 * scheme: `http://localhost:4400`.
 */
export const toTenantOrigin = (domain: string): string =>
  domain.startsWith('http://') ? domain : `https://${domain}`;

/** The issuer of a tenant, by AUTH0_DOMAIN. */
export const toIssuer = (domain: string): string => `${toTenantOrigin(domain)}/`;

import { type Check, missingFrom, problemIf } from '../check.ts';

const MAX_SKEW_MS = 30_000;
/** Below this share of the limit, the next calls may be refused. */
const LOW_QUOTA = 0.1;

/** R: the tenant is reached, and its Management API. */
export const reachChecks: readonly Check[] = [
  {
    id: 'R1',
    wanted: 'discovery loads and names the issuer of AUTH0_DOMAIN',
    symptom: 'the gateway is never ready, and every sign-in answers 503 tenant_unavailable',
    remedy: 'set AUTH0_DOMAIN to the domain that discovery names, and allow outgoing https to it',
    dashboard: 'Settings > General > Domain, and Branding > Custom Domains.',
    reads: ['discovery'],
    async check({ reads, issuer }) {
      const { issuer: seen = 'nothing' } = await reads.discovery();
      return problemIf(seen !== issuer, { seen: `the issuer ${seen}, not ${issuer}` });
    },
  },
  {
    id: 'R2',
    wanted: 'the key set has a usable RS256 key',
    symptom: 'every access token is refused with 401 invalid_token',
    remedy: 'rotate the signing key of the tenant',
    dashboard: 'Settings > Signing Keys.',
    reads: ['keys'],
    async check({ reads }) {
      const keys = await reads.keys();
      const isUsable = ({ kty, alg = 'RS256', use = 'sig' }: (typeof keys)[number]) =>
        kty === 'RSA' && alg === 'RS256' && use === 'sig';
      return problemIf(!keys.some(isUsable), { seen: `${keys.length} keys, none of them for RS256` });
    },
  },
  {
    id: 'R3',
    level: 'warn',
    wanted: 'the next signing key is published in the key set',
    symptom: 'at the next rotation, tokens are refused until the key set is loaded again',
    remedy: 'rotate the signing key once, so that the tenant has a next one',
    dashboard: 'Settings > Signing Keys.',
    reads: ['keys', 'signingKeys'],
    needs: ['R2'],
    async check({ reads }) {
      const published = (await reads.keys()).map(({ kid }) => kid);
      const next = (await reads.signingKeys()).find((key) => key.next === true);
      if (!next) return [{ seen: 'the tenant has no next key' }];
      return problemIf(!published.includes(next.kid), {
        seen: `the next key ${next.kid} is not in the key set`,
      });
    },
  },
  {
    id: 'R4',
    wanted: 'the clocks of this machine and the tenant differ by less than 30 s',
    symptom: 'tokens count as expired or not yet valid: 401 invalid_token right after a sign-in',
    remedy: 'synchronise the clock of this machine (NTP)',
    dashboard: '',
    reads: ['discovery'],
    async check({ reads, nowMs }) {
      const { dateMs } = await reads.discovery();
      if (dateMs === undefined) return [];
      const skewMs = Math.abs(nowMs() - dateMs);
      return problemIf(skewMs >= MAX_SKEW_MS, { seen: `a difference of ${Math.round(skewMs / 1000)} s` });
    },
  },
  {
    id: 'R5',
    wanted: 'a token for the Management API can be had on the canonical domain of the tenant',
    symptom: 'profile, password change and administration answer 502 tenant_misconfigured',
    remedy:
      'set AUTH0_MGMT_CLIENT_ID and AUTH0_MGMT_CLIENT_SECRET to a machine-to-machine application that is authorized for the Management API; with a custom domain, set AUTH0_MGMT_DOMAIN to the canonical one',
    dashboard: 'Applications > APIs > Auth0 Management API > Machine to Machine Applications.',
    reads: ['scopes'],
    async check({ reads }) {
      await reads.scopes();
      return [];
    },
  },
  {
    id: 'R6',
    wanted:
      'the management token has every scope that this command needs, and those that REVOCATION_FEED needs',
    symptom:
      'this command cannot check everything, and administration answers 502 tenant_misconfigured; without read:logs, users who are blocked at the tenant go on here',
    remedy: 'grant the missing scopes to the application of AUTH0_MGMT_CLIENT_ID',
    dashboard:
      'Applications > APIs > Auth0 Management API > Machine to Machine Applications > (app): tick the missing permissions.',
    reads: ['scopes'],
    needs: ['R5'],
    async check({ reads, neededScopes, feedScopes, config }) {
      // A token that names no scopes is taken to have them all.
      const granted = [...((await reads.scopes()) ?? [...neededScopes, ...feedScopes])];
      const missing = missingFrom(granted, neededScopes);
      const ofFeed = missingFrom([...granted, ...missing], feedScopes);
      return [
        ...problemIf(missing.length > 0, { seen: `without ${missing.join(', ')}` }),
        ...problemIf(ofFeed.length > 0, {
          // By default the feed is on only if it may read the log.
          status: config.revocation.feed === undefined ? 'warn' : 'fail',
          seen: `without ${ofFeed.join(', ')} for REVOCATION_FEED`,
        }),
      ];
    },
  },
  {
    id: 'R7',
    level: 'warn',
    wanted: 'at least a tenth of the Management API rate limit is left',
    symptom: 'administration answers 429 rate_limited',
    remedy: 'wait a minute, or look for the program that uses up the rate limit',
    dashboard: 'Monitoring > Logs: type api_limit.',
    reads: ['quota'],
    async check({ reads }) {
      const quota = await reads.quota();
      if (!quota) return [];
      const { left, limit } = quota;
      return problemIf(left < limit * LOW_QUOTA, { seen: `${left} of ${limit} calls left` });
    },
  },
];

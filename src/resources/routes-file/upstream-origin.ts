import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { toBareHost } from '../../lib/address.ts';

const WANTED =
  'an https origin, or an http one on a private or loopback host, such as http://127.0.0.1:4500; no path, no user';

const PRIVATE_NAMES =
  /^(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?|.+\.(?:localhost|local|internal|lan|home\.arpa))$/;

/** The metadata services of clouds, which return credentials; Amazon's has an address in a private range. */
const METADATA_HOSTS: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'instance-data',
  'instance-data.ec2.internal',
  'fd00:ec2::254',
]);

type Reach = 'private' | 'public' | 'forbidden';

/** The network of a host by its name or address. A name without dots is private. */
function toReach(hostname: string): Reach {
  const bare = toBareHost(hostname);
  if (METADATA_HOSTS.has(bare.replace(/\.$/, ''))) return 'forbidden';
  if (!ipaddr.isValid(bare)) return PRIVATE_NAMES.test(bare) ? 'private' : 'public';
  const range = ipaddr.process(bare).range();
  if (range === 'private' || range === 'loopback' || range === 'uniqueLocal') return 'private';
  // Link-local addresses include cloud metadata; other ranges are unusable.
  return range === 'unicast' ? 'public' : 'forbidden';
}

function isUpstream(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || url.origin !== value || url.hostname.includes('*')) return false;
  const reach = toReach(url.hostname);
  if (reach === 'forbidden') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && reach === 'private');
}

/** The origin of an upstream in normalized form, after variables were replaced. */
export const upstreamOrigin = z
  .string(WANTED)
  .refine(isUpstream, WANTED)
  .meta({
    pattern: '^(?:https?://[^/?#@\\s]+|.*\\$\\{[A-Za-z_]\\w*\\}.*)$',
    examples: ['http://127.0.0.1:4500', 'http://${ORGANIZER_HOST}:4500'],
  });

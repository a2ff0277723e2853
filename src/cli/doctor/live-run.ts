import { openManagement } from '../../auth0/management-access.ts';
import type { TenantLink } from '../../deps.ts';
import { startGateway } from '../../gateway.ts';
import type { Clock } from '../../lib/clock.ts';
import { createLogOutput } from '../../observe/logger.ts';
import type { StartSources } from '../../startup/read-sources.ts';
import type { LiveRun } from './check.ts';

export interface LiveInput {
  readonly sources: StartSources;
  readonly link: TenantLink;
  readonly clock: Clock;
}

/** A guarded route of the gateway. */
const GUARDED_PATH = '/api/location/geocode?q=Paris';
const LOOPBACK = '127.0.0.1';

/** Creates the live flow: a gateway with the same configuration on a free port, with a store in memory. */
export function createLiveRun({ sources, link, clock }: LiveInput, signal: AbortSignal): LiveRun {
  const { config, routes } = sources;
  const own = {
    ...config,
    host: LOOPBACK,
    port: 0,
    admin: { ...config.admin, host: LOOPBACK, port: 0 },
    store: { kind: 'sqlite', file: ':memory:' } as const,
    drainDelayMs: 0,
  };

  async function access() {
    if (!link.management) throw new Error('there is no access to the Management API');
    return openManagement(link.management);
  }

  return {
    signal,
    guardedPath: GUARDED_PATH,
    async startGateway() {
      const gateway = await startGateway({
        config: own,
        tenant: link,
        sessionSecrets: ['of a gateway that ends with this command'],
        clock,
        output: createLogOutput('silent', { write: () => undefined }),
        version: '0.0.0',
        routes,
      });
      try {
        await gateway.ready;
      } catch (error) {
        await gateway.drain();
        throw error;
      }
      return { url: `http://${LOOPBACK}:${gateway.port}`, close: () => gateway.drain() };
    },
    async deleteUser(userId) {
      const { client } = await access();
      await client.users.delete(userId);
    },
    async findUser(email) {
      const { client } = await access();
      const [user] = await client.users.listUsersByEmail({ email });
      return user?.user_id;
    },
  };
}

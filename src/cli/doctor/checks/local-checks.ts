import { connect } from 'node:net';
import { systemClock } from '../../../lib/clock.ts';
import { createGeocoder } from '../../../resources/location/geocoder.ts';
import { openStore } from '../../../store/open-store.ts';
import { type Check, type Problem, problemIf } from '../check.ts';

const CONNECT_MS = 3_000;

/** Why an origin is unreachable; undefined if it accepts a connection. */
function findConnectFault(origin: string): Promise<string | undefined> {
  const { hostname, port, protocol } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) || (protocol === 'https:' ? 443 : 80) });
    const end = (fault: string | undefined): void => {
      socket.destroy();
      resolve(fault);
    };
    socket.setTimeout(CONNECT_MS, () => end('no answer'));
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** L: the gateway's own side. */
export const localChecks: readonly Check[] = [
  {
    id: 'L1',
    level: 'warn',
    wanted: 'every given variable is one that the gateway reads',
    symptom: 'a setting has no effect',
    remedy: 'correct the name of the variable',
    dashboard: '',
    reads: [],
    check: ({ warnings }) => warnings.map(({ message }) => ({ seen: message })),
  },
  {
    id: 'L2',
    wanted: 'the store of STORE_URL is reachable, and shared where there is more than one replica',
    symptom: 'sessions answer 503; with an unshared store, users are signed out at every other request',
    remedy: 'start the store, or correct STORE_URL; more than one replica needs Redis or Valkey',
    dashboard: '',
    reads: [],
    async check({ config }) {
      const { store: location, production } = config;
      let reason: string | undefined;
      try {
        const store = await openStore(location, systemClock, (event) => {
          if (event.type === 'lost') reason ??= event.reason;
        });
        try {
          await store.ping();
        } finally {
          await store.close();
        }
      } catch (error) {
        return [{ seen: reason ?? textOf(error) }];
      }
      return problemIf(production && location.kind === 'sqlite', {
        status: 'warn',
        seen: 'a file of this machine, which other replicas do not share',
      });
    },
  },
  {
    id: 'L3',
    wanted: 'PUBLIC_URL is https outside this machine, and the proxy that serves it is trusted',
    symptom: 'all callers share the rate limits of one address, and the log has the address of the proxy',
    remedy: 'set TRUST_PROXY to the addresses of the proxy',
    dashboard: '',
    reads: [],
    check: ({ publicUrl, config: { trustProxy } }) => {
      // The gateway itself speaks http: an https origin is always served by a proxy.
      const isProxied = publicUrl.startsWith('https:');
      if (!isProxied) return [];
      if (trustProxy === undefined) return [{ seen: `${publicUrl} without TRUST_PROXY` }];
      const trustsNone = 'cidrs' in trustProxy && trustProxy.cidrs.length === 0;
      return problemIf(trustsNone, { status: 'warn', seen: `${publicUrl} with TRUST_PROXY=none` });
    },
  },
  {
    id: 'L4',
    wanted: 'the place data is there and can be read',
    symptom: '/api/location/geocode and its neighbours answer 500',
    remedy: 'build the place data: node scripts/build-gazetteer.ts',
    dashboard: '',
    reads: [],
    async check({ gazetteerFile }) {
      try {
        await createGeocoder(gazetteerFile).nearby({ lat: 0, lng: 0, limit: 1, language: 'en' });
        return [];
      } catch (error) {
        return [{ seen: textOf(error) }];
      }
    },
  },
  {
    id: 'L5',
    wanted: 'every upstream of the routes file takes connections',
    symptom: 'the routes of that upstream answer 502 or 503',
    remedy: 'start the upstream, or correct its address in the routes file',
    dashboard: '',
    reads: [],
    async check({ upstreams }) {
      const faults = await Promise.all(
        upstreams.map(async (origin): Promise<readonly Problem[]> => {
          const fault = await findConnectFault(origin);
          return fault === undefined ? [] : [{ seen: `${origin}: ${fault}` }];
        }),
      );
      return faults.flat();
    },
  },
];

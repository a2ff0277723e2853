// A gateway in a separate process. The parent process sends its settings, and later the offset of its clock.
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TenantLink } from '../../../src/deps.ts';
import { createTravelClock } from '../../../src/lib/clock.ts';
import { startGatewayUnderTest } from '../../support/gateway.ts';

export interface ReplicaOrder {
  readonly env: Readonly<Record<string, string>>;
  readonly link: TenantLink;
  readonly caPem: string;
  readonly offsetS: number;
}

const clock = createTravelClock();

async function start({ env, link, caPem, offsetS }: ReplicaOrder): Promise<void> {
  setDefaultCACertificates([...getCACertificates('default'), caPem]);
  clock.offsetS = offsetS;
  const { url } = await startGatewayUnderTest(env, link, clock);
  process.on('message', (later: { readonly offsetS: number }) => {
    clock.offsetS = later.offsetS;
    process.send?.(later);
  });
  process.send?.({ url });
}

process.once('message', (order: ReplicaOrder) => void start(order));

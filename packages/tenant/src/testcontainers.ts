import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { AbstractStartedContainer, GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { connectTenant, type SeedSource, type TenantHandle } from './index.ts';

const SEED_PATH = '/etc/tenant-seed.yaml';
const DOMAIN = 'tenant.localhost';

export interface ContainerSettings {
  readonly port: number;
  readonly controlToken: string;
  readonly hasSeed: boolean;
}

/**
 * The environment of the container. The port is the same inside and outside, so that one issuer is valid for browsers,
 * for the tests and, with the network alias `tenant.localhost`, for other containers.
 */
export const toContainerEnvironment = ({ port, controlToken, hasSeed }: ContainerSettings) => ({
  TENANT_HOST: '0.0.0.0',
  TENANT_PORT: String(port),
  TENANT_DOMAIN: DOMAIN,
  TENANT_DATA: ':memory:',
  TENANT_ALLOW_REMOTE: 'true',
  TENANT_CONTROL_TOKEN: controlToken,
  ...(hasSeed && { TENANT_SEED: SEED_PATH }),
});

/** A container of the tenant's image. */
export class TenantContainer extends GenericContainer {
  #hasSeed = false;

  /** Adds a seed to the built-in one: the path of a YAML or JSON file, or its content. */
  withSeed(seed: SeedSource): this {
    this.#hasSeed = true;
    return typeof seed === 'string'
      ? this.withCopyFilesToContainer([{ source: seed, target: SEED_PATH }])
      : this.withCopyContentToContainer([{ content: JSON.stringify(seed), target: SEED_PATH }]);
  }

  /** Starts the container and waits until the tenant responds. */
  override async start(): Promise<StartedTenantContainer> {
    const port = await findFreePort();
    const controlToken = randomBytes(32).toString('base64url');
    this.withEnvironment(toContainerEnvironment({ port, controlToken, hasSeed: this.#hasSeed }))
      .withExposedPorts({ container: port, host: port })
      .withNetworkAliases(DOMAIN)
      .withWaitStrategy(Wait.forHttp('/.well-known/jwks.json', port));
    return new StartedTenantContainer(await super.start(), { port, controlToken });
  }
}

/** A running container of the tenant. */
export class StartedTenantContainer extends AbstractStartedContainer {
  readonly #settings: Pick<ContainerSettings, 'port' | 'controlToken'>;

  constructor(started: StartedTestContainer, settings: Pick<ContainerSettings, 'port' | 'controlToken'>) {
    super(started);
    this.#settings = settings;
  }

  /** `tenant.localhost:<port>`: the value of `AUTH0_DOMAIN`. */
  getDomain(): string {
    return `${DOMAIN}:${this.#settings.port}`;
  }

  /** The CA certificate of the tenant's certificate, for `NODE_EXTRA_CA_CERTS`. */
  async getCa(): Promise<string> {
    return (await this.connect()).caPem;
  }

  /** The handle for tests: inbox, clock, faults, seed and reset. `signInAs` is off in a container. */
  connect(): Promise<TenantHandle> {
    const { port, controlToken } = this.#settings;
    return connectTenant({ url: `http://${this.getHost()}:${port}`, controlToken });
  }
}

/** A port that is free on this machine now. */
function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

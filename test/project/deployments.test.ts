import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { readConfig } from '../../src/config/read-config.ts';
import { storeUrl } from '../../src/config/store-url.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { connectTenant } from '../../src/embedded/connect-tenant.ts';
import { HEALTH_PATHS } from '../../src/http/health-routes.ts';
import { createTravelClock } from '../../src/lib/clock.ts';
import { createLogOutput } from '../../src/observe/logger.ts';
import { asBearer, createBrowser, noBrowser } from '../support/browser.ts';
import { makeFolder } from '../support/folder.ts';
import { startGatewayUnderTest } from '../support/gateway.ts';
import { endWithRun } from '../support/programs.ts';
import { envOfImage } from './support/dockerfile.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- tests assert on every member that they read
const readYaml = (file: string): any => parse(readFileSync(file, 'utf8'));

const SECRETS: Readonly<Record<string, string>> = {
  'auth0-client-secret': 'a-client-secret-of-the-tests',
  'session-secrets': '0tXW2rGd1vQm8uKz4yLc7bNf5hJs3pRa',
  'store-url': 'redis://:a-password@store:6379',
};

/** The configuration of a container: the image's variables, those given, and files for the secrets that they name. */
function readConfigOf(given: Readonly<Record<string, string>>) {
  const cwd = makeFolder();
  const env = Object.fromEntries(
    Object.entries({ ...envOfImage('Dockerfile'), ...given }).map(([name, value]) => {
      if (!name.endsWith('_FILE') || !value.startsWith('/run/secrets/')) return [name, value];
      const file = path.join(cwd, path.basename(value));
      writeFileSync(file, `${SECRETS[path.basename(value).replaceAll('_', '-')]}\n`);
      return [name, file];
    }),
  );
  const read = readConfig(env, { cwd });
  return {
    faults: read.ok ? [] : read.faults,
    warnings: read.warnings,
    config: read.ok ? read.config : undefined,
  };
}

/** Member names that exist in the API of Kubernetes. */
function readApiNames(): ReadonlySet<string> {
  const types = globSync('node_modules/{kubernetes-models,@kubernetes-models/apimachinery}/**/*.d.ts');
  return new Set(
    types.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/"(\w+)"\??:/g)].map(([, name = '']) => name),
    ),
  );
}

/** Members with names of the operator's choice inside. */
const FREE = new Set(['labels', 'matchLabels', 'annotations', 'selector', 'requests', 'limits']);

const namesIn = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.flatMap(namesIn)
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, inner]) => [name, ...(FREE.has(name) ? [] : namesIn(inner))])
      : [];

describe('deploy/kubernetes', () => {
  const folder = 'deploy/kubernetes';
  const kustomization = readYaml(`${folder}/kustomization.yaml`);
  const models = { Deployment, Service, HorizontalPodAutoscaler, PodDisruptionBudget };
  const files = globSync(`${folder}/*.yaml`).filter((file) => !file.endsWith('kustomization.yaml'));
  const manifests = files.map(readYaml);
  const ofKind = (kind: string) => manifests.find((manifest) => manifest.kind === kind);
  const pod = ofKind('Deployment').spec.template;
  const [container] = pod.spec.containers;

  it('has manifests that are valid by the schemas of Kubernetes, without unknown members', () => {
    const known = readApiNames();
    expect(known.size).toBeGreaterThan(500);
    expect(known.has('readinessprobe')).toBe(false);
    for (const manifest of manifests) {
      const Model = models[manifest.kind as keyof typeof models];
      const model = new Model(manifest);
      expect([model.apiVersion, model.kind]).toEqual([manifest.apiVersion, manifest.kind]);
      model.validate();
      expect(namesIn(manifest).filter((name) => !known.has(name))).toEqual([]);
    }
    expect(new Set(manifests.map(({ kind }) => kind))).toEqual(new Set(Object.keys(models)));
  });

  it('is completely applied by its kustomization, at the version of the gateway', () => {
    const listed = z
      .strictObject({
        apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
        kind: z.literal('Kustomization'),
        resources: z.array(z.string()),
        configMapGenerator: z.tuple([
          z.strictObject({ name: z.literal('gatehouse'), literals: z.array(z.string()) }),
        ]),
        images: z.tuple([
          z.strictObject({ name: z.literal('gatehouse'), newTag: z.literal(packageJson.version) }),
        ]),
      })
      .parse(kustomization);
    expect(listed.resources.toSorted()).toEqual(files.map((file) => path.basename(file)).toSorted());
    expect(container.image).toBe('gatehouse');
  });

  it('gives the gateway a configuration that is valid in production, with its secrets as files', () => {
    const literals = kustomization.configMapGenerator[0].literals.map((line: string) =>
      line.split(/=(.*)/s, 2),
    );
    const own = container.env.map(({ name, value }: { name: string; value: string }) => [name, value]);
    const { faults, warnings, config } = readConfigOf(Object.fromEntries([...literals, ...own]));
    expect({ faults, warnings }).toEqual({ faults: [], warnings: [] });
    expect(config).toMatchObject({ production: true, store: { kind: 'redis' } });
    expect(
      own.filter(([, value]: string[]) => Object.values(SECRETS).some((secret) => value?.includes(secret))),
    ).toEqual([]);
  });

  it('has a page with a store address of each kind, whose files are in the secret', () => {
    const page = readFileSync('docs/how-to/kubernetes.md', 'utf8');
    const addresses = [...page.matchAll(/`(redi(?:s|ss)(?:\+\w+)?:\/\/[^`]+)`/g)].map(([, url]) => url);
    expect(addresses.map((url) => storeUrl.parse(url).kind)).toEqual(['redis', 'sentinel', 'cluster']);
    const mounted = pod.spec.volumes.find(({ name }: { name: string }) => name === 'secrets').secret;
    expect(page).toContain(`create secret generic ${mounted.secretName} `);
    const given = [...page.matchAll(/--from-file=([\w.-]+)/g)].map(([, name]) => name);
    const read = [
      ...page.matchAll(/\/run\/secrets\/gatehouse\/([\w.-]+)/g),
      ...JSON.stringify(container.env).matchAll(/\/run\/secrets\/gatehouse\/([\w.-]+)/g),
    ].map(([, name]) => name);
    expect(new Set(read)).toEqual(new Set(given));
  });

  it('has probes for existing paths and the port of the gateway', () => {
    const ports = new Map(
      container.ports.map(({ name, containerPort }: { name: string; containerPort: number }) => [
        name,
        String(containerPort),
      ]),
    );
    expect(ports).toEqual(
      new Map([
        ['http', VARIABLES.PORT.default],
        ['metrics', VARIABLES.ADMIN_PORT.default],
      ]),
    );
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      expect(HEALTH_PATHS.has(container[probe].httpGet.path)).toBe(true);
      expect(container[probe].httpGet.port).toBe('http');
    }
    expect(container.livenessProbe.httpGet.path).toBe('/healthz');
    expect(pod.metadata.annotations['prometheus.io/port']).toBe(ports.get('metrics'));
    // Metrics have no authentication, so no service exposes them.
    expect(ofKind('Service').spec.ports.map(({ targetPort }: { targetPort: string }) => targetPort)).toEqual([
      'http',
    ]);
  });

  it('runs it without privileges, and with time to stop', () => {
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(
      Number(VARIABLES.SHUTDOWN_TIMEOUT_MS.default),
    );
  });

  it('uses the same pod labels everywhere', () => {
    const { labels } = pod.metadata;
    for (const kind of ['Deployment', 'PodDisruptionBudget'])
      expect(ofKind(kind).spec.selector.matchLabels).toEqual(labels);
    expect(ofKind('Service').spec.selector).toEqual(labels);
    expect(ofKind('HorizontalPodAutoscaler').spec.scaleTargetRef.name).toBe(
      ofKind('Deployment').metadata.name,
    );
  });
});

const service = z.strictObject({
  build: z.strictObject({ context: z.literal('.'), dockerfile: z.string().optional() }).optional(),
  image: z.string(),
  deploy: z.strictObject({ replicas: z.number() }).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+(-\d+)?:\d+$/)).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  command: z.array(z.string()).optional(),
  secrets: z.array(z.string()).optional(),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string() })).optional(),
  networks: z.strictObject({ default: z.strictObject({ aliases: z.array(z.string()) }) }).optional(),
  read_only: z.literal(true).optional(),
  tmpfs: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.number(),
    })
    .optional(),
  cap_drop: z.tuple([z.literal('ALL')]),
  user: z
    .string()
    .regex(/^[1-9]\d*:[1-9]\d*$/)
    .optional(),
  security_opt: z.array(z.literal('no-new-privileges:true')).optional(),
  stop_grace_period: z.string().optional(),
  restart: z.literal('unless-stopped').optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
});
/** The members of Compose that these files use; any other member is reported. */
const compose = z.strictObject({
  services: z.record(z.string(), service),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })).optional(),
  configs: z.record(z.string(), z.strictObject({ content: z.string() })).optional(),
  volumes: z.record(z.string(), z.strictObject({})),
});
const readCompose = (file: string) => compose.parse(readYaml(file));

describe.each(['compose.yaml', 'compose.demo.yaml'])('%s', (file) => {
  const { services, secrets = {}, configs = {}, volumes } = readCompose(file);

  it('declares every secret, configuration and volume that a service uses, and no others', () => {
    const used = Object.values(services);
    expect(new Set(used.flatMap((each) => each.secrets ?? []))).toEqual(new Set(Object.keys(secrets)));
    expect(new Set(used.flatMap((each) => (each.configs ?? []).map(({ source }) => source)))).toEqual(
      new Set(Object.keys(configs)),
    );
    expect(
      new Set(used.flatMap((each) => (each.volumes ?? []).map((volume) => volume.split(':')[0]))),
    ).toEqual(new Set(Object.keys(volumes)));
    expect(
      used.flatMap((each) => Object.keys(each.depends_on ?? {})).filter((name) => !services[name]),
    ).toEqual([]);
  });

  it('builds the project’s images at its version, from existing files', () => {
    for (const { build, image } of Object.values(services)) {
      if (!build) continue;
      expect(image.split(':')[1]).toBe(packageJson.version);
      expect(readFileSync(build.dockerfile ?? 'Dockerfile', 'utf8')).toContain('FROM ');
    }
  });

  it('has a valid configuration of the gateway, and time to stop', () => {
    const { environment = {}, stop_grace_period: grace = '', ports = [] } = services['gateway'] ?? {};
    const { faults, warnings } = readConfigOf(environment);
    expect({ faults, warnings }).toEqual({ faults: [], warnings: [] });
    expect(Number.parseInt(grace, 10) * 1000).toBeGreaterThan(Number(VARIABLES.SHUTDOWN_TIMEOUT_MS.default));
    expect(ports.map((port) => port.split(':').at(-1))).toEqual([VARIABLES.PORT.default]);
  });
});

describe('compose.yaml of a real tenant', () => {
  const { services, secrets = {} } = readCompose('compose.yaml');

  it('runs two gateways on one store, without secrets in the file', () => {
    expect(services['gateway']?.deploy?.replicas).toBe(2);
    expect(readConfigOf(services['gateway']?.environment ?? {}).config).toMatchObject({
      production: true,
      store: { kind: 'redis', host: 'store' },
    });
    for (const name of services['gateway']?.secrets ?? [])
      expect(Object.values(services['gateway']?.environment ?? {})).toContain(`/run/secrets/${name}`);
    for (const { file } of Object.values(secrets)) expect(file).toMatch(/^\.\/secrets\//);
    expect(services['store']?.command?.at(-1)).toContain('--maxmemory-policy noeviction');
  });
});

describe('compose.demo.yaml with a tenant of its own', () => {
  const { services, configs = {} } = readCompose('compose.demo.yaml');
  const environment = services['gateway']?.environment ?? {};
  const ofTenant = services['tenant']?.environment ?? {};
  const command = path.resolve('packages/tenant/src/cli.ts');

  it('sets variables that the tenant reads, and its domain is a name on the network', () => {
    const known = execFileSync(process.execPath, [command, '--help'], { encoding: 'utf8' });
    const names = Object.keys({ ...envOfImage('packages/tenant/Dockerfile'), ...ofTenant });
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(known))).toEqual([]);
    expect(services['tenant']?.networks?.default.aliases).toEqual([ofTenant['TENANT_DOMAIN']]);
    expect(services['tenant']?.configs).toEqual([{ source: 'seed', target: ofTenant['TENANT_SEED'] }]);
  });

  it('lets people sign up, sign in and call the API, and sends browsers to the tenant by http', async () => {
    const folder = makeFolder();
    const seed = path.join(folder, 'seed.yaml');
    writeFileSync(seed, configs['seed']?.content ?? '');
    const child = endWithRun(
      spawn(process.execPath, [command, '--json'], {
        cwd: folder,
        env: {
          ...envOfImage('packages/tenant/Dockerfile'),
          ...ofTenant,
          TENANT_HOST: '127.0.0.1',
          TENANT_PORT: '0',
          TENANT_DATA: path.join(folder, 'tenant.db'),
          TENANT_SEED: seed,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { issuer, port } = JSON.parse(line) as { issuer: string; port: number };
    const { config } = readConfigOf(environment);
    if (!config) throw new Error('the configuration of the gateway is not valid');
    const { link } = await connectTenant(
      config,
      createTravelClock(),
      createLogOutput('silent', { write: () => undefined }).log,
    );
    expect(link.issuer.replace(':4400', `:${port}`)).toBe(issuer);
    // The network of Compose knows the domain; here the tenant is on loopback, at a free port.
    const under = await startGatewayUnderTest(environment, {
      ...link,
      issuer,
      baseUrl: `http://127.0.0.1:${port}`,
    });
    const browser = createBrowser(under.url);
    const account = { email: 'grace@example.com', password: 'Correct-Horse-9' };
    const signedUp = await browser.send('POST', '/v1/auth/signup', { body: account, headers: noBrowser });
    expect(signedUp.status).toBe(201);
    const audience = environment['AUTH0_API_AUDIENCE'];
    const { body } = await browser.send('POST', '/v1/auth/signin', {
      body: { ...account, audience, scope: 'geocode:location' },
      headers: noBrowser,
    });
    const found = await browser.send('GET', '/api/location/geocode?q=Oslo', {
      headers: asBearer(body.access_token),
    });
    expect([found.status, found.body.features[0].properties.name]).toEqual([200, 'Oslo']);
    const login = await browser.go('/v1/auth/login', { host: new URL(environment['PUBLIC_URL'] ?? '').host });
    // Browsers do not know its certificate.
    expect(login.headers.get('location')).toMatch(/^http:\/\/tenant\.localhost:4400\/authorize\?/);
    await under.close();
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
});

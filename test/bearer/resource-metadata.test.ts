import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProxyWorld, startProxyWorld } from '../proxy/support/proxy-world.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

let upstream: RecordingUpstream;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  const common = { methods: ['GET'], upstream: upstream.url };
  world = await startProxyWorld([
    { ...common, path: '/api/things', guard: { scopes: ['read:things'] } },
    { ...common, path: '/api/files/*', guard: { anyScope: ['read:files', 'write:files'] } },
    { ...common, path: '/api/anybody', guard: { user: true } },
    { ...common, path: '/api/open', guard: 'public' },
  ]);
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});

const read = async (path: string) => {
  const answer = await fetch(`${world.url}${WELL_KNOWN}${path}`);
  return { answer, body: (await answer.json()) as Record<string, unknown> };
};

describe('the metadata of a protected resource', () => {
  it('have the URL without the well-known part as resource: of the gateway, a route, a prefix', async () => {
    for (const path of ['', '/api/things', '/api/files']) {
      const { answer, body } = await read(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/);
      expect(body['resource']).toBe(`${world.gateway.publicUrl}${path}`);
      expect(body).toMatchObject({
        resource_name: 'Gatehouse',
        bearer_methods_supported: ['header'],
        resource_documentation: `${world.gateway.publicUrl}/docs`,
      });
      expect(body['authorization_servers']).toEqual([expect.stringMatching(/^https:\/\/.*\/$/)]);
    }
  });

  it('are referred to by the challenge of a route, whose URL is the resource', async () => {
    const url = `${world.gateway.publicUrl}/api/things`;
    const challenge = (await fetch(`${world.url}/api/things`)).headers.get('www-authenticate') ?? '';
    const named = new URL(/resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '');
    expect(named.pathname).toBe(`${WELL_KNOWN}/api/things`);
    expect((await read('/api/things')).body['resource']).toBe(url);
  });

  it('list the scopes of the route, and omit an empty list', async () => {
    expect((await read('/api/things')).body['scopes_supported']).toEqual(['read:things']);
    expect((await read('/api/files')).body['scopes_supported']).toEqual(['read:files', 'write:files']);
    expect((await read('/api/anybody')).body).not.toHaveProperty('scopes_supported');
    for (const path of ['', '/api/things', '/api/anybody'])
      expect(Object.values((await read(path)).body)).not.toContainEqual([]);
  });

  it('exist only for guarded routes', async () => {
    for (const path of ['/api/open', '/api/nothing', '/api'])
      expect((await read(path)).answer.status, path).toBe(404);
  });
});

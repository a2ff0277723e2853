import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BuiltClient, useClient } from './support/build-client.ts';

const MAX_BYTES = 6144;

describe('the built client', () => {
  let client: BuiltClient;
  beforeAll(async () => {
    client = await useClient();
  });

  it(`has at most ${MAX_BYTES} bytes, bundled, minified and gzipped`, () => {
    const bundle = client.scripts['gatehouse-client.min.js'] ?? '';
    expect(bundle).not.toMatch(/\bimport\b/);
    expect(bundle).toContain('createGatehouse');
    expect(gzipSync(bundle, { level: 9 }).length).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('imports only its own files, and React in the binding', () => {
    const imported = Object.entries(client.scripts).flatMap(([file, text]) =>
      [...text.matchAll(/^(?:import|export) .*?from ['"]([^'"]+)['"];/gms)]
        .filter(([, name]) => !name?.startsWith('./'))
        .map(([, name]) => `${file}: ${name}`),
    );
    expect(imported).toEqual(['react.js: react']);
  });
});

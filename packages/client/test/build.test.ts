import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BuiltClient, useClient } from './support/build-client.ts';

const MAX_BYTES = 6144;

describe('the built client', () => {
  let client: BuiltClient;
  beforeAll(async () => {
    client = await useClient();
  });

  it(`is ${MAX_BYTES} bytes at most, bundled, minified and gzipped`, () => {
    const bundle = client.scripts['gatehouse-client.min.js'] ?? '';
    expect(bundle).not.toMatch(/\bimport\b/);
    expect(bundle).toContain('createGatehouse');
    expect(gzipSync(bundle, { level: 9 }).length).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('imports nothing but its own files, and React in the binding alone', () => {
    const imported = Object.entries(client.scripts).flatMap(([file, text]) =>
      [...text.matchAll(/^(?:import|export) .*?from ['"]([^'"]+)['"];/gms)]
        .filter(([, name]) => !name?.startsWith('./'))
        .map(([, name]) => `${file}: ${name}`),
    );
    expect(imported).toEqual(['react.js: react']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealer } from '../../src/lib/sealed.ts';

const secret = 'a secret of the tests, at least 32 bytes long';
const older = 'an older secret of the tests, 32 bytes long';

describe('a sealed value', () => {
  it('opens to its content, with any of the secrets', () => {
    const value = { a: [1, 'ü', null] };
    const sealed = createSealer([older], 'handle').seal(value);
    expect(createSealer([secret, older], 'handle').open(sealed)).toEqual(value);
    expect(createSealer([secret], 'handle').open(sealed)).toBeUndefined();
  });

  it('for another purpose counts as absent', () => {
    expect(createSealer([secret], 'session').open(createSealer([secret], 'handle').seal(1))).toBeUndefined();
  });

  it('is different each time and reveals nothing of its content', () => {
    const sealer = createSealer([secret], 'handle');
    expect(sealer.seal('canary')).not.toBe(sealer.seal('canary'));
    expect(Buffer.from(sealer.seal('canary'), 'base64url').toString('latin1')).not.toContain('canary');
  });

  it('with any byte changed, cut or added counts as absent', () => {
    const sealer = createSealer([secret], 'handle');
    const bytes = Buffer.from(sealer.seal({ user: 'x' }), 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(sealer.open(changed.toString('base64url'))).toBeUndefined();
      expect(sealer.open(bytes.subarray(0, i).toString('base64url'))).toBeUndefined();
    }
    expect(sealer.open(Buffer.concat([bytes, Buffer.from([0])]).toString('base64url'))).toBeUndefined();
  });

  it('that is invalid counts as absent, without an error', () => {
    const sealer = createSealer([secret], 'handle');
    fc.assert(
      fc.property(fc.string(), (text) => sealer.open(text) === undefined),
      { seed: 7, numRuns: 500 },
    );
  });
});

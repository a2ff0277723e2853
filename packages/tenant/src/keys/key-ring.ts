import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import type { State } from '../state/state.ts';
import type { SigningKeyDocument } from '../state/token-documents.ts';
import { type MakeSigningKey, makeSigningKey } from './make-signing-key.ts';

export interface SigningKey {
  readonly kid: string;
  readonly age: SigningKeyDocument['age'];
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public JWK, as the JWKS lists it. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** The token signing keys, including previous ones whose tokens may still be in use. */
export interface KeyRing {
  current(): SigningKey;
  find(kid: string): SigningKey | undefined;
  /** The current key first, then the next, then previous ones. */
  list(): { kid: string; state: SigningKeyDocument['age'] }[];
  jwks(): { keys: Readonly<Record<string, unknown>>[] };
  /** Makes the next key the current one, keeps the current one as previous, and creates a new next key. */
  rotate(): Promise<void>;
  /** Revokes a key at once and returns whether it existed. The current key must be rotated first. */
  remove(kid: string): Promise<boolean>;
  /** Reloads the keys after another writer has changed them. */
  reload(): Promise<void>;
}

const ORDER = { current: 0, next: 1, previous: 2 } as const;

const toSigningKey = (document: SigningKeyDocument): SigningKey => {
  const privateKey = createPrivateKey(document.private_pem);
  return {
    kid: document.kid,
    age: document.age,
    privateKey,
    publicKey: createPublicKey(privateKey),
    jwk: { ...document.public_jwk, kid: document.kid, use: 'sig', alg: 'RS256' },
  };
};

/** Loads the tenant's keys from its state; creates a current and a next one if they are missing. */
export async function readKeyRing(
  state: Pick<State, 'signingKeys' | 'transaction'>,
  clock: Clock,
  make: MakeSigningKey = makeSigningKey,
): Promise<KeyRing> {
  const { signingKeys } = state;
  let ring = new Map<string, SigningKey>();
  /** The latest pending change. Changes run one after another, because each is asynchronous. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };

  function reload(): void {
    const documents = signingKeys.list().toSorted((a, b) => ORDER[a.age] - ORDER[b.age]);
    ring = new Map(documents.map((document) => [document.kid, toSigningKey(document)]));
  }

  async function ensure(age: 'current' | 'next'): Promise<void> {
    const has = () => signingKeys.list().some((key) => key.age === age);
    if (has()) return;
    const made = await make(clock, age);
    // Looked up again: another process may have created one meanwhile.
    state.transaction(() => {
      if (!has()) signingKeys.put(made);
    });
  }

  /** Makes the next key current and the current one previous. */
  function advance(): void {
    state.transaction(() => {
      const [next] = signingKeys.list().filter((key) => key.age === 'next');
      if (!next) return;
      for (const key of signingKeys.list()) {
        if (key.age === 'current') signingKeys.put({ ...key, age: 'previous' });
      }
      signingKeys.put({ ...next, age: 'current' });
    });
  }

  const readAgain = async (): Promise<void> => {
    await Promise.all([ensure('current'), ensure('next')]);
    reload();
  };
  await readAgain();

  const rotate = async (): Promise<void> => {
    advance();
    reload();
    await ensure('next');
    reload();
  };

  return {
    current() {
      const [first] = ring.values();
      if (!first || first.age !== 'current') throw new Error('the tenant has no signing key');
      return first;
    },
    find: (kid) => ring.get(kid),
    list: () => [...ring.values()].map(({ kid, age }) => ({ kid, state: age })),
    jwks: () => ({ keys: [...ring.values()].map((key) => key.jwk) }),
    rotate: () => inTurn(rotate),
    reload: () => inTurn(readAgain),
    remove: (kid) =>
      inTurn(async () => {
        const key = ring.get(kid);
        if (!key) return false;
        if (key.age === 'current') await rotate();
        signingKeys.remove(kid);
        await ensure('next');
        reload();
        return true;
      }),
  };
}

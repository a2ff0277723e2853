import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { MfaChallenge } from '../auth0/token-answer.ts';
import { GatewayError } from '../errors.ts';
import { type Clock, nowS } from '../lib/clock.ts';
import { createSealer } from '../lib/sealed.ts';
import { foldIdentifier } from './sign-in-limits.ts';

/** In seconds; shorter than the tenant's `mfa_token` lives. */
export const HANDLE_LIFETIME_S = 300;

const pendingSignIn = z.object({
  /** How the sign-in began; the completed session keeps this method. */
  method: z.enum(['password', 'redirect', 'code', 'passwordless']),
  audience: z.string().optional(),
  scope: z.string().optional(),
  /** The identifier that the user typed. */
  identifier: z.string().optional(),
  /** The `sub`, if known. */
  subject: z.string().optional(),
  /** The `sid` of the session at the tenant, if any. */
  sid: z.string().optional(),
});

/** A sign-in that is waiting for its second factor. */
export type PendingSignIn = z.input<typeof pendingSignIn>;

const sealedHandle = pendingSignIn.extend({
  id: z.string(),
  mfaToken: z.string(),
  expiresAtS: z.number(),
});

/** The content of an opened handle. */
export type MfaHandle = z.output<typeof sealedHandle>;

/** Creates the 403 `mfa_required`. The tenant's token is inside the sealed handle and never returned. */
export type RequireSecondFactor = (challenge: MfaChallenge, pending: PendingSignIn) => GatewayError;

export interface SecondFactors {
  readonly require: RequireSecondFactor;
  /** @throws GatewayError `mfa_expired` for a handle that is expired or not ours */
  open(handle: string): MfaHandle;
}

/** `secrets`: the first seals handles, all open them. */
export function createSecondFactors(secrets: readonly string[], clock: Clock): SecondFactors {
  const sealer = createSealer(secrets, 'mfa handle');
  return {
    require: ({ mfa_token: mfaToken, factors }, pending) => {
      const id = randomBytes(16).toString('base64url');
      const expiresAtS = nowS(clock) + HANDLE_LIFETIME_S;
      return new GatewayError('mfa_required', {
        members: {
          mfa_handle: sealer.seal({ ...pending, id, mfaToken, expiresAtS }),
          expires_in: HANDLE_LIFETIME_S,
          factors,
        },
      });
    },
    open(handle) {
      const opened = sealedHandle.safeParse(sealer.open(handle)).data;
      if (!opened) throw new GatewayError('mfa_expired', { reason: 'unknown' });
      if (opened.expiresAtS <= nowS(clock)) throw new GatewayError('mfa_expired', { reason: 'expired' });
      return opened;
    },
  };
}

/** The `sub`, or else the identifier, of a sign-in. */
export const toAccountName = ({ subject, identifier }: MfaHandle): string | undefined =>
  subject ?? (identifier === undefined ? undefined : foldIdentifier(identifier));

/** The account for limits. An identifier can never count as a `sub`. */
export function toAccount(handle: MfaHandle): string | undefined {
  const name = toAccountName(handle);
  return name === undefined ? undefined : `${handle.subject === undefined ? 'name' : 'subject'} ${name}`;
}

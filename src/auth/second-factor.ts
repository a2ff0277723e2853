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
  /** How the sign-in began; what ends it goes by this. */
  method: z.enum(['password', 'redirect', 'code', 'passwordless']),
  audience: z.string().optional(),
  scope: z.string().optional(),
  /** As the user typed it. */
  identifier: z.string().optional(),
  /** Where the user is known by more than what they typed. */
  subject: z.string().optional(),
  /** The tenant's `sid`, where it has a session. */
  sid: z.string().optional(),
});

/** A sign-in that waits for its second factor. */
export type PendingSignIn = z.input<typeof pendingSignIn>;

const sealedHandle = pendingSignIn.extend({
  id: z.string(),
  mfaToken: z.string(),
  expiresAtS: z.number(),
});

/** A pending sign-in, as its handle has kept it. */
export type MfaHandle = z.output<typeof sealedHandle>;

/** Makes the 403 `mfa_required`: the tenant's token goes into a sealed handle and is never shown. */
export type RequireSecondFactor = (challenge: MfaChallenge, pending: PendingSignIn) => GatewayError;

export interface SecondFactors {
  readonly require: RequireSecondFactor;
  /** @throws GatewayError `mfa_expired` for anything but a handle of ours that still lives */
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

/** Whose sign-in it is, as far as that is known: a `sub`, or what was typed. */
export const toAccountName = ({ subject, identifier }: MfaHandle): string | undefined =>
  subject ?? (identifier === undefined ? undefined : foldIdentifier(identifier));

/** The same, for limits: no identifier can be typed so that it counts as somebody's `sub`. */
export function toAccount(handle: MfaHandle): string | undefined {
  const name = toAccountName(handle);
  return name === undefined ? undefined : `${handle.subject === undefined ? 'name' : 'subject'} ${name}`;
}

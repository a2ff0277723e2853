import type { TenantContext } from '../context.ts';
import { digest, randomFrom, randomToken } from '../lib/random.ts';
import type { DeviceAuthorization, GrantedSignIn } from '../state/browser-documents.ts';
import { oauthError } from '../wire/errors.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

/** The grant type of a device (RFC 8628 §3.4). */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** Lifetime of both codes, in seconds. */
export const DEVICE_LIFETIME_S = 900;
/** How often a device may poll: every so many seconds. */
export const POLL_INTERVAL_S = 5;
/** How many user codes are tried: a short mask has few of them. */
const ATTEMPTS = 20;
/** How long an expired or used code stays distinguishable from one that never existed. */
const REMEMBERED_MS = 24 * 3600 * 1000;

/** The character sets of user codes, as in the tenant setting `device_flow.charset`. */
const CHARSETS = { base20: 'BCDFGHJKLMNPQRSTVWXZ', digits: '0123456789' } as const;
const DEFAULT_MASK = '****-****';
const MASK = /^[* -]{1,20}$/;

/**
 * Starts the authorization of a device (RFC 8628 §3.2). `userCode` has the separators of the tenant's mask. Throws 503 if
 * no user code is free.
 */
export function startDevice(
  { state, clock }: Deps,
  about: Pick<DeviceAuthorization, 'client_id' | 'scope' | 'audience'>,
): { readonly deviceCode: string; readonly userCode: string } {
  const deviceCode = randomToken();
  const usable_until_ms = clock.now() + DEVICE_LIFETIME_S * 1000;
  return state.transaction(() => {
    const userCode = makeFreeUserCode({ state, clock });
    state.deviceAuthorizations.put({
      ...about,
      id: digest(deviceCode),
      user_code: toKey(userCode),
      shown_code: userCode,
      status: 'pending',
      usable_until_ms,
      expires_ms: usable_until_ms + REMEMBERED_MS,
    });
    return { deviceCode, userCode };
  });
}

function makeFreeUserCode(deps: Deps): string {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const userCode = makeUserCode(deps);
    if (!findPendingDevice(deps, userCode)) return userCode;
  }
  throw oauthError(
    503,
    'temporarily_unavailable',
    'No user code is free: lengthen device_flow.mask in the tenant settings.',
  );
}

/** By the tenant setting `device_flow`; without it, or with unusable values, like `BCDF-GHJK`. */
function makeUserCode({ state }: Pick<Deps, 'state'>): string {
  const setting: object = Object(state.settings.get()?.extra?.['device_flow']);
  const mask: unknown = Reflect.get(setting, 'mask');
  const charset = CHARSETS[Reflect.get(setting, 'charset') === 'digits' ? 'digits' : 'base20'];
  const usable = typeof mask === 'string' && MASK.test(mask) && mask.includes('*') ? mask : DEFAULT_MASK;
  return usable.replaceAll('*', () => randomFrom(charset, 1));
}

/** People type user codes with and without separators, in any case. */
const toKey = (userCode: string): string => userCode.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

/** The device that waits for its user; undefined if the code is unknown, expired or answered. */
export function findPendingDevice({ state, clock }: Deps, userCode: string): DeviceAuthorization | undefined {
  return state.deviceAuthorizations
    .find('user_code', toKey(userCode))
    .find(({ status, usable_until_ms }) => status === 'pending' && clock.now() < usable_until_ms);
}

/** Gives a device the sign-in of its user. False if its code has expired or another sign-in has answered it. */
export const connectDevice = (deps: Deps, id: string, sign_in: GrantedSignIn): boolean =>
  answerDevice(deps, id, { status: 'connected', sign_in });

/** Refuses a device. False if its code has expired or another sign-in has answered it. */
export const denyDevice = (deps: Deps, id: string, reason: string): boolean =>
  answerDevice(deps, id, { status: 'denied', reason });

function answerDevice({ state, clock }: Deps, id: string, answer: Partial<DeviceAuthorization>): boolean {
  return state.transaction(() => {
    const device = state.deviceAuthorizations.get(id);
    if (device?.status !== 'pending' || clock.now() >= device.usable_until_ms) return false;
    state.deviceAuthorizations.put({ ...device, ...answer });
    return true;
  });
}

/** What a poll finds. Only one poll of a connected device gets its sign-in. */
export type Polled =
  | { readonly outcome: 'connected'; readonly signIn: GrantedSignIn }
  | { readonly outcome: 'denied'; readonly reason: string }
  | { readonly outcome: 'pending' | 'too_fast' | 'expired' | 'unknown' };

/** A poll of a device (RFC 8628 §3.4). One synchronous step: of parallel polls only one consumes the code. */
export function pollDevice({ state, clock }: Deps, clientId: string, deviceCode: string): Polled {
  return state.transaction((): Polled => {
    const device = state.deviceAuthorizations.get(digest(deviceCode));
    if (!device || device.client_id !== clientId || device.status === 'used') return { outcome: 'unknown' };
    const now = clock.now();
    if (now >= device.usable_until_ms) {
      // As on Auth0, a device learns only once that its code has expired.
      state.deviceAuthorizations.remove(device.id);
      return { outcome: 'expired' };
    }
    if (device.status === 'denied') return { outcome: 'denied', reason: device.reason ?? '' };
    if (device.sign_in) {
      state.deviceAuthorizations.put({ ...device, status: 'used' });
      return { outcome: 'connected', signIn: device.sign_in };
    }
    state.deviceAuthorizations.put({ ...device, polled_ms: now });
    const isTooFast = device.polled_ms !== undefined && now - device.polled_ms < POLL_INTERVAL_S * 1000;
    return { outcome: isTooFast ? 'too_fast' : 'pending' };
  });
}

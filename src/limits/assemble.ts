import type { Config } from '../config/config.ts';
import { createAddressLimiter } from './address-limit.ts';
import { createAddressSet } from './networks.ts';
import { type AddressShare, createSharedPlaces, type Places } from './places.ts';
import { createLimiter, type Limiter, type MakeLimiter, type Rate } from './rate-limit.ts';

export interface Limits {
  /** What one address may hold of all there is. */
  readonly addressShare: AddressShare;
  /** Of requests under way. */
  readonly inFlight: Places;
  /** Calls of resource routes by caller; undefined where none is set. */
  readonly apiCaller: Limiter | undefined;
  /** Makes the limit of a row: its keys are callers, or addresses where nobody is known. `name` shows in the headers. */
  readonly createRowLimiter: (name: string, rate: Rate, by: 'caller' | 'address') => Limiter;
}

/** Puts the limits together. Trusted proxies call for many users: those known by address hold any share. */
export function assembleLimits(config: Config, makeLimiter: MakeLimiter): Limits {
  const { trustProxy, rateLimits, maxInFlight } = config;
  const proxies = trustProxy && 'cidrs' in trustProxy ? trustProxy.cidrs : [];
  const addressShare = {
    share: config.addressShare,
    isExempt: createAddressSet([...config.addressShareExempt, ...proxies]),
  };
  return {
    addressShare,
    inFlight: createSharedPlaces(maxInFlight, addressShare),
    apiCaller: rateLimits?.apiCaller && createLimiter(makeLimiter, 'api-caller', rateLimits.apiCaller),
    createRowLimiter: (name, rate, by) => {
      const create = by === 'caller' ? createLimiter : createAddressLimiter;
      return create(makeLimiter, name, rateLimits && rate);
    },
  };
}

import type { Config } from '../config/config.ts';
import { createAddressLimiter } from './address-limit.ts';
import { createAddressSet } from './networks.ts';
import { type AddressShare, createSharedPlaces, type Places } from './places.ts';
import { createLimiter, type Limiter, type MakeLimiter, type Rate } from './rate-limit.ts';

export interface Limits {
  /** The maximum share of one address. */
  readonly addressShare: AddressShare;
  /** Places of requests in flight. */
  readonly inFlight: Places;
  /** Limit of resource routes per caller; undefined if not set. */
  readonly apiCaller: Limiter | undefined;
  /** Creates the limit of a row, per caller or per address. `name` appears in the headers. */
  readonly createRowLimiter: (name: string, rate: Rate, by: 'caller' | 'address') => Limiter;
}

/** Assembles the limits. Trusted proxies listed by address call for many users and have no maximum share. */
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

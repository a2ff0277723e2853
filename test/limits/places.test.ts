import { describe, expect, it } from 'vitest';
import { createAddressSet } from '../../src/limits/networks.ts';
import { createSharedPlaces } from '../../src/limits/places.ts';

const nobody = () => false;

describe('places', () => {
  it('are refused when all are taken, and available again when one is released', () => {
    const places = createSharedPlaces(2, { share: 1, isExempt: nobody });
    expect(['a', 'b', 'c'].map((address) => places.enter(address))).toEqual([undefined, undefined, 'full']);
    places.leave('c');
    places.leave('b');
    expect([places.count, places.enter('c'), places.count]).toEqual([1, undefined, 2]);
  });

  it('are refused to an address that has its share, but not to others', () => {
    const places = createSharedPlaces(8, { share: 0.25, isExempt: nobody });
    const enter = (address: string) => places.enter(address);
    expect(['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'].map(enter)).toEqual([
      undefined,
      undefined,
      'share',
      undefined,
    ]);
    places.leave('192.0.2.1');
    places.leave('192.0.2.1');
    expect(enter('192.0.2.1')).toBeUndefined();
  });

  it('allow at least one per address, even if there are few', () => {
    const places = createSharedPlaces(3, { share: 0.01, isExempt: nobody });
    expect([places.enter('a'), places.enter('a'), places.enter('b')]).toEqual([
      undefined,
      'share',
      undefined,
    ]);
  });

  it('count IPv6 addresses by /64, and a /48 as two addresses', () => {
    const places = createSharedPlaces(100, { share: 0.02, isExempt: nobody });
    const enter = (address: string) => places.enter(address);
    expect(['2001:db8:1:1::1', '2001:db8:1:1::2', '2001:db8:1:1::3'].map(enter)).toEqual([
      undefined,
      undefined,
      'share',
    ]);
    places.leave('2001:db8:1:1::3');
    expect(['2001:db8:1:2::1', '2001:db8:1:3::1', '2001:db8:1:4::1'].map(enter)).toEqual([
      undefined,
      undefined,
      'share',
    ]);
    expect(enter('2001:db8:2:1::1')).toBeUndefined();
  });

  it('do not limit an exempt address below their total number', () => {
    const isExempt = createAddressSet(['192.0.2.0/24', '2001:db8::/32']);
    const places = createSharedPlaces(4, { share: 0.25, isExempt });
    const enter = (address: string) => places.enter(address);
    expect(['192.0.2.9', '192.0.2.9', '2001:db8::1', '198.51.100.1', '192.0.2.9'].map(enter)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'full',
    ]);
    expect(enter('198.51.100.1')).toBe('share');
  });
});

describe('a set of addresses', () => {
  it('contains the addresses of its ranges, no others, and no invalid ones', () => {
    const isListed = createAddressSet(['10.0.0.0/8', '2001:db8::7']);
    expect(['10.1.2.3', '11.0.0.1', '2001:db8::7', '2001:db8::8', '', 'a'].map(isListed)).toEqual([
      true,
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(createAddressSet([])('127.0.0.1')).toBe(false);
  });
});

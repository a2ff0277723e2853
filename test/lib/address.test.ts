import { describe, expect, it } from 'vitest';
import { isLoopback, toPlainAddress } from '../../src/lib/address.ts';

describe('a loopback host', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'app.localhost',
    '127.0.0.1',
    '127.255.255.254',
    '::1',
    '[::1]',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '[::ffff:7f00:1]',
    '::ffff:127.8.9.10',
  ])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    '',
    'localhost.example.com',
    'notlocalhost',
    '.example',
    '127.example.com',
    '127.0.0.1.example.com',
    '128.0.0.1',
    '10.0.0.1',
    '0.0.0.0',
    '::',
    '[::]',
    '::2',
    'fe80::1',
    '::ffff:10.0.0.1',
    '[::ffff:8000:1]',
  ])('is not %j', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('the address of a socket', () => {
  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::1', '::1'],
    ['', ''],
  ])('%s is %s', (address, plain) => {
    expect(toPlainAddress(address)).toBe(plain);
  });
});

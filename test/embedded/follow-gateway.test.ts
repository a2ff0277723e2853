import { expect, it } from 'vitest';
import { toFollowing } from '../../src/embedded/follow-gateway.ts';

it('URLs of earlier gateways on this machine are removed from the client of the embedded tenant, all others stay', () => {
  const callback = (origin: string): string => `${origin}/v1/auth/callback`;
  const kept = [
    callback('https://gateway.example.com'),
    callback('http://localhost.example.com'),
    'http://localhost:4000/other',
    'http://localhost:4000/x/v1/auth/callback',
    'com.example.app://callback',
  ];
  const dropped = [
    'http://localhost:3001',
    'http://app.localhost:3001',
    'http://127.0.0.1',
    'http://127.0.0.2:3001',
    'https://[::1]:3001',
    'http://[::ffff:7f00:1]:3001',
  ].map(callback);
  const urls = { callbacks: [...dropped, ...kept], allowed_logout_urls: [], web_origins: [] };
  expect(toFollowing(urls, 'http://localhost:3000').callbacks).toEqual([
    callback('http://localhost:3000'),
    ...kept,
  ]);
});

const geocode = '/api/location/geocode';

const seenBefore = [
  { peer: 'express-plain', atLeast: 1.0 },
  { peer: 'haproxy', atLeast: 1.3 },
  { peer: 'express-jwt-hardened', atLeast: 4 },
  { peer: 'express-oauth2-jwt-bearer', atLeast: 3 },
  { peer: 'fastify-jwt-fixed-key', atLeast: 1.0 },
];

const everyPeer = [
  'node-http',
  'express-plain',
  'haproxy',
  'fastify-jwt-fixed-key',
  'fastify-jwt-cached',
  'fastify-jwt',
  'express-jose',
  'express-jwt',
  'express-oauth2-jwt-bearer',
  'express-jwt-hardened',
];

/**
 * What is measured. `tokens` is how many go round: with `seenBefore` the warm-up has shown each of them, else they are
 * more than any cache holds. `goals` are Gatehouse's rate over the peer's; a quick run takes only the peers of a goal.
 */
export const works = [
  {
    id: 'P1',
    title: 'One token, seen before',
    path: geocode,
    query: 'q=Oslo',
    tokens: 1,
    seenBefore: true,
    goals: seenBefore,
    peers: everyPeer,
  },
  {
    id: 'P1-many',
    title: '5,000 tokens in turn, each seen before',
    path: geocode,
    query: 'q=Oslo',
    tokens: 5_000,
    seenBefore: true,
    goals: seenBefore,
    peers: everyPeer,
  },
  {
    id: 'P2',
    title: 'Tokens never seen before: every signature is checked',
    path: geocode,
    query: 'q=Oslo',
    tokens: 40_000,
    seenBefore: false,
    goals: [
      { peer: 'express-jwt', atLeast: 1.3 },
      { peer: 'haproxy', atLeast: 0.5 },
    ],
    peers: everyPeer.filter((id) => id !== 'node-http' && id !== 'express-plain'),
  },
];

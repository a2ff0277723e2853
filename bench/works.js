const geocode = '/api/location/geocode?q=Oslo';
const kilobyte = '/upstream/kilobyte';

const peer = (id) => ({ id });

const seenBefore = [
  { against: 'express-plain', atLeast: 1 },
  { against: 'haproxy', atLeast: 1.3 },
  { against: 'express-jwt-hardened', atLeast: 4 },
  { against: 'express-oauth2-jwt-bearer', atLeast: 3 },
  { against: 'fastify-jwt-fixed-key', atLeast: 1 },
];

const judges = [
  'haproxy',
  'fastify-jwt-fixed-key',
  'fastify-jwt-cached',
  'fastify-jwt',
  'express-jose',
  'express-jwt',
  'express-oauth2-jwt-bearer',
  'express-jwt-hardened',
].map(peer);

const grown = (id, against) => ({ id, against, atLeast: 1 / 1.2 });

/**
 * The works that are measured. `values` is the number of tokens, cookies or users; with `seenBefore` the warm-up uses all of
 * them, otherwise they are more than any cache holds. Each taker is a contender (`server`, by default its own id) with one kind
 * of request (`asks`, see requests.js; by default `bearer`) and a number of connections. The others are compared with the first. `goals` are ratios of CPU time per request: `against` over `id` (the first taker where absent); or
 * `atMost`, an absolute figure. A quick run takes the works that are `main`, with the takers that a goal names.
 */
export const works = [
  {
    id: 'P1',
    title: 'One token, seen before',
    main: true,
    target: geocode,
    values: 1,
    seenBefore: true,
    takers: [peer('gatehouse'), peer('node-http'), peer('express-plain'), ...judges],
    goals: seenBefore,
  },
  {
    id: 'P1-many',
    title: '5,000 tokens in turn, each seen before',
    target: geocode,
    values: 5_000,
    seenBefore: true,
    takers: [peer('gatehouse'), peer('node-http'), peer('express-plain'), ...judges],
    goals: seenBefore,
  },
  {
    id: 'P2',
    title: 'Tokens never seen before: every signature is checked',
    main: true,
    target: geocode,
    values: 40_000,
    takers: [peer('gatehouse'), ...judges],
    goals: [
      { against: 'express-jwt', atLeast: 1.3 },
      { against: 'haproxy', atLeast: 0.5 },
    ],
  },
  {
    id: 'P4',
    title: 'Proxied, 1 kB; Gatehouse with a token and all its policies, the peers without any auth',
    main: true,
    target: kilobyte,
    values: 1,
    seenBefore: true,
    takers: [
      peer('gatehouse'),
      {
        id: 'limited',
        title: 'Gatehouse, with a limit per caller',
        server: 'gatehouse',
        target: '/upstream/limited',
      },
      { id: 'gatehouse-redis', title: 'Gatehouse, its store in Redis' },
      {
        id: 'limited-redis',
        title: 'Gatehouse, with a limit per caller in Redis',
        server: 'gatehouse-redis',
        target: '/upstream/limited',
      },
      { id: 'proxied-session', title: 'Gatehouse, with a session', server: 'gatehouse', asks: 'session' },
      ...['http-proxy-middleware', 'fastify-reply-from', 'nginx', 'haproxy-proxy'].map(peer),
    ],
    goals: [
      { against: 'http-proxy-middleware', atLeast: 1.8 },
      { against: 'fastify-reply-from', atLeast: 1 },
      { against: 'nginx', atLeast: 0.4 },
      { id: 'limited', against: 'gatehouse', atLeast: 1 / 1.25 },
      { id: 'limited-redis', against: 'gatehouse-redis', atLeast: 1 / 1.25 },
    ],
  },
  {
    id: 'P5',
    title: 'Session route',
    main: true,
    target: geocode,
    values: 1,
    seenBefore: true,
    takers: [
      { id: 'gatehouse', title: 'Gatehouse, bearer token (P1)' },
      { id: 'session-sqlite', title: 'Gatehouse, session in SQLite', server: 'gatehouse', asks: 'session' },
      {
        id: 'session-redis',
        title: 'Gatehouse, session in Redis',
        server: 'gatehouse-redis',
        asks: 'session',
      },
    ],
    goals: [
      { id: 'session-sqlite', against: 'gatehouse', atLeast: 0.5 },
      { id: 'session-redis', against: 'gatehouse', atLeast: 0.35 },
    ],
  },
  {
    id: 'P6',
    title: 'Start; the tenant elsewhere, the place data still on disk',
    target: '/readyz',
    starts: 'gatehouse-start',
    takers: [{ id: 'gatehouse-start', asks: 'nobody' }],
    goals: [
      { figure: 'cpuS', title: 's of CPU time from start to first answer', atMost: 0.6 },
      { figure: 'rssMb', title: 'MB resident, idle', atMost: 110 },
    ],
  },
  {
    id: 'P7',
    title: 'Sign-in; the tenant, in another process, answers at once',
    target: '/v1/auth/signin',
    values: 1_000,
    seenBefore: true,
    takers: [
      {
        id: 'signin-session',
        title: 'Gatehouse, into a session',
        server: 'gatehouse-signin',
        asks: 'signInForSession',
      },
      {
        id: 'signin-tokens',
        title: 'Gatehouse, for tokens',
        server: 'gatehouse-signin',
        asks: 'signInForTokens',
      },
    ],
    goals: [
      { id: 'signin-session', figure: 'cpuUs', title: 'µs of CPU time', atMost: 1_000 },
      { id: 'signin-tokens', figure: 'cpuUs', title: 'µs of CPU time', atMost: 1_000 },
    ],
  },
  {
    id: 'P8-sessions',
    title: 'Growth: sessions in the store',
    target: geocode,
    values: 1,
    seenBefore: true,
    takers: [
      { id: 'session-of-1', title: '1 session', server: 'gatehouse-1', asks: 'session' },
      { id: 'session-of-100k', title: '100,000 sessions', server: 'gatehouse-100k', asks: 'session' },
    ],
    goals: [grown('session-of-100k', 'session-of-1')],
  },
  {
    id: 'P8-users',
    title: 'Growth: 1,000 sessions in turn, of so many in the store',
    target: geocode,
    values: 1_000,
    seenBefore: true,
    takers: [
      { id: 'sessions-of-1k', title: '1,000 sessions', server: 'gatehouse', asks: 'session' },
      { id: 'sessions-of-100k', title: '100,000 sessions', server: 'gatehouse-100k', asks: 'session' },
    ],
    goals: [grown('sessions-of-100k', 'sessions-of-1k')],
  },
  {
    id: 'P8-routes',
    title: 'Growth: rows in the routes file',
    target: kilobyte,
    values: 1,
    seenBefore: true,
    takers: [
      { id: 'gatehouse', title: '2 rows' },
      { id: 'gatehouse-10k-routes', title: '10,002 rows' },
    ],
    goals: [grown('gatehouse-10k-routes', 'gatehouse')],
  },
  {
    id: 'P8-denied',
    title: 'Growth: entries of the deny list',
    target: geocode,
    values: 1,
    seenBefore: true,
    takers: [
      { id: 'gatehouse-1', title: 'none' },
      { id: 'gatehouse-80k-denied', title: '80,000 entries' },
    ],
    goals: [grown('gatehouse-80k-denied', 'gatehouse-1')],
  },
  {
    id: 'P8-connections',
    title: 'Growth: connections',
    target: geocode,
    values: 1,
    seenBefore: true,
    takers: [
      { id: 'connections-1', title: '1 connection', server: 'gatehouse', connections: 1 },
      { id: 'connections-64', title: '64 connections', server: 'gatehouse', connections: 64 },
      { id: 'connections-1000', title: '1,000 connections', server: 'gatehouse', connections: 1_000 },
    ],
    goals: [grown('connections-1000', 'connections-1'), grown('connections-1000', 'connections-64')],
  },
];

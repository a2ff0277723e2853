import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHaproxyConfig } from './peers/haproxy.js';

const here = import.meta.dirname;

/** Verified tokens that Fastify's cache may hold: more than any work sends in turn. */
const fastifyCache = '10000';

/** A peer that is a script below peers/. */
function toScript(id, title, packages, { auth = true, args = [], file = `${id}.js` } = {}) {
  return {
    id,
    title,
    auth,
    version: () => packages.map((name) => `${name} ${readVersion(name)}`).join(', '),
    toProcess: (run, port) => ({
      command: process.execPath,
      args: [join(here, 'peers', file), ...args],
      env: {
        NODE_ENV: 'production',
        PORT: String(port),
        ISSUER: run.issuer,
        AUDIENCE: run.audience,
        TENANT_URL: run.tenantUrl,
        ANSWER_PATH: run.path,
        ANSWER_FILE: run.answerFile,
      },
    }),
  };
}

function readVersion(name) {
  return JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** What HAProxy says of its version; undefined where it is not installed. */
function readHaproxyVersion() {
  const { status, stdout } = spawnSync('haproxy', ['-v'], { encoding: 'utf8' });
  return status === 0 ? /version (\S+)/.exec(stdout)?.[1] : undefined;
}

/** Gatehouse as it is shipped, everything on, its log in a file. */
export function toGatehouse(main) {
  return {
    id: 'gatehouse',
    title: 'Gatehouse',
    auth: true,
    version: () => JSON.parse(readFileSync(join(here, '..', 'package.json'), 'utf8')).version,
    toProcess: (run, port, adminPort) => ({
      command: process.execPath,
      args: [main],
      env: {
        AUTH0_DOMAIN: run.domain,
        AUTH0_BASE_URL: run.tenantUrl,
        AUTH0_CLIENT_ID: 'bench-client',
        AUTH0_CLIENT_SECRET: 'bench-client-secret-of-no-worth-anywhere',
        AUTH0_API_AUDIENCE: run.audience,
        SESSION_SECRETS: 'bench-session-secret-of-no-worth-anywhere',
        STORE_URL: 'sqlite::memory:',
        PORT: String(port),
        ADMIN_PORT: String(adminPort),
        PUBLIC_URL: `http://127.0.0.1:${port}`,
      },
    }),
  };
}

/** The peers, each a small script as its own documentation shows it. `missing` says why one cannot run here. */
export const peers = [
  toScript('node-http', 'node:http, no auth', [], { auth: false }),
  toScript('express-plain', 'Express 5, no auth', ['express'], { auth: false }),
  {
    id: 'haproxy',
    title: 'HAProxy jwt_verify',
    auth: true,
    version: () => `HAProxy ${readHaproxyVersion()}`,
    missing: () => (readHaproxyVersion() === undefined ? 'haproxy is not installed' : undefined),
    toProcess: (run, port) => {
      const keyFile = join(run.outDir, 'tenant-key.pem');
      const configFile = join(run.outDir, 'haproxy.cfg');
      writeFileSync(keyFile, run.tokens.publicPem);
      writeFileSync(configFile, toHaproxyConfig({ ...run, port, keyFile }));
      return { command: 'haproxy', args: ['-db', '-f', configFile], env: {} };
    },
  },
  toScript(
    'fastify-jwt-fixed-key',
    'Fastify + @fastify/jwt, fixed key, cache on',
    ['fastify', '@fastify/jwt'],
    {
      file: 'fastify-jwt.js',
      args: ['--fixed-key', '--cache', fastifyCache],
    },
  ),
  toScript(
    'fastify-jwt-cached',
    'Fastify + @fastify/jwt + get-jwks, cache on',
    ['fastify', '@fastify/jwt', 'get-jwks'],
    {
      file: 'fastify-jwt.js',
      args: ['--cache', fastifyCache],
    },
  ),
  toScript('fastify-jwt', 'Fastify + @fastify/jwt + get-jwks', ['fastify', '@fastify/jwt', 'get-jwks']),
  toScript('express-jose', 'Express + jose', ['express', 'jose']),
  toScript('express-jwt', 'Express + express-jwt + jwks-rsa', ['express', 'express-jwt', 'jwks-rsa']),
  toScript('express-oauth2-jwt-bearer', 'Express + express-oauth2-jwt-bearer', [
    'express',
    'express-oauth2-jwt-bearer',
  ]),
  toScript('express-jwt-hardened', 'Express + express-jwt + jwks-rsa + helmet, cors, pino-http', [
    'express',
    'express-jwt',
    'jwks-rsa',
    'helmet',
    'cors',
    'pino-http',
  ]),
];

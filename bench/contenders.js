import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHaproxyConfig } from './peers/haproxy.js';
import { toHaproxyProxyConfig } from './peers/haproxy-proxy.js';
import { toNginxConfig } from './peers/nginx.js';

const here = import.meta.dirname;

/** Size of Fastify's token cache: more than the number of tokens of any work. */
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
        ANSWER_PATH: run.answerPath,
        ANSWER_FILE: run.answerFile,
        UPSTREAM_URL: run.upstreamUrl,
      },
    }),
  };
}

function readVersion(name) {
  return JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** The version output of a program; undefined if it is not installed. */
function readProgramVersion(program, pattern) {
  const { status, stdout, stderr } = spawnSync(program, ['-v'], { encoding: 'utf8' });
  return status === 0 ? pattern.exec(stdout + stderr)?.[1] : undefined;
}

const readHaproxyVersion = () => readProgramVersion('haproxy', /version (\S+)/);
const readNginxVersion = () => readProgramVersion('nginx', /nginx\/(\S+)/);

/** A peer that is a program of the system, with a configuration file. */
function toProgram(id, title, { program, name, readVersion: read, auth = false, toConfig, toArgs }) {
  return {
    id,
    title,
    auth,
    version: () => `${name} ${read()}`,
    missing: () => (read() === undefined ? `${program} is not installed` : undefined),
    toProcess: (run, port) => {
      const dir = join(run.outDir, id);
      mkdirSync(dir, { recursive: true });
      const configFile = join(dir, 'config');
      const logFile = join(run.outDir, `${id}.log`);
      writeFileSync(configFile, toConfig({ ...run, port, dir, logFile }));
      return { command: program, args: toArgs(configFile), env: {} };
    },
  };
}

const toHaproxyArgs = (file) => ['-db', '-f', file];

/** The peers, each a small script as in its own documentation. `missing` returns why one cannot run here. */
export const peers = [
  toScript('node-http', 'node:http, no auth', [], { auth: false }),
  toScript('express-plain', 'Express 5, no auth', ['express'], { auth: false }),
  toProgram('haproxy', 'HAProxy jwt_verify', {
    program: 'haproxy',
    name: 'HAProxy',
    readVersion: readHaproxyVersion,
    auth: true,
    toConfig: (run) => {
      const keyFile = join(run.dir, 'tenant-key.pem');
      writeFileSync(keyFile, run.publicPem);
      return toHaproxyConfig({ ...run, keyFile });
    },
    toArgs: toHaproxyArgs,
  }),
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
  toScript('http-proxy-middleware', 'http-proxy-middleware, no auth', ['express', 'http-proxy-middleware'], {
    auth: false,
  }),
  toScript('fastify-reply-from', '@fastify/reply-from, no auth', ['fastify', '@fastify/reply-from'], {
    auth: false,
  }),
  toProgram('nginx', 'nginx, no auth', {
    program: 'nginx',
    name: 'nginx',
    readVersion: readNginxVersion,
    toConfig: toNginxConfig,
    toArgs: (file) => ['-c', file, '-e', 'stderr'],
  }),
  toProgram('haproxy-proxy', 'HAProxy, no auth', {
    program: 'haproxy',
    name: 'HAProxy',
    readVersion: readHaproxyVersion,
    toConfig: toHaproxyProxyConfig,
    toArgs: toHaproxyArgs,
  }),
];

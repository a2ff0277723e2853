import { once } from 'node:events';
import { readFileSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, readCpuUs } from './fleet.js';

const startMs = 30_000;
const answerMs = 5_000;

/** A port of loopback that nobody listens on. */
async function findPort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Starts the tenant of the run and returns where it listens, once it does. */
export async function startTenant(fleet, run, core) {
  const port = await findPort();
  const url = `http://127.0.0.1:${port}`;
  const args = [
    join(import.meta.dirname, 'tenant.js'),
    String(port),
    run.issuer,
    JSON.stringify(run.tokens.jwks),
  ];
  const child = fleet.start(process.execPath, args, { core, logFile: join(run.outDir, 'tenant.log') });
  while (isAlive(child)) {
    const answered = await fetch(`${url}/.well-known/jwks.json`, {
      signal: AbortSignal.timeout(answerMs),
    }).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return url;
    await sleep(20);
  }
  throw new Error('the tenant of the run did not start');
}

/** Starts a contender on a free port. */
export async function startServer(fleet, contender, run) {
  return new Server(fleet, contender, run, [await findPort(), await findPort()]);
}

/** One contender, running. */
class Server {
  #child;
  #run;
  #logFile;

  constructor(fleet, contender, run, [port, adminPort]) {
    const { command, args, env } = contender.toProcess(run, port, adminPort);
    this.contender = contender;
    this.origin = `http://127.0.0.1:${port}`;
    this.#run = run;
    this.#logFile = join(run.outDir, `${contender.id}.log`);
    const inherited = { PATH: process.env.PATH, HOME: process.env.HOME };
    this.#child = fleet.start(command, args, {
      core: run.serverCore,
      env: { ...inherited, ...env },
      cwd: run.outDir,
      logFile: this.#logFile,
    });
  }

  /** Waits until it answers as it must. Throws with the end of its log if it does not. */
  async ready(target) {
    const deadlineMs = Date.now() + startMs;
    for (;;) {
      const fault = await this.#fault(target);
      if (fault === undefined) return;
      if (!isAlive(this.#child) || Date.now() > deadlineMs) throw this.#broken(fault);
      await sleep(50);
    }
  }

  /** Throws unless a good token is answered with 200 and, where it has auth, a bad one with 401. */
  async check(target) {
    const fault = await this.#fault(target);
    if (fault !== undefined || !isAlive(this.#child)) throw this.#broken(fault ?? 'it has ended');
  }

  /** The bytes of the answer to a good token. */
  async readAnswer(target) {
    const response = await this.#ask(target, this.#run.tokens.good);
    return Buffer.from(await response.arrayBuffer());
  }

  /** CPU time so far, µs. */
  readCpuUs() {
    return readCpuUs(this.#child.pid);
  }

  /** Empties its log, so that a long run does not fill the disk. */
  forgetLog() {
    truncateSync(this.#logFile, 0);
  }

  async #fault(target) {
    try {
      const good = await this.#ask(target, this.#run.tokens.good);
      const bytes = (await good.arrayBuffer()).byteLength;
      if (good.status !== 200) return `a good token is answered with ${good.status}`;
      const wanted = this.#run.answerBytes;
      if (wanted !== undefined && bytes !== wanted) return `the answer has ${bytes} bytes, not ${wanted}`;
      if (!this.contender.auth) return undefined;
      const bad = await this.#ask(target, this.#run.tokens.bad);
      await bad.arrayBuffer();
      return bad.status === 401 ? undefined : `a bad token is answered with ${bad.status}`;
    } catch (error) {
      return `it does not answer (${error.cause?.code ?? error.message})`;
    }
  }

  #ask(target, token) {
    return fetch(`${this.origin}${target}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(answerMs),
    });
  }

  #broken(fault) {
    const log = readFileSync(this.#logFile, 'utf8').slice(-2_000);
    return new Error(`${this.contender.title}: ${fault}\n${log}`);
  }
}

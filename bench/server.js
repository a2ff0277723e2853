import { once } from 'node:events';
import { readFileSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, readCpuUs, readRssMb } from './fleet.js';
import { toFetchOptions } from './requests.js';

const startMs = 60_000;
const answerMs = 5_000;

/** A free port on loopback. */
export async function findPort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Starts a contender on a free port, with a filled store. */
export async function startServer(fleet, contender, run) {
  const sessions = await contender.prepare?.(fleet, run);
  return new Server(fleet, contender, run, sessions, [await findPort(), await findPort()]);
}

/** A running contender. */
class Server {
  #child;
  #logFile;

  constructor(fleet, contender, run, sessions, [port, adminPort]) {
    const { command, args, env } = contender.toProcess(run, port, adminPort);
    this.contender = contender;
    this.origin = `http://127.0.0.1:${port}`;
    /** The cookies of its sessions: `{ file, good, bad }`. */
    this.sessions = sessions;
    this.#logFile = join(run.outDir, `${contender.id}.log`);
    const inherited = { PATH: process.env.PATH, HOME: process.env.HOME };
    this.#child = fleet.start(command, args, {
      core: run.serverCore,
      env: { ...inherited, ...env },
      cwd: run.outDir,
      logFile: this.#logFile,
    });
  }

  /** Waits until it answers a taker correctly. Throws with the end of its log if it does not. */
  async ready(taker) {
    const deadlineMs = Date.now() + startMs;
    for (;;) {
      const fault = await this.#fault(taker);
      if (fault === undefined) return;
      if (!isAlive(this.#child) || Date.now() > deadlineMs) throw this.#broken(fault);
      await sleep(20);
    }
  }

  /** Throws unless a good value is answered 200 and, with auth, a bad one 401. */
  async check(taker) {
    const fault = await this.#fault(taker);
    if (fault !== undefined || !isAlive(this.#child)) throw this.#broken(fault ?? 'it has ended');
  }

  /** The length of the response to a good value, in bytes. */
  async readAnswer({ target, request }) {
    const response = await this.#ask(target, request, request.good);
    return Buffer.from(await response.arrayBuffer());
  }

  /** CPU time so far, in µs. */
  readCpuUs() {
    return readCpuUs(this.#child.pid);
  }

  /** Memory in use, in MB. */
  readRssMb() {
    return readRssMb(this.#child.pid);
  }

  /** Empties its log, so that a long run does not fill the disk. */
  forgetLog() {
    truncateSync(this.#logFile, 0);
  }

  /** Sends a signal to its process. */
  signal(name) {
    this.#child.kill(name);
  }

  async stop() {
    if (!isAlive(this.#child)) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }

  async #fault({ target, request, bytes: wanted }) {
    try {
      const good = await this.#ask(target, request, request.good);
      const bytes = (await good.arrayBuffer()).byteLength;
      if (good.status !== 200) return `${target}: a valid request is answered with ${good.status}`;
      if (wanted !== undefined && bytes !== wanted) return `${target}: ${bytes} bytes, not ${wanted}`;
      if (!this.contender.auth || request.bad === undefined) return undefined;
      const bad = await this.#ask(target, request, request.bad);
      await bad.arrayBuffer();
      return bad.status === 401 ? undefined : `${target}: a forged request is answered with ${bad.status}`;
    } catch (error) {
      return `it does not answer (${error.cause?.code ?? error.message})`;
    }
  }

  #ask(target, request, value) {
    const signal = AbortSignal.timeout(answerMs);
    return fetch(`${this.origin}${target}`, { ...toFetchOptions(request, value), signal });
  }

  #broken(fault) {
    const log = readFileSync(this.#logFile, 'utf8').slice(-2_000);
    return new Error(`${this.contender.title}: ${fault}\n${log}`);
  }
}

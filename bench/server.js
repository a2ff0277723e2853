import { once } from 'node:events';
import { readFileSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, readCpuUs, readRssMb } from './fleet.js';
import { toFetchOptions } from './requests.js';

const startMs = 60_000;
const answerMs = 5_000;

/** A port of loopback that nobody listens on. */
export async function findPort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Starts a contender on a free port, its store filled. */
export async function startServer(fleet, contender, run) {
  const sessions = await contender.prepare?.(fleet, run);
  return new Server(fleet, contender, run, sessions, [await findPort(), await findPort()]);
}

/** One contender, running. */
class Server {
  #child;
  #logFile;

  constructor(fleet, contender, run, sessions, [port, adminPort]) {
    const { command, args, env } = contender.toProcess(run, port, adminPort);
    this.contender = contender;
    this.origin = `http://127.0.0.1:${port}`;
    /** The cookies that its store knows: `{ file, good, bad }`. */
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

  /** Waits until it answers a taker as it must. Throws with the end of its log if it does not. */
  async ready(taker) {
    const deadlineMs = Date.now() + startMs;
    for (;;) {
      const fault = await this.#fault(taker);
      if (fault === undefined) return;
      if (!isAlive(this.#child) || Date.now() > deadlineMs) throw this.#broken(fault);
      await sleep(20);
    }
  }

  /** Throws unless a good value is answered with 200 and, where it has auth, a bad one with 401. */
  async check(taker) {
    const fault = await this.#fault(taker);
    if (fault !== undefined || !isAlive(this.#child)) throw this.#broken(fault ?? 'it has ended');
  }

  /** The bytes of the answer to a good value. */
  async readAnswer({ target, request }) {
    const response = await this.#ask(target, request, request.good);
    return Buffer.from(await response.arrayBuffer());
  }

  /** CPU time so far, µs. */
  readCpuUs() {
    return readCpuUs(this.#child.pid);
  }

  /** Memory that it holds, MB. */
  readRssMb() {
    return readRssMb(this.#child.pid);
  }

  /** Empties its log, so that a long run does not fill the disk. */
  forgetLog() {
    truncateSync(this.#logFile, 0);
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
      if (good.status !== 200) return `${target}: a good request is answered with ${good.status}`;
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

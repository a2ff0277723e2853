/** Makes the form of a call when its turn comes. */
type MakeForm = () => Promise<Readonly<Record<string, string>>>;

/** Calls from the tenant to the servers of clients. */
export interface CallBack {
  /** POSTs a form and answers with the status; rejects where there is no answer within five seconds. */
  now(url: string, form: Readonly<Record<string, string>>): Promise<number>;
  /** The same in the background, a few at a time; what fails is reported, and not tried again. */
  later(url: string, makeForm: MakeForm): void;
  /** Breaks off what is under way and forgets what waits. */
  close(): void;
}

const timeoutMs = 5000;
const atOnce = 4;
const maxWaiting = 1000;

export interface CallBackDeps {
  readonly fetch: typeof fetch;
  readonly warn: (message: string) => void;
}

export function createCallBack({ fetch, warn }: CallBackDeps): CallBack {
  const end = new AbortController();
  const waiting: { readonly url: string; readonly makeForm: MakeForm }[] = [];
  let running = 0;

  async function now(url: string, form: Readonly<Record<string, string>>): Promise<number> {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(form),
      redirect: 'manual',
      signal: AbortSignal.any([end.signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    return response.status;
  }

  async function drain(): Promise<void> {
    running += 1;
    for (let next = waiting.shift(); next && !end.signal.aborted; next = waiting.shift()) {
      const { url, makeForm } = next;
      try {
        const status = await now(url, await makeForm());
        if (status >= 300) warn(`the call to ${url} was answered with ${status}`);
      } catch (error) {
        if (!end.signal.aborted) warn(`the call to ${url} failed: ${String(error)}`);
      }
    }
    running -= 1;
  }

  return {
    now,
    later(url, makeForm) {
      if (end.signal.aborted) return;
      if (waiting.length >= maxWaiting) {
        warn(`too many calls wait: the one to ${url} is dropped`);
        return;
      }
      waiting.push({ url, makeForm });
      // Settles only with the queue: whatever fails in it is caught above.
      if (running < atOnce) void drain();
    },
    close() {
      end.abort();
      waiting.length = 0;
    },
  };
}

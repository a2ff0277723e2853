/** Creates the form when the call is about to be sent. */
type MakeForm = () => Promise<Readonly<Record<string, string>>>;

/** HTTP calls from the tenant to the clients' servers. */
export interface CallBack {
  /** POSTs a form and returns the status; rejects without a response within five seconds. */
  now(url: string, form: Readonly<Record<string, string>>): Promise<number>;
  /** POSTs a form in the background, a few at a time; a failure is reported and not retried. */
  later(url: string, makeForm: MakeForm): void;
  /** Aborts pending calls and drops queued ones. */
  close(): void;
}

const TIMEOUT_MS = 5000;
const MAX_CONCURRENT = 4;
const MAX_QUEUED = 1000;

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
      signal: AbortSignal.any([end.signal, AbortSignal.timeout(TIMEOUT_MS)]),
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
        if (status >= 300) warn(`call to ${url} failed with status ${status}`);
      } catch (error) {
        if (!end.signal.aborted) warn(`call to ${url} failed: ${String(error)}`);
      }
    }
    running -= 1;
  }

  return {
    now,
    later(url, makeForm) {
      if (end.signal.aborted) return;
      if (waiting.length >= MAX_QUEUED) {
        warn(`too many pending calls: the call to ${url} is dropped`);
        return;
      }
      waiting.push({ url, makeForm });
      // Errors are caught above, so this promise never rejects.
      if (running < MAX_CONCURRENT) void drain();
    },
    close() {
      end.abort();
      waiting.length = 0;
    },
  };
}

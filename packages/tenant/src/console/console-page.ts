import type { TenantContext } from '../context.ts';
import type { ControlDeps } from '../control/control-rows.ts';
import type { Html } from '../pages/html.ts';
import type { Note } from './notes.ts';
import type { Section } from './sections.ts';

type Awaitable<T> = T | Promise<T>;

export interface ConsoleDeps {
  readonly context: TenantContext;
  /** What the control API does, the console does by the same functions. */
  readonly control: ControlDeps;
  /** The authority behind the tenant's certificate. */
  readonly caPem: string;
  /** Where that lies on this machine; undefined where it lives in memory. */
  readonly caFile?: string | undefined;
  /** The command line by which people work on the tenant's data, if there is one. */
  readonly command?: string | undefined;
}

/** A look at a page, or a form that was sent from it. */
export interface Visit {
  /** The page's address without its query: its forms post there. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** What was posted; empty on a GET. */
  readonly fields: Readonly<Record<string, string>>;
  /** Goes into each form, and proves that it is ours. */
  readonly token: string;
  /** Name of the one secret that was asked for, to be shown in this answer alone. */
  readonly reveals?: string | undefined;
}

export interface ConsoleView {
  readonly title: string;
  /** Beside the heading. */
  readonly marks?: Html | undefined;
  /** Below the heading. */
  readonly lead?: Html | string | undefined;
  readonly body: Html;
  /** Milliseconds after which a script brings the page's live regions up to date; undefined: there are none. */
  readonly refreshMs?: number | undefined;
}

/** What became of a form. */
export type Outcome =
  /** Done: the browser goes to a page that says so; back to its own where `to` is absent. */
  | { readonly done: Note; readonly to?: string; readonly user_id?: string; readonly client_id?: string }
  /** Nothing was changed: the page comes again, with the secret of that name. */
  | { readonly reveals: string };

/** One page of the console, and what its forms do. */
export interface ConsolePage {
  /** Below `/console`, with `:name` for a segment. */
  readonly path: string;
  readonly section: Section;
  /** Undefined where what it is about does not exist. */
  readonly show: (visit: Visit) => Awaitable<ConsoleView | undefined>;
  /** By the field `action` of a form. They throw a `ConsoleRefusal`, or a `WireError` of the tenant's own rules. */
  readonly actions?: Readonly<Record<string, (visit: Visit) => Awaitable<Outcome>>>;
}

/** A form that is not done; the sentence is shown above the page that it came from. */
export class ConsoleRefusal extends Error {
  override readonly name = 'ConsoleRefusal';
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

import type { TenantContext } from '../context.ts';
import type { ControlDeps } from '../control/control-rows.ts';
import type { Html } from '../pages/html.ts';
import type { Notice } from './notices.ts';
import type { Section } from './sections.ts';

type Awaitable<T> = T | Promise<T>;

export interface ConsoleDeps {
  readonly context: TenantContext;
  /** The functions of the control API, which the console shares. */
  readonly control: ControlDeps;
  /** The CA certificate of the tenant's certificate. */
  readonly caPem: string;
  /** The path of the CA file; undefined if the CA is kept in memory. */
  readonly caFile?: string | undefined;
  /** The host program's command for the tenant's data, if there is one. */
  readonly command?: string | undefined;
}

/** A request for a page, or a form that was submitted on it. */
export interface Visit {
  /** The page's path without query; its forms post to it. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The posted fields; empty on a GET. The values of a repeated field are on a line each. */
  readonly fields: Readonly<Record<string, string>>;
  /** The CSRF token for each form. */
  readonly token: string;
  /** The members that the Management API has refused in the posted fields. */
  readonly faulty?: readonly string[] | undefined;
  /** Name of the secret to show in this response only. */
  readonly reveals?: string | undefined;
}

export interface ConsoleView {
  readonly title: string;
  /** Shown beside the heading. */
  readonly marks?: Html | undefined;
  /** Shown below the heading. */
  readonly lead?: Html | string | undefined;
  readonly body: Html;
  /** Refresh interval of the live regions in milliseconds; undefined: none. */
  readonly refreshMs?: number | undefined;
}

/** The result of a form. */
export type Outcome =
  /** Success: redirects to `to`, or to the page itself, which shows the notice. */
  | {
      readonly done: Notice;
      readonly to?: string;
      readonly user_id?: string;
      readonly client_id?: string;
      /** Set-Cookie headers for the browser. */
      readonly cookieHeaders?: readonly string[];
    }
  /** Nothing has changed: the page is shown with the secret of that name. */
  | { readonly reveals: string };

/** A page of the console, with the actions of its forms. */
export interface ConsolePage {
  /** Relative to `/console`, with `:name` for a segment. */
  readonly path: string;
  readonly section: Section;
  /** Undefined if the resource does not exist. */
  readonly show: (visit: Visit) => Awaitable<ConsoleView | undefined>;
  /** Actions by the form field `action`. They throw a `ConsoleRefusal` or a `WireError`. */
  readonly actions?: Readonly<Record<string, (visit: Visit) => Awaitable<Outcome>>>;
}

/** A rejected form; the message is shown at the top of its page. */
export class ConsoleRefusal extends Error {
  override readonly name = 'ConsoleRefusal';
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** A resource that a form changes. Throws 404 if it has been deleted since its page was shown. */
export function requireExisting<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new ConsoleRefusal(`The ${what} no longer exists.`, 404);
  return found;
}

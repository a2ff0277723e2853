import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useMemo,
  useSyncExternalStore,
} from 'react';
import type { Gatehouse } from './gatehouse.ts';
import type { GatehouseFetch } from './gatehouse-fetch.ts';
import type { ActiveSession, User } from './operations.ts';

interface Reload {
  /** Asks the gateway again. */
  reload: () => void;
}

/** `loading` until the gateway has answered; `error` says why it has not, where a call has failed. */
export type UseSession =
  | (Reload & { status: 'loading'; user: undefined; session: undefined; error: unknown })
  | (Reload & { status: 'authenticated'; user: User; session: ActiveSession; error: undefined })
  | (Reload & { status: 'anonymous'; user: undefined; session: undefined; error: undefined });

interface SessionStore {
  readonly client: Gatehouse;
  readonly subscribe: (onChange: () => void) => () => void;
  readonly get: () => UseSession;
}

const NOBODY = { user: undefined, session: undefined } as const;

function createSessionStore(client: Gatehouse): SessionStore {
  const listeners = new Set<() => void>();
  let stop: (() => void) | undefined;

  function set(next: UseSession): void {
    current = next;
    for (const listener of listeners) listener();
  }
  /** An outage says nothing about a session: what was known stays. */
  function fail(error: unknown): void {
    if (current.status === 'loading') set({ ...current, error });
  }
  const reload = (): void => void client.session({ touch: false }).catch(fail);
  let current: UseSession = { status: 'loading', ...NOBODY, error: undefined, reload };

  return {
    client,
    get: () => current,
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) {
        stop = client.onSessionChange((session) =>
          set(
            session.authenticated
              ? { status: 'authenticated', user: session.user, session, error: undefined, reload }
              : { status: 'anonymous', ...NOBODY, error: undefined, reload },
          ),
        );
        reload();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop?.();
      };
    },
  };
}

const Context = createContext<SessionStore | undefined>(undefined);

function useStore(): SessionStore {
  const store = useContext(Context);
  if (!store) throw new Error('There is no <GatehouseProvider> above this component.');
  return store;
}

/** Puts a client at the disposal of the components below. */
export function GatehouseProvider(props: { client: Gatehouse; children?: ReactNode }): ReactElement {
  const { client, children } = props;
  const store = useMemo(() => createSessionStore(client), [client]);
  return createElement(Context.Provider, { value: store }, children);
}

/** The client of the provider. */
export const useGatehouse = (): Gatehouse => useStore().client;

/** Who is signed in, kept up to date. */
export function useSession(): UseSession {
  const { subscribe, get } = useStore();
  return useSyncExternalStore(subscribe, get, get);
}

/** The client's `fetch`: the same function at every rendering. */
export const useGatehouseFetch = (): GatehouseFetch => useStore().client.fetch;

/** Renders its children where somebody is signed in. */
export function SignedIn({ children }: { children?: ReactNode }): ReactNode {
  return useSession().status === 'authenticated' ? children : null;
}

/** Renders its children where nobody is signed in. */
export function SignedOut({ children }: { children?: ReactNode }): ReactNode {
  return useSession().status === 'anonymous' ? children : null;
}

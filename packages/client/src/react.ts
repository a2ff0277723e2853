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
  /** Reads the session from the gateway again. */
  reload: () => void;
}

/** `loading` until the gateway has responded; `error` is the error of a failed call. */
export type UseSession =
  | (Reload & { status: 'loading'; user: undefined; session: undefined; error: unknown })
  | (Reload & { status: 'authenticated'; user: User; session: ActiveSession; error: undefined })
  | (Reload & { status: 'anonymous'; user: undefined; session: undefined; error: undefined });

interface SessionStore {
  readonly client: Gatehouse;
  readonly subscribe: (onChange: () => void) => () => void;
  readonly get: () => UseSession;
}

const NO_USER = { user: undefined, session: undefined } as const;

function createSessionStore(client: Gatehouse): SessionStore {
  const listeners = new Set<() => void>();
  let stop: (() => void) | undefined;

  function set(next: UseSession): void {
    current = next;
    for (const listener of listeners) listener();
  }
  /** An outage does not change the state of the session. */
  function fail(error: unknown): void {
    if (current.status === 'loading') set({ ...current, error });
  }
  const reload = (): void => void client.session({ touch: false }).catch(fail);
  let current: UseSession = { status: 'loading', ...NO_USER, error: undefined, reload };

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
              : { status: 'anonymous', ...NO_USER, error: undefined, reload },
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

/** Provides a client to the components below it. */
export function GatehouseProvider(props: { client: Gatehouse; children?: ReactNode }): ReactElement {
  const { client, children } = props;
  const store = useMemo(() => createSessionStore(client), [client]);
  return createElement(Context.Provider, { value: store }, children);
}

/** The client of the provider. */
export const useGatehouse = (): Gatehouse => useStore().client;

/** The state of the session, updated when it changes. */
export function useSession(): UseSession {
  const { subscribe, get } = useStore();
  return useSyncExternalStore(subscribe, get, get);
}

/** The client's `fetch`; the same function in every render. */
export const useGatehouseFetch = (): GatehouseFetch => useStore().client.fetch;

/** Renders its children if a user is signed in. */
export function SignedIn({ children }: { children?: ReactNode }): ReactNode {
  return useSession().status === 'authenticated' ? children : null;
}

/** Renders its children if no user is signed in. */
export function SignedOut({ children }: { children?: ReactNode }): ReactNode {
  return useSession().status === 'anonymous' ? children : null;
}

// A React application that shows who is signed in, for the tests of the binding.

import { createGatehouse } from 'gatehouse-client';
import {
  GatehouseProvider,
  SignedIn,
  SignedOut,
  useGatehouse,
  useGatehouseFetch,
  useSession,
} from 'gatehouse-client/react';
import { createElement as h, StrictMode, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

const baseUrl = document.body.dataset.gateway;
const credentials = JSON.parse(document.body.dataset.credentials);

function Status() {
  const { status, user, session, error, reload } = useSession();
  return h(
    'section',
    null,
    h('output', { id: 'status' }, `${status} ${user?.email ?? '-'} ${session ? 'with times' : '-'}`),
    h('output', { id: 'error' }, error?.code ?? 'no error'),
    h('button', { onClick: reload }, 'Reload'),
  );
}

function Things() {
  const fetchFromGateway = useGatehouseFetch();
  const first = useRef(fetchFromGateway);
  const [answer, setAnswer] = useState('nothing yet');
  async function load() {
    const response = await fetchFromGateway('/api/things');
    setAnswer(`${response.status}, ${first.current === fetchFromGateway ? 'the same' : 'another'} fetch`);
  }
  return h('p', null, h('button', { onClick: load }, 'Load'), h('output', null, answer));
}

function Buttons() {
  const gatehouse = useGatehouse();
  return h(
    'p',
    null,
    h('button', { onClick: () => gatehouse.signIn(credentials) }, 'Sign in'),
    h('button', { onClick: () => gatehouse.signOut() }, 'Sign out'),
  );
}

function App() {
  return h(
    'main',
    null,
    h(Status),
    h(SignedIn, null, h('p', null, 'Somebody is here'), h(Things)),
    h(SignedOut, null, h('p', null, 'Nobody is here')),
    h(Buttons),
  );
}

window.gatehouse = createGatehouse({ baseUrl });
const root = createRoot(document.querySelector('#root'));
root.render(h(StrictMode, null, h(GatehouseProvider, { client: window.gatehouse }, h(App))));
window.renderAgain = () =>
  root.render(h(GatehouseProvider, { key: 'again', client: window.gatehouse }, h(App)));
window.unmount = () => root.unmount();
window.renderAlone = () => createRoot(document.querySelector('#alone')).render(h(Status));

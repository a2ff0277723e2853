import { createGatehouse } from 'gatehouse-client';
import { GatehouseProvider } from 'gatehouse-client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

// Where the gateway is. Leave it out where this page is served behind the gateway, on its origin.
const client = createGatehouse({ baseUrl: import.meta.env.VITE_GATEWAY ?? 'http://localhost:3000' });

const root = document.querySelector('#root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <GatehouseProvider client={client}>
        <App />
      </GatehouseProvider>
    </StrictMode>,
  );
}

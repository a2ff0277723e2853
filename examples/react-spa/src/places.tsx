import { useGatehouse, useGatehouseFetch } from 'gatehouse-client/react';
import { type FormEvent, useState } from 'react';

/** Calls an API behind the gateway with the session: no token is in sight. */
export function Places() {
  const gatehouse = useGatehouse();
  const fetchFromGateway = useGatehouseFetch();
  const [answer, setAnswer] = useState('');

  async function search(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const q = new FormData(event.currentTarget).get('q') as string;
    const response = await fetchFromGateway(`/api/location/geocode?${new URLSearchParams({ q })}`);
    const { features, detail } = await response.json();
    setAnswer(response.ok ? (features[0]?.properties.label ?? 'Nothing found') : detail);
  }

  async function signOut() {
    const { signout_url } = await gatehouse.signOut({ return_to: location.href });
    // The tenant has a session too where the sign-in was at its pages.
    if (signout_url) location.assign(signout_url);
  }

  return (
    <form onSubmit={(event) => void search(event)}>
      <label>
        Find a place <input name="q" defaultValue="Oslo" required />
      </label>
      <p>
        <button type="submit">Find</button>{' '}
        <button type="button" className="quiet" onClick={() => void signOut()}>
          Sign out
        </button>
      </p>
      <p role="status">{answer}</p>
    </form>
  );
}

import { GatehouseError } from 'gatehouse-client';
import { useGatehouse } from 'gatehouse-client/react';
import { type FormEvent, useState } from 'react';

/** Signs in by password, or at the tenant's pages. The session that begins shows the rest of the application. */
export function SignIn() {
  const gatehouse = useGatehouse();
  const [failure, setFailure] = useState('');

  async function attempt(act: () => Promise<unknown>) {
    setFailure('');
    try {
      await act();
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      setFailure(`${error.detail} (${error.code})`);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const form = new FormData(event.currentTarget, submitter);
    const credentials = { email: form.get('email') as string, password: form.get('password') as string };
    void attempt(async () => {
      if (form.has('new')) await gatehouse.signUp(credentials);
      await gatehouse.signIn(credentials);
    });
  }

  return (
    <form onSubmit={submit}>
      <label>
        Email <input name="email" type="email" autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <p>
        <button type="submit">Sign in</button>{' '}
        <button type="submit" name="new" className="quiet">
          Sign up
        </button>
      </p>
      <p>
        <button type="button" className="quiet" onClick={() => void attempt(gatehouse.signInWithPopup)}>
          Sign in with a popup
        </button>{' '}
        <button type="button" className="quiet" onClick={() => gatehouse.signInWithRedirect()}>
          Sign in with a redirect
        </button>
      </p>
      <p role="status">{failure}</p>
    </form>
  );
}

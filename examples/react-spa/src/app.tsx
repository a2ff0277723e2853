import { SignedIn, SignedOut, useSession } from 'gatehouse-client/react';
import { Places } from './places.tsx';
import { SignIn } from './sign-in.tsx';

export function App() {
  const { status, user } = useSession();
  return (
    <main>
      <h1>Places</h1>
      <p role="status">
        {status === 'loading' && '…'}
        {status === 'anonymous' && 'Signed out'}
        {status === 'authenticated' && `Signed in as ${user.email}`}
      </p>
      <SignedOut>
        <SignIn />
      </SignedOut>
      <SignedIn>
        <Places />
      </SignedIn>
    </main>
  );
}

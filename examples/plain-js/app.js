import { createGatehouse } from './gatehouse-client.min.js';

// Where the gateway is. Leave it out where this page is served behind the gateway, on its origin.
const gatehouse = createGatehouse({ baseUrl: 'http://localhost:3000' });

const find = (selector) => document.querySelector(selector);
const fieldsOf = (form) => Object.fromEntries(new FormData(form));
const tell = (text) => {
  find('#answer').textContent = text;
};

// Called at the start, after everything below, and when another tab signs in or out.
gatehouse.onSessionChange(({ authenticated, user }) => {
  find('#who').textContent = authenticated ? `Signed in as ${user.email}` : 'Signed out';
  find('#signed-in').hidden = !authenticated;
  find('#signed-out').hidden = authenticated;
});

/** Does something, and tells what came of it or why it failed. */
async function attempt(act) {
  tell('');
  try {
    tell((await act()) ?? '');
  } catch (error) {
    tell(`${error.detail ?? error.message} (${error.code})`);
  }
}

find('#credentials').addEventListener('submit', (event) => {
  event.preventDefault();
  const fields = fieldsOf(event.target);
  const isNew = event.submitter.value === 'signUp';
  void attempt(async () => {
    if (isNew) await gatehouse.signUp(fields);
    await gatehouse.signIn(fields);
  });
});

find('#popup').addEventListener(
  'click',
  () => void attempt(async () => void (await gatehouse.signInWithPopup())),
);
find('#redirect').addEventListener('click', () => gatehouse.signInWithRedirect());

find('#search').addEventListener('submit', (event) => {
  event.preventDefault();
  const query = new URLSearchParams(fieldsOf(event.target));
  void attempt(async () => {
    const response = await gatehouse.fetch(`/api/location/geocode?${query}`);
    const { features, detail } = await response.json();
    return response.ok ? `${features[0]?.properties.label ?? 'Nothing found'}` : detail;
  });
});

find('#out').addEventListener('click', () =>
  attempt(async () => {
    const { signout_url } = await gatehouse.signOut({ return_to: location.href });
    // The tenant has a session too where the sign-in was at its pages.
    if (signout_url) location.assign(signout_url);
  }),
);

void attempt(async () => void (await gatehouse.session()));

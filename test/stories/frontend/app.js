// A page of an application on a different port than the gateway: plain JavaScript without tokens.
const { gateway } = document.currentScript.dataset;
const find = (selector) => document.querySelector(selector);

async function call(method, path, body) {
  const response = await fetch(`${gateway}${path}`, {
    method,
    credentials: 'include',
    headers: { 'X-CSRF': '1', ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, isOk: response.ok, reply: text === '' ? {} : JSON.parse(text) };
}

function show({ authenticated, user, signout_url }) {
  find('#who').value = authenticated ? `Signed in as ${user.email}` : 'Signed out';
  const leave = find('#leave');
  leave.hidden = !authenticated;
  leave.href = `${gateway}${signout_url}&return_to=${encodeURIComponent(location.href)}`;
}

const look = async () => show((await call('GET', '/v1/auth/session')).reply);

/** Calls the API, shows the result, and returns the body of a successful response. */
async function act(...request) {
  const { status, isOk, reply } = await call(...request);
  if (status === 401) show({ authenticated: false });
  find('#answer').value = isOk ? 'Done' : `${status} ${reply.code}`;
  return isOk ? reply : undefined;
}

find('#credentials').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(event.target));
  if (event.submitter.value === 'up') {
    const made = await act('POST', '/v1/auth/signup', { email, password });
    if (made) find('#answer').value = `Welcome, ${made.user.email}`;
  } else if (await act('POST', '/v1/auth/signin', { email, password })) await look();
});

find('#popup').addEventListener('click', async () => {
  const popup = open('about:blank', '', 'popup');
  const started = await act('POST', '/v1/auth/login/start', { return_to: `${location.origin}/done` });
  if (started) popup.location = started.authorization_url;
});
window.addEventListener('message', ({ origin, data }) => {
  if (origin === location.origin && data === 'signed in') void look();
});

find('#search').addEventListener('submit', async (event) => {
  event.preventDefault();
  const found = await act(
    'GET',
    `/api/location/geocode?${new URLSearchParams(new FormData(event.target)).toString()}`,
  );
  if (found) find('#answer').value = `Found ${found.features[0].properties.name}`;
});

find('#things').addEventListener('click', async () => {
  const things = await act('GET', '/api/things');
  if (things) find('#answer').value = `Things of ${things.owner}`;
});

find('#out').addEventListener('click', async () => {
  await act('POST', '/v1/auth/signout', {});
  await look();
});

find('#out-all').addEventListener('click', async () => {
  const out = await act('POST', '/v1/auth/signout', { return_to: location.href, federated: true });
  if (out?.signout_url) location.assign(out.signout_url);
  else await look();
});

void look();

const find = (id) => document.querySelector(`#${id}`);

/** Shows an error on the page. */
export function fail(error) {
  find('error').textContent = `${error?.stack ?? error} ${JSON.stringify(error)}`;
}

/**
 * Shows the user's `sub` and access token with the buttons to renew (`renew` returns the new access token) and to sign out; or,
 * without `user`, the button to sign in.
 */
export function show({ user, token, signIn, renew, signOut }) {
  find('user').textContent = user ?? '';
  find('token').textContent = token ?? '';
  for (const button of document.querySelectorAll('body > button')) button.remove();
  if (user === undefined || user === null) {
    addButton('sign-in', signIn);
    return;
  }
  if (renew)
    addButton('renew', async () => {
      find('token').textContent = await renew();
      find('token').dataset.isRenewed = 'true';
    });
  addButton('sign-out', signOut);
}

function addButton(id, act) {
  const button = document.createElement('button');
  button.id = id;
  button.textContent = id;
  button.addEventListener('click', () => Promise.resolve().then(act).catch(fail));
  document.body.append(button);
}

import auth0 from 'auth0-js';

const call = (act) =>
  new Promise((resolve, reject) => act((error, result) => (error ? reject(error) : resolve(result))));

export async function start({ domain, clientId, origin, audience }, show) {
  const client = new auth0.WebAuth({
    domain,
    clientID: clientId,
    redirectUri: origin,
    audience,
    responseType: 'token id_token',
    scope: 'openid profile',
  });
  const result = await call((done) => client.parseHash(done));
  show({
    user: result?.idTokenPayload.sub,
    token: result?.accessToken,
    signIn: () => client.authorize(),
    renew: async () => (await call((done) => client.checkSession({}, done))).accessToken,
    signOut: () => client.logout({ returnTo: origin }),
  });
}

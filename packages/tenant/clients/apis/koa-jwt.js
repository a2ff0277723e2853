import jwksRsa from 'jwks-rsa';
import Koa from 'koa';
import jwt from 'koa-jwt';

export function createApi({ issuer, audience }) {
  const app = new Koa();
  app.silent = true;
  const secret = jwksRsa.koaJwtSecret({ jwksUri: `${issuer}.well-known/jwks.json`, cache: true });
  app.use(jwt({ secret, audience, issuer, algorithms: ['RS256'] }));
  app.use((context) => {
    context.body = context.state.user;
  });
  return app.callback();
}

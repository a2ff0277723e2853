import jwt from 'jsonwebtoken';
import jwksRsa from 'jwks-rsa';

export function createApi({ issuer, audience }) {
  const keys = jwksRsa({ jwksUri: `${issuer}.well-known/jwks.json` });
  const findKey = ({ kid }, done) =>
    keys.getSigningKey(kid, (error, key) => done(error, key?.getPublicKey()));
  return (request, response) => {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    jwt.verify(token, findKey, { audience, issuer, algorithms: ['RS256'] }, (error, claims) => {
      response.writeHead(error ? 401 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(claims ?? {}));
    });
  };
}

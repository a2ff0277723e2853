/** The output of `npm start`: the addresses, and example commands to paste. */
export function toWelcome(publicUrl: string, issuer: string): string {
  const tenant = issuer.replace(/^https:/, 'http:').replace(/\/$/, '');
  return `
Gatehouse is ready.

  gateway   ${publicUrl}        documentation at ${publicUrl}/docs
  tenant    ${tenant}        embedded; open it for its users, mail, log and clock

Sign up, sign in, and call a protected route:

  curl -s ${publicUrl}/v1/auth/signup -H 'Content-Type: application/json' \\
    -d '{"email":"ada@example.com","password":"Correct-Horse-9"}'

  TOKEN=$(curl -s ${publicUrl}/v1/auth/signin -H 'Content-Type: application/json' \\
    -d '{"email":"ada@example.com","password":"Correct-Horse-9"}' | sed -n 's/.*"access_token":"\\([^"]*\\)".*/\\1/p')

  curl -s "${publicUrl}/api/location/geocode?q=Redmond,%20WA" -H "Authorization: Bearer $TOKEN"

Or in a browser, at the tenant's own pages: ${publicUrl}/v1/auth/login

Stop with Ctrl-C.

`;
}

import type { DemoApplication } from './prepare-tenant.ts';
import { DEMO_PASSWORD, SAMPLES } from './samples.ts';

/** The output of `npm run demo`: URLs to open, and things to try. */
export function toDemoText(
  publicUrl: string,
  tenantOrigin: string,
  applications: readonly DemoApplication[],
): string {
  const lines = applications.map(
    ({ name, origin, asks }) => `  ${name.padEnd(12)} ${origin}   asks for ${asks}`,
  );
  return `
The demo is ready. Its users are ${Object.keys(SAMPLES).join(' and ')}, with the password ${DEMO_PASSWORD}.

  Gatehouse    ${publicUrl}   the gateway, with Organizer behind it; documentation at ${publicUrl}/docs
  Tenant       ${tenantOrigin}   the embedded tenant; consents at ${tenantOrigin}/console/consents
${lines.join('\n')}

Try:

  - Open CalendarApp, sign in and accept: it shows your appointments. The gateway refuses it the tasks: 403.
  - Open CalendarApp in a private window, sign in as the other user and decline: it has read nothing.
  - Sign out of CalendarApp and in again: you have consented already, nobody asks.
  - Revoke the consent in the console of the tenant, then press "Renew the access token": its access has ended.
  - Run a machine client against this gateway: npm run example:gift-deliveries

Stop with Ctrl-C.

`;
}

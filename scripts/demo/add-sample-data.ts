import { DEMO_PASSWORD, SAMPLES } from './samples.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** `day` days from today at 10:00, in UTC. */
const toStart = (day: number): string =>
  `${new Date(Date.now() + day * DAY_MS).toISOString().slice(0, 10)}T10:00:00Z`;

/** Creates sample data for the users of the demo by the gateway's API, unless they have it already. */
export async function addSampleData(publicUrl: string): Promise<void> {
  for (const [email, { appointments, ...others }] of Object.entries(SAMPLES)) {
    const answer = await fetch(`${publicUrl}/v1/auth/signin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email,
        password: DEMO_PASSWORD,
        audience: 'urn:organizer',
        scope: 'appointments contacts tasks',
      }),
    });
    const { access_token: token, code } = (await answer.json()) as { access_token?: string; code?: string };
    if (token === undefined) {
      process.stderr.write(`note: no sample data for ${email}, whose sign-in failed: ${code}\n`);
      continue;
    }
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const starting = appointments.map(({ day, ...rest }) => ({ ...rest, starts_at: toStart(day) }));
    for (const [name, items] of Object.entries({ appointments: starting, ...others })) {
      const url = `${publicUrl}/api/${name}`;
      const present = await (await fetch(url, { headers })).json();
      if (!Array.isArray(present) || present.length > 0) continue;
      for (const item of items) await fetch(url, { method: 'POST', headers, body: JSON.stringify(item) });
    }
  }
}

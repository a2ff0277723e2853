import { CHECKS } from '../src/cli/doctor/all-checks.ts';

const FAMILIES: Readonly<Record<string, string>> = {
  R: 'The tenant and its Management API',
  A: 'APIs',
  C: 'The application of the gateway',
  N: 'Connections and names',
  P: 'Policies and attack protection',
  M: 'Machine clients of customers',
  T: 'Third-party clients',
  L: "The gateway's own side",
  S: 'The whole flow',
};

/** The text of a table cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** docs/reference/doctor.md: every check of `gatehouse doctor`, from its rows. */
export function toDoctorText(): string {
  const sections = Object.entries(FAMILIES).map(([family, title]) => {
    const rows = CHECKS.filter(({ id }) => id.startsWith(family)).map(
      ({ id, level, isLive, wanted, symptom, remedy, dashboard }) => {
        const notes = [...(level === 'warn' ? ['warning'] : []), ...(isLive ? ['`--live`'] : [])].join(', ');
        const head = notes === '' ? id : `${id} (${notes})`;
        return `| ${[head, wanted, symptom, remedy, dashboard || '–'].map(cell).join(' | ')} |`;
      },
    );
    const table = [
      '| id | wanted | symptom | what to do | dashboard |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
    ];
    return `## ${family}: ${title}\n\n${table.join('\n')}`;
  });
  return `# Checks of \`gatehouse doctor\`

This page is generated from the checks: run \`npm run openapi\` to write it again.

\`gatehouse doctor\` reads the configuration and the tenant, runs all checks and prints what is not as wanted, failures first. It exits
with 0 if nothing fails, with 1 if something does, and with 78 if the configuration cannot be read. Warnings do not change the exit
code. Where two checks could report one cause, only the first in these tables does.

| flag | effect |
| --- | --- |
| \`--only <ids>\`, \`--skip <ids>\` | a comma list of ids; a letter stands for all of its family |
| \`--live\` | also checks the client secret, and signs a user up and in; the user is deleted afterwards |
| \`--fix\` | changes what can be changed with the Management API, then checks again |
| \`-v\` | shows passed checks too |
| \`--json\` | \`{ok, findings: [{id, status, seen, wanted, symptom, fix, dashboard}]}\`, \`status\` is \`fail\`, \`warn\` or (with \`-v\`) \`pass\` |

The checks of the tenant need \`AUTH0_MGMT_CLIENT_ID\` and \`AUTH0_MGMT_CLIENT_SECRET\`. R6 names all scopes that the client lacks. For the
embedded tenant no credential is needed.

${sections.join('\n\n')}
`;
}

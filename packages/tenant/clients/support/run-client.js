// `node run-client.js <package>`: runs one client, in this process. Exit code 0: it works with the tenant.
import { CLIENTS } from '../clients.js';

const client = CLIENTS.find(({ name }) => name === process.argv[2]);
const { run } = await import(`./${client.kind}.js`);
// A page is bundled, and Python runs in a process of its own: neither is loaded here.
const isLoaded = client.kind !== 'browsers' && client.kind !== 'python';
await run(isLoaded ? await import(`../${client.file}`) : {}, `./${client.file}`);
// Some clients keep timers or sockets.
process.exit(0);

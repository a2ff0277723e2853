// The image's HEALTHCHECK: exits 0 when the gateway of this container answers /healthz, else 1.
import { get } from 'node:http';

const { HOST = '127.0.0.1', PORT = '3000' } = process.env;
const everywhere = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const request = get(
  { host: everywhere[HOST] ?? HOST, port: PORT, path: '/healthz', timeout: 2500 },
  (response) => process.exit(response.statusCode === 200 ? 0 : 1),
);
request.on('timeout', () => request.destroy());
request.on('error', () => process.exit(1));

import { createApi } from './api.js';

const { PUBLIC_URL = 'http://localhost:3000', CLIENT_ID, CLIENT_SECRET } = process.env;
const [from = 'Redmond, WA', to = 'Seattle, WA'] = process.argv.slice(2);

const get = createApi({ gatewayUrl: PUBLIC_URL, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });

/** The best match for an address, as `lon,lat`, with its name and whom to credit for it. */
async function locate(address) {
  const { lat, lng, features, geocoding } = await get('/api/location/geocode', { q: address, limit: 1 });
  if (features.length === 0) throw new Error(`no such place: ${address}`);
  return { name: features[0].properties.label, point: `${lng},${lat}`, credit: geocoding.attribution };
}

try {
  const [origin, destination] = await Promise.all([from, to].map(locate));
  const route = await get('/api/directions', { origin: origin.point, destination: destination.point });
  const { distance_m, duration_s, steps, quality, attribution } = route.properties;
  const time = duration_s === null ? 'time unknown' : `${Math.round(duration_s / 60)} min`;
  const credits = new Set([origin.credit, destination.credit, attribution]);
  // Straight lines are nobody's data.
  credits.delete('none');
  const lines = [
    `From ${origin.name} to ${destination.name}`,
    `${(distance_m / 1000).toFixed(1)} km, ${time} (${quality})`,
    ...steps.map(({ instruction }, index) => `${index + 1}. ${instruction}`),
    `Data: ${[...credits].join('; ')}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
} catch (error) {
  const why = error.cause?.code === 'ECONNREFUSED' ? `nothing answers at ${PUBLIC_URL}` : error.message;
  process.stderr.write(`No delivery: ${why}\n`);
  process.exitCode = 1;
}

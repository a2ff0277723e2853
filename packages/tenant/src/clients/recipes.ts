import { randomHex } from '../lib/random.ts';
import type { Client } from '../state/settings-documents.ts';
import { allowsCallback } from './allowed-urls.ts';
import { toCredentials } from './credentials.ts';
import { RECIPE_ROWS, type RecipeRow } from './recipe-rows.ts';

export type Framework = keyof typeof RECIPE_ROWS;

/** What a recipe is filled with. */
export interface RecipeTarget {
  /** `https://localhost:4400/` */
  readonly issuer: string;
  readonly client: Client;
  /** The path of the CA file; undefined if the CA is kept in memory. */
  readonly caFile: string | undefined;
}

/** The URL lists of an application that an SDK needs entries in. */
const URL_LISTS = ['callbacks', 'allowed_logout_urls', 'web_origins'] as const;
export type RecipeUrls = Readonly<Record<(typeof URL_LISTS)[number], readonly string[]>>;

/** How to configure a framework's SDK for an application. */
export interface Recipe {
  readonly framework: Framework;
  /** The framework and its SDK. */
  readonly title: string;
  /** The file that the lines belong into. */
  readonly file: string;
  readonly lines: readonly string[];
  /** What else is needed. */
  readonly notes: readonly string[];
  /** The URLs that the settings of the application lack. */
  readonly missing: RecipeUrls;
  /** The content of the file: the lines, with the rest as comments. */
  readonly text: string;
}

/** There is no recipe for a framework. The message lists those that there are. */
export class UnknownFramework extends Error {
  override readonly name = 'UnknownFramework';

  constructor(name: string) {
    super(`There is no recipe for ${JSON.stringify(name)}. Known are: ${FRAMEWORKS.join(', ')}.`);
  }
}

/** The names of all frameworks. */
// The keys are those of the table.
export const FRAMEWORKS = Object.keys(RECIPE_ROWS) as readonly Framework[];

/** A framework by its name. Throws `UnknownFramework`. */
export function parseFramework(name: string): Framework {
  const found = FRAMEWORKS.find((framework) => framework === name);
  if (found === undefined) throw new UnknownFramework(name);
  return found;
}

/** The frameworks that suit an application: those of browsers if it has no secret, otherwise those of servers. */
export function frameworksFor(client: Client): readonly Framework[] {
  const isPublic = toCredentials(client).client_secret === undefined;
  return FRAMEWORKS.filter((framework) => (RECIPE_ROWS[framework].runs === 'browser') === isPublic);
}

/** The name of a framework that people know. */
export const labelOf = (framework: Framework): string => RECIPE_ROWS[framework].label;

/** The framework that an application of a type most likely uses. */
export const usualFramework = ({ app_type }: Pick<Client, 'app_type'>): Framework =>
  app_type === 'spa'
    ? 'react'
    : app_type === 'regular_web'
      ? 'next'
      : app_type === 'native'
        ? 'spa-js'
        : 'auth0';

/** The recipe of a framework with the values of a tenant and an application, including its secret. */
export function toRecipe(framework: Framework, { issuer, client, caFile }: RecipeTarget): Recipe {
  const row: RecipeRow = RECIPE_ROWS[framework];
  const { client_id, client_secret } = toCredentials(client);
  const issuerUrl = issuer.replace(/\/$/, '');
  const isHttp = issuer.startsWith('http:');
  const { host: domain } = new URL(issuer);
  const lines = row.lines({
    domain,
    domainOrUrl: isHttp && row.http !== 'no' ? issuerUrl : domain,
    issuerUrl,
    id: client_id,
    secret: client_secret ?? '',
    cookieSecret: randomHex(32),
    base: row.base,
  });
  const recipe = {
    framework,
    title: `${row.label}: ${row.sdk}`,
    file: row.file,
    lines: Array.isArray(lines)
      ? lines
      : Object.entries(lines).map(([name, value]) => `${name}=${quoteValue(value)}`),
    notes: [
      ...secretNotes(row, client_secret),
      ...(isHttp ? HTTP_NOTES[row.http] : [trustNote(row, issuer, caFile)]),
    ],
    missing: missingUrls(row, client),
  };
  return { ...recipe, text: toText(recipe) };
}

function toText({ framework, title, file, lines, notes, missing }: Omit<Recipe, 'text'>): string {
  const mark = framework === 'angular' ? '//' : '#';
  const lacking = Object.entries(missing).flatMap(([list, urls]) => urls.map((url) => `${list}: ${url}`));
  const more = lacking.length === 0 ? [] : [`The settings of the application lack: ${lacking.join(', ')}`];
  return [
    `${mark} ${title} (${file})`,
    ...lines,
    ...[...notes, ...more].map((note) => `${mark} ${note}`),
  ].join('\n');
}

/** A value of a .env file. */
const quoteValue = (value: string): string =>
  /^[\w./:@%+,=~-]*$/.test(value) ? value : JSON.stringify(value);

function secretNotes({ runs }: RecipeRow, secret: string | undefined): string[] {
  if (runs !== 'browser' && secret === undefined)
    return [
      'The application has no client secret, which this SDK needs: use one of the kind web or machine.',
    ];
  if (runs === 'browser' && secret !== undefined)
    return ['The application has a client secret, which a browser cannot keep: use one of the kind spa.'];
  return [];
}

const HTTP_NOTES: Readonly<Record<RecipeRow['http'], readonly string[]>> = {
  yes: [],
  no: ['This SDK calls https only and compares the issuer: start the tenant without TENANT_SCHEME=http.'],
  option: ['Pass allowInsecureRequests: true to Auth0Client, because the issuer has http.'],
};

/** How a program trusts the certificate of a tenant with https. */
function trustNote({ runs }: RecipeRow, issuer: string, caFile: string | undefined): string {
  const ca = caFile ?? 'tenant-ca.pem';
  const from =
    caFile === undefined ? ' The console offers the file for download, at /console/tenant-ca.pem.' : '';
  const texts: Readonly<Record<RecipeRow['runs'], string>> = {
    node: `Start the program with NODE_EXTRA_CA_CERTS=${ca}: Node.js reads this variable before any .env file.`,
    browser: `The browser must trust the certificate: import ${ca}, or open ${issuer} once and accept it. Or start the tenant with TENANT_SCHEME=http.`,
    python: `Start the program with SSL_CERT_FILE=${ca}, which then is the only CA that it trusts.`,
    go: `Start the program with SSL_CERT_FILE=${ca} (Linux), or add it to the certificates that the system trusts.`,
    php: `Set curl.cainfo and openssl.cafile in php.ini to ${ca}.`,
    java: `Run keytool -importcert -noprompt -alias tenant -file ${ca} -keystore tenant.p12 -storepass changeit, and start the program with -Djavax.net.ssl.trustStore=tenant.p12.`,
    dotnet: `Start the program with SSL_CERT_FILE=${ca} (Linux), or add it to the certificates that the system trusts.`,
  };
  return `${texts[runs]}${from}`;
}

function missingUrls({ base, callback, runs }: RecipeRow, client: Client): RecipeUrls {
  const needed: RecipeUrls =
    base === ''
      ? { callbacks: [], allowed_logout_urls: [], web_origins: [] }
      : {
          callbacks: [`${base}${callback}`],
          allowed_logout_urls: [base],
          web_origins: runs === 'browser' ? [base] : [],
        };
  const missing = URL_LISTS.map((list) => [
    list,
    needed[list].filter((url) => !allowsCallback(client[list], url)),
  ]);
  // Each list of the type is an entry.
  return Object.fromEntries(missing) as RecipeUrls;
}

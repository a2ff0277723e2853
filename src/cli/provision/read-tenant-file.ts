import { readFile } from 'node:fs/promises';
import { type Fault, toFaultLines } from '../../config/faults.ts';
import { readYaml } from '../../resources/routes-file/read-yaml.ts';
import { createToFaults, toWanted } from '../../resources/routes-file/to-faults.ts';
import { InputError } from '../read-json.ts';
import { type TenantFile, tenantFile } from './desired-tenant.ts';
import { MANAGEMENT_AUDIENCE } from './diff.ts';
import { isObject } from './fields.ts';

/** The default of `--file`. */
export const DEFAULT_FILE = 'gatehouse.tenant.yaml';

export type ParsedTenantFile =
  | { readonly ok: true; readonly file: TenantFile }
  | { readonly ok: false; readonly faults: readonly Fault[] };

type Path = readonly PropertyKey[];
type Finding = readonly [path: Path, wanted: string];

const SECRET_NAME = /(secret|password|token|private_?key|signing_?key|api_?key)$/i;
/** The encrypted settings of a custom database. */
const CONFIGURATION = 'configuration';

/** Whether a member of the settings is a secret, which must neither be in the file nor in a plan. */
export const isSecretMember = (name: string, value: unknown): boolean =>
  (typeof value === 'string' && SECRET_NAME.test(name)) || (name === CONFIGURATION && isObject(value));

function findSecrets(value: unknown, path: Path): Finding[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]): Finding[] => {
    const at = [...path, Array.isArray(value) ? Number(name) : name];
    return isSecretMember(name, member)
      ? [[at, 'no secret: this file is shared; set it in the dashboard']]
      : findSecrets(member, at);
  });
}

/** The duplicates of a list. */
function findTwice(list: string, names: readonly string[], member: string): Finding[] {
  return names.flatMap((name, index): Finding[] =>
    names.indexOf(name) < index ? [[[list, index, member], 'a value that no other entry has']] : [],
  );
}

/** The faults that the schema cannot detect: duplicate names, unknown names, and secrets. */
function findFaults({ apis = [], clients = [], connections = [] }: TenantFile): Finding[] {
  const keys = clients.map(({ key }) => key);
  const known = new Set(keys);
  const scopesOf = new Map(
    apis.map(({ identifier, scopes }) => [identifier, scopes && new Set(scopes.map(({ value }) => value))]),
  );
  return [
    ...findTwice(
      'apis',
      apis.map(({ identifier }) => identifier),
      'identifier',
    ),
    ...findTwice('clients', keys, 'key'),
    ...findTwice(
      'connections',
      connections.map(({ name }) => name),
      'name',
    ),
    ...clients.flatMap(({ kind, grants = [] }, i) =>
      grants.flatMap(({ audience, scopes, subject_type }, j): Finding[] => {
        const of = scopesOf.get(audience);
        const isSame = (other: (typeof grants)[number]) =>
          other.audience === audience && other.subject_type === subject_type;
        return [
          ...(kind === 'third-party' && audience === MANAGEMENT_AUDIENCE
            ? ([[['clients', i, 'grants', j, 'audience'], 'no Management API for a third party']] as const)
            : []),
          ...(grants.findIndex(isSame) < j
            ? ([[['clients', i, 'grants', j, 'audience'], 'one grant for each API']] as const)
            : []),
          ...scopes.flatMap((scope, k): Finding[] =>
            of === undefined || of.has(scope)
              ? []
              : [[['clients', i, 'grants', j, 'scopes', k], `a scope of ${audience}`]],
          ),
        ];
      }),
    ),
    ...connections.flatMap(({ clients: enabled = [] }, i) =>
      enabled.flatMap((key, j): Finding[] =>
        known.has(key) ? [] : [[['connections', i, 'clients', j], 'the key of a client of this file']],
      ),
    ),
  ];
}

/** Parses the text of a tenant file, YAML or JSON, or reports all faults at once. */
export function parseTenantFile(text: string, name: string): ParsedTenantFile {
  const read = readYaml(text, name);
  if (!read.ok) return read;
  const { toFault, toFaults } = createToFaults('', read.tree, read.lineOf);
  const parsed = tenantFile.safeParse(read.tree, { error: toWanted });
  const secrets = findSecrets(read.tree, []);
  const findings = parsed.success ? findFaults(parsed.data) : [];
  const faults = [
    ...(parsed.success ? [] : toFaults(parsed.error.issues)),
    ...findings.map(([path, wanted]) => toFault(path, wanted)),
    ...secrets.map(([path, wanted]) => toFault(path, wanted, 'a value')),
  ].map((fault) => ({ ...fault, name: fault.name.replace(/^\./, '') || name }));
  return parsed.success && faults.length === 0 ? { ok: true, file: parsed.data } : { ok: false, faults };
}

/** Reads and parses a tenant file. Throws `InputError` if it cannot be read. */
export async function readTenantFile(file: string): Promise<ParsedTenantFile> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const hint = error.code === 'ENOENT' ? '; gatehouse provision init writes one' : '';
    throw new InputError(`${file}: cannot be read (${error.code ?? 'unknown error'})${hint}`);
  });
  return parseTenantFile(text, file);
}

/** The content of a tenant file. Throws `InputError` with all of its faults. */
export async function requireTenantFile(file: string): Promise<TenantFile> {
  const parsed = await readTenantFile(file);
  if (parsed.ok) return parsed.file;
  throw new InputError(toFaultLines(parsed.faults).join('\n'));
}

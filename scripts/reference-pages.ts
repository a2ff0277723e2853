import type { Argument, Command, Option } from 'commander';
import { createProgram } from '../src/cli/program.ts';
import type { Variable } from '../src/config/value-schemas.ts';
import { VARIABLE_NAMES, VARIABLES } from '../src/config/variables.ts';
import { ERROR_TABLE, type ErrorMeaning } from '../src/errors.ts';
import { cell, code, GENERATED, table } from './markdown.ts';

function toDefault({ default: fallback, defaultText }: Variable): string {
  if (defaultText !== undefined) return cell(defaultText);
  return typeof fallback === 'string' ? code(fallback) : '';
}

/** docs/reference/configuration.md: every environment variable, from the schema of the configuration. */
export function toConfigurationText(): string {
  const rows = VARIABLE_NAMES.map((name) => {
    const variable: Variable = VARIABLES[name];
    return [code(name), cell(variable.about), toDefault(variable)];
  });
  return `# Configuration

${GENERATED}

Gatehouse reads environment variables and a \`.env\` file; environment variables take precedence. Every variable \`X\` can be given as
\`X_FILE\`, the path of a file that contains the value. \`npm run gatehouse -- config check\` reports all errors at once, and
\`config print\` prints the effective values and their sources.

${table(['variable', 'what it sets', 'default'], rows)}
`;
}

/** docs/reference/error-codes.md: every code that a response can have, by status. */
export function toErrorCodesText(): string {
  const entries: [string, ErrorMeaning][] = Object.entries(ERROR_TABLE);
  const statuses = [...new Set(entries.map(([, { status }]) => status))].toSorted((a, b) => a - b);
  const sections = statuses.map((status) => {
    const rows = entries
      .filter(([, meaning]) => meaning.status === status)
      .map(([name, { title, advice, operatorAdvice = '' }]) => [
        code(name),
        ...[title, advice, operatorAdvice].map(cell),
      ]);
    return `## ${status}\n\n${table(['code', 'what happened', 'what the caller can do', 'what the operator can do'], rows)}`;
  });
  return `# Error codes

${GENERATED}

API errors are problem details (RFC 9457). \`code\` is stable: it is never renamed, and its status never changes. \`title\` says what
happened, \`detail\` what the caller can do, and \`request_id\` finds the request in the log. A running gateway answers
\`GET /problems/{code}\` from the same table. \`POST /v1/oauth/token\` answers OAuth errors (RFC 6749) instead.

${sections.join('\n\n')}
`;
}

const toArgument = (argument: Argument): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;

/** The commands that do something, with the words that call them. */
const leavesOf = (
  command: Command,
  words: readonly string[],
): { words: readonly string[]; command: Command }[] =>
  command.commands.length === 0
    ? [{ words, command }]
    : command.commands.flatMap((child) => leavesOf(child, [...words, child.name()]));

const toOptionRow = ({ flags, description }: Option): string[] => [code(flags), cell(description)];

function toCommandSection({ words, command }: { words: readonly string[]; command: Command }): string {
  const usage = [...words, ...command.registeredArguments.map(toArgument)].join(' ');
  const parameters = [
    ...command.registeredArguments.map((argument) => [
      code(toArgument(argument)),
      cell(argument.description),
    ]),
    ...command.options.map(toOptionRow),
  ];
  const summary = command.description();
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return `## ${words.slice(1).join(' ')}\n\n\`\`\`sh\n${usage}\n\`\`\`\n\n${cell(sentence)}\n\n${table(['argument or flag', 'meaning'], parameters)}`;
}

/** docs/reference/cli.md: every command with its arguments and flags, from the command line itself. */
export function toCliText(): string {
  const sections = leavesOf(createProgram(), ['gatehouse']).map(toCommandSection);
  return `# Command line

${GENERATED}

In a checkout the command is \`npm run gatehouse -- …\`; the image has \`gatehouse\` on the path. Results go to standard output, progress
and errors to standard error.

| exit code | meaning |
| --- | --- |
| 0 | done, nothing found |
| 1 | failed, or something was found |
| 2 | unknown command, argument or flag |
| 78 | the configuration is not valid |

${sections.join('\n\n')}
`;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

function toType({ type, const: only, enum: values, anyOf, items }: Schema): string {
  if (only !== undefined) return JSON.stringify(only);
  if (values) return values.map((value) => JSON.stringify(value)).join(', ');
  if (anyOf) return anyOf.map(toType).join(' or ');
  if (type === 'array' && items) return `list of ${toType(items)}`;
  return [type ?? 'any'].flat().join(' or ');
}

function toFieldRows(schema: Schema, prefix: string): string[][] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, field]) => {
    const notes = [
      field.description ?? '',
      required.includes(name) ? 'Required.' : '',
      field.default === undefined ? '' : `Default: ${JSON.stringify(field.default)}.`,
      field.examples?.[0] === undefined ? '' : `Example: ${JSON.stringify(field.examples[0])}.`,
    ];
    const below = [field, ...(field.anyOf ?? []), ...(field.items ? [field.items] : [])];
    return [
      [code(`${prefix}${name}`), cell(toType(field)), cell(notes.filter(Boolean).join(' '))],
      ...below.flatMap((inner) => toFieldRows(inner, `${prefix}${name}.`)),
    ];
  });
}

/** docs/reference/routes-file.md: every field of a routes file. `schema` is docs/routes.schema.json. */
export function toRoutesFileText(schema: Schema): string {
  return `# Routes file

${GENERATED}

\`ROUTES_FILE\` names a YAML file with the routes of your own services. [Protect an upstream](../how-to/protect-an-upstream.md) explains it.
Editors check the file against [routes.schema.json](../routes.schema.json); \`npm run gatehouse -- routes check\` reports all errors.

${table(['field', 'type', 'meaning'], toFieldRows(schema, ''))}
`;
}

interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly {
    readonly name?: string;
    readonly in?: string;
    readonly required?: boolean;
    readonly description?: string;
  }[];
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

export interface ApiDocument {
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

function toOperationSection(method: string, path: string, operation: Operation): string {
  const { summary, description = '', parameters = [], responses, security = [] } = operation;
  const schemes = security.flatMap((one) =>
    Object.entries(one).map(([name, scopes]) =>
      scopes.length === 0 ? name : `${name} (${scopes.join(' ')})`,
    ),
  );
  const named = parameters.filter(({ name }) => name !== undefined);
  const parts = [
    `### ${method.toUpperCase()} ${path.replaceAll('{', '\\{')}`,
    cell(`${summary}.`),
    cell(description.replaceAll(/\[([^\]]+)\]\(\/[^)]*\)/g, '$1')),
    schemes.length === 0 ? '' : `Credentials: ${schemes.map(code).join(' or ')}`,
    named.length === 0
      ? ''
      : table(
          ['parameter', 'in', 'meaning'],
          named.map(({ name = '', in: place = '', required, description: about = '' }) => [
            code(name),
            place,
            cell([about, required === true && place !== 'path' ? 'Required.' : ''].filter(Boolean).join(' ')),
          ]),
        ),
    `Responses: ${Object.keys(responses).join(', ')}`,
  ];
  return parts.filter(Boolean).join('\n\n');
}

/** docs/reference/http-api.md: every operation of the API document, by tag. */
export function toHttpApiText({ tags, paths }: ApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({ path, method, operation })),
  );
  // Links to the gateway itself lead nowhere from a page.
  const withoutOwnLinks = (text: string) => text.replaceAll(/\[([^\]]+)\]\(\/[^)]*\)/g, '$1');
  const sections = tags.map(({ name, description = '' }) =>
    [
      `## ${name}`,
      withoutOwnLinks(description),
      ...operations
        .filter(({ operation }) => operation.tags.includes(name))
        .map(({ path, method, operation }) => toOperationSection(method, path, operation)),
    ].join('\n\n'),
  );
  return `# HTTP API

${GENERATED}

[openapi.json](../openapi.json) is the complete description, with the schemas of all requests and responses; a running gateway serves it at
\`/openapi.json\` and shows it at \`/docs\`. [Error codes](error-codes.md) lists what an error response says.

${sections.join('\n\n')}
`;
}

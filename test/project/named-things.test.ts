import { globSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createProgram } from '../../src/cli/program.ts';
import { VARIABLE_NAMES } from '../../src/config/variables.ts';
import type { GatewayUnderTest } from '../support/gateway.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';
import { type Node, parseNodes } from './source-facts.ts';

interface Text {
  readonly at: string;
  readonly text: string;
}

const textOf = ({ value }: Node): string | undefined => {
  if (typeof value === 'string') return value;
  const cooked = (value as { cooked?: unknown } | null | undefined)?.cooked;
  return typeof cooked === 'string' ? cooked : undefined;
};

/** The texts of a source: strings of more than one word, without interpolated values and examples. */
const toTexts = (at: string, source: string): Text[] =>
  parseNodes(source)
    .filter(({ type }) => type === 'Literal' || type === 'TemplateElement')
    .map(textOf)
    .filter((text) => text !== undefined && /\S\s+\S/.test(text))
    .map((text) => ({ at, text: (text ?? '').replaceAll(/\bsuch as [^,;.\s]+/g, '') }));

const texts = globSync('src/**/*.ts').flatMap((file) => toTexts(file, readFileSync(file, 'utf8')));

const pathInText =
  /(?<![\w.:/}<>-])\/(?:(?:v1|api)(?=\/)|problems|docs|healthz|readyz|openapi\.json|metrics|\.well-known)(?:\/[\w{}.-]*[\w}])*/g;
const variableInText = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g;
const commandInText = /\b(?:npm run (?:-s )?gatehouse -- |gatehouse )((?:[a-z]+ ?)+)/g;
const scriptInText = /\bnpm (?:run (?:-s )?)?(start|test|[a-z]+)\b/g;

const findAll = (pattern: RegExp): { at: string; name: string }[] =>
  texts.flatMap(({ at, text }) =>
    [...text.matchAll(pattern)].map(([whole, name]) => ({ at, name: name ?? whole })),
  );

/** Names of other programs that texts may mention. */
const foreignVariables = new Set(['NODE_EXTRA_CA_CERTS']);

describe('names in texts', () => {
  let under: GatewayUnderTest;
  beforeAll(async () => {
    under = await startLonelyGateway();
  });
  afterAll(() => under.close());

  it('each path is that of a row of the gateway', async () => {
    const found = findAll(pathInText);
    expect(found.length).toBeGreaterThan(10);
    const unserved = await Promise.all(
      found.map(async ({ at, name }) => {
        if (name === '/metrics') return [];
        const answer = await fetch(`${under.url}${name.replaceAll(/[{}]/g, '')}`, { method: 'OPTIONS' });
        return answer.status === 404 ? [`${at}: ${name}`] : [];
      }),
    );
    expect(unserved.flat()).toEqual([]);
  });

  it('each variable is one that the gateway reads', () => {
    const known = new Set<string>(VARIABLE_NAMES);
    const found = findAll(variableInText);
    expect(found.length).toBeGreaterThan(30);
    const isKnown = (name: string) =>
      known.has(name) || known.has(name.replace(/_FILE$/, '')) || foreignVariables.has(name);
    expect(found.filter(({ name }) => !isKnown(name)).map(({ at, name }) => `${at}: ${name}`)).toEqual([]);
  });

  it('each command exists', () => {
    const hasCommand = (command: Command, words: readonly string[]): boolean => {
      if (words.length === 0) return true;
      const [word, ...rest] = words;
      const next = command.commands.find((each) => each.name() === word);
      return next !== undefined && (next.commands.length === 0 || hasCommand(next, rest));
    };
    const unknown = findAll(commandInText).filter(
      ({ name }) => !hasCommand(createProgram(), name.trim().split(' ')),
    );
    expect(unknown.map(({ at, name }) => `${at}: gatehouse ${name}`)).toEqual([]);
  });

  it('each npm script is one of package.json', () => {
    const scripts = Object.keys(packageJson.scripts);
    const unknown = findAll(scriptInText).filter(({ name }) => !scripts.includes(name));
    expect(unknown.map(({ at, name }) => `${at}: npm ${name}`)).toEqual([]);
  });
});

it('unknown names in texts are detected', () => {
  const planted = toTexts(
    'src/a.ts',
    "const a = 'Go on with /v1/auth/nothing.'; const b = `run gatehouse doctor and set NO_SUCH_NAME, ${a}`; const c = '/v1/alone';",
  ).map(({ text }) => text);
  expect(planted).toHaveLength(2);
  expect(planted.flatMap((text) => text.match(pathInText) ?? [])).toEqual(['/v1/auth/nothing']);
  expect(planted.flatMap((text) => text.match(variableInText) ?? [])).toEqual(['NO_SUCH_NAME']);
  expect([...(planted[1] ?? '').matchAll(commandInText)].map(([, name]) => name)).toEqual([
    'doctor and set ',
  ]);
});

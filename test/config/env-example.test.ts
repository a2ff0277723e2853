import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import type { Variable } from '../../src/config/value-schemas.ts';
import { VARIABLE_NAMES, VARIABLES } from '../../src/config/variables.ts';
import { makeFolder } from '../support/folder.ts';

const file = '.env.example';
const text = readFileSync(file, 'utf8');
const uncommented = text.replaceAll(/^#(?=[A-Z0-9_]+=)/gm, '');

function toEntry(name: string, { about, default: fallback, defaultText }: Variable): string {
  const literal = typeof fallback === 'string' ? fallback : '';
  const words = defaultText === undefined ? '' : ` (default: ${defaultText})`;
  return `# ${about}${words}\n#${name}=${literal}\n`;
}

describe('.env.example', () => {
  it('lists every variable of the schema with its default and one line, and nothing else', async () => {
    const header = [
      '# Copy this file to .env and uncomment the variables to change. Environment variables override .env.',
      '# Every NAME can be given as NAME_FILE instead: the path of a file that contains the value.',
      '',
      '',
    ].join('\n');
    const entries = VARIABLE_NAMES.map((name) => toEntry(name, VARIABLES[name]));
    await expect(header + entries.join('\n')).toMatchFileSnapshot(`../../${file}`);
  });

  it('sets nothing when it is copied as it is', () => {
    expect(parse(text)).toEqual({});
  });

  it('has the default values when every line is uncommented', () => {
    const cwd = makeFolder();
    expect(Object.keys(parse(uncommented))).toEqual(VARIABLE_NAMES);
    const [commented, defaults] = [readConfig(parse(uncommented), { cwd }), readConfig({}, { cwd })];
    expect(defaults.ok && commented.ok && commented.config).toEqual(defaults.ok && defaults.config);
    expect(commented.warnings).toEqual([]);
  });
});

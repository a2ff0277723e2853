import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { toFaultLines } from '../../src/config/faults.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { VARIABLE_NAMES } from '../../src/config/variables.ts';

const names = fc.oneof(
  fc.constantFrom(...VARIABLE_NAMES),
  fc.constantFrom(...VARIABLE_NAMES).map((name) => `${name}_FILE`),
  fc.string({ maxLength: 20, unit: 'binary' }).map((tail) => `AUTH0_${tail}`),
  fc.string({ maxLength: 20 }).map((tail) => `GATEHOUSE_${tail}`),
  fc.string({ maxLength: 20 }),
);
const nearMisses = fc.constantFrom(
  'true',
  'production',
  '0',
  '65535',
  '10/15m',
  'https://a.example',
  'https://user:word@a.example/',
  '10.0.0.0/8',
  '::ffff:1.2.3.4/3',
  'a,b',
  ',',
  'localhost:4400',
  ':memory:',
  '/dev/null',
  '.',
);
const garbage = fc.dictionary(names, fc.oneof(fc.string({ unit: 'binary' }), nearMisses, fc.string()), {
  maxKeys: 40,
});

it('any environment results in a configuration, or in faults with name, given value and expected value', () => {
  fc.assert(
    fc.property(garbage, (environment) => {
      const answer = readConfig(environment, { cwd: '/nowhere' });
      const faults = answer.ok ? [] : toFaultLines(answer.faults);
      const shown = [...faults, ...answer.warnings.map(({ message }) => message)];
      expect(shown.filter((line) => /\p{Cc}/u.test(line))).toEqual([]);
      expect(answer.ok ? Object.isFrozen(answer.config) : faults.length > 0).toBe(true);
    }),
    { numRuns: 400 },
  );
});

it('no secret appears in faults, warnings or settings, even if it was set in another variable by mistake', () => {
  const secretNames = fc.constantFrom('AUTH0_CLIENT_SECRET', 'AUTH0_CLIENT_ASSERTION_KEY', 'SESSION_SECRETS');
  const secret = fc.stringMatching(/^[A-Za-z0-9+/=_-]{12,60}$/);
  // Paths are shown, so a value in place of a path is hidden only if it does not look like a path.
  const secretAsPath = fc.stringMatching(/^[A-Za-z0-9_-]{32,64}$/);
  const placed = fc.oneof(
    fc.record({ value: secret, asFile: fc.constant(false) }),
    fc.record({ value: secretAsPath, asFile: fc.constant(true) }),
  );
  fc.assert(
    fc.property(garbage, secretNames, placed, names, (environment, name, { value, asFile }, other) => {
      const misplaced = /^[A-Z_]+$/.test(other) ? { [other]: `x${value}y` } : {};
      const given = { ...environment, ...misplaced, [asFile ? `${name}_FILE` : name]: value };
      const answer = readConfig(given, { cwd: '/nowhere' });
      const { warnings } = answer;
      const shown = JSON.stringify(answer.ok ? [answer.settings, warnings] : [answer.faults, warnings]);
      expect(shown).not.toContain(value);
    }),
    { numRuns: 400 },
  );
});

it('each secret of a list is hidden, not only the list', () => {
  const [first, second] = ['a1b2c3d4'.repeat(4), 'z9y8x7w6'.repeat(5)];
  const given = { SESSION_SECRETS: `${first}, ${second}`, LOG_LEVEL: second, AUTH0_CONNECTION: first };
  const answer = JSON.stringify(readConfig(given, { cwd: '/nowhere' }));
  expect(answer).not.toContain(first);
  expect(answer).not.toContain(second);
  expect(answer).toContain('LOG_LEVEL');
});

it('credentials inside a URL are hidden', () => {
  const answer = readConfig({ PUBLIC_URL: 'https://user:pass-word@a.example' }, { cwd: '/nowhere' });
  expect(JSON.stringify(answer)).not.toContain('pass-word');
});

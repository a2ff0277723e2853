export { HINTS } from '../../src/wire/hints.ts';

import { parseArgs } from 'node:util';

const help = `npm run bench -- [options]

  --quick             the main works, with the peers that have a goal, in short rounds
  --work <id>         only this work (may be repeated)
  --peer <id>         only this peer beside Gatehouse (may be repeated)
  --rounds <n>        interleaved rounds (5; quick 3)
  --seconds <n>       length of a round (4; quick 1)
  --load <name>       wrk or autocannon (wrk where it is installed)
  --gatehouse <file>  the src/main.ts of another checkout
  --no-write          print only

A run of all its works and peers writes docs/benchmarks.md and docs/benchmarks.svg.
`;

/** Parses the command line; undefined after `--help`. Throws on an unknown option. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      work: { type: 'string', multiple: true },
      peer: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      load: { type: 'string' },
      gatehouse: { type: 'string' },
      write: { type: 'boolean', default: true },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return undefined;
  }
  return {
    ...values,
    rounds: toCount('rounds', values.rounds ?? (values.quick ? '3' : '5')),
    seconds: toCount('seconds', values.seconds ?? (values.quick ? '1' : '4')),
    write: values.write && values.work === undefined && values.peer === undefined,
  };
}

function toCount(name, text) {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`--${name} must be a whole number, not ${text}`);
  return Number(text);
}

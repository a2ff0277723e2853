import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AUDIT_MEMBERS, REQUEST_MEMBERS } from '../../scripts/observe-pages.ts';
import { ERROR_TABLE, type ErrorMeaning } from '../../src/error-table.ts';
import { readMetrics } from '../support/metrics.ts';
import { startWorld, type World } from '../support/world.ts';
import { type Node, parseNodes } from './source-facts.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const rules = (
  parse(readFileSync('deploy/prometheus/gatehouse.rules.yaml', 'utf8')) as {
    readonly groups: readonly { readonly rules: readonly Rule[] }[];
  }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readFileSync('deploy/grafana/gatehouse.json', 'utf8')) as {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly type: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
};
const expressions = [
  ...rules.map(({ alert, expr }) => ({ at: alert, expr })),
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ at: title, expr }))),
];
const runbook = readFileSync('docs/how-to/runbook.md', 'utf8');

const METRIC = /\b(?:gatehouse|http_server|process|nodejs)_\w+/g;
/** Labels that Prometheus adds when it scrapes. */
const SCRAPE_LABELS = ['job', 'instance', 'le'];

/** The labels that an expression selects for a metric: those in the braces after it. */
const matchersOf = (expr: string): { metric: string; label: string }[] =>
  [...expr.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, metric = '', matchers = '']) =>
    [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => ({ metric, label })),
  );

describe('the dashboard, the alerts and their documentation', () => {
  let world: World;
  /** The exported series by name, with their labels. */
  let exported: Map<string, Set<string>>;
  beforeAll(async () => {
    world = await startWorld();
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ email: 'ada@example.com', password: 'Correct-Horse-9' });
    await fetch(`${world.url}/v1/auth/signup`, { method: 'POST', headers, body });
    const signedIn = await fetch(`${world.url}/v1/auth/signin`, { method: 'POST', headers, body });
    const { access_token: token } = (await signedIn.json()) as { access_token: string };
    for (const authorization of [`Bearer ${token}`, 'Bearer none'])
      await fetch(`${world.url}/api/location/geocode?q=Oslo`, { headers: { authorization } });
    exported = new Map();
    for (const line of (await readMetrics(world.gateway.adminPort)).split('\n')) {
      const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
      const known = exported.get(name) ?? new Set();
      for (const [, label = ''] of labels.matchAll(/(?:^|,)(\w+)="/g)) known.add(label);
      exported.set(name, known);
    }
    // Only rows of a routes file record upstream calls; this gateway has none.
    for (const part of ['bucket', 'count', 'sum'])
      exported.set(`gatehouse_upstream_request_duration_seconds_${part}`, new Set(['upstream', 'outcome']));
  });
  afterAll(() => world.close());

  it('use only metrics and labels that the gateway exports', () => {
    expect(expressions.length).toBeGreaterThan(40);
    const used = expressions.flatMap(({ at, expr }) =>
      (expr.match(METRIC) ?? []).map((name) => ({ at, name })),
    );
    expect(used.filter(({ name }) => !exported.has(name))).toEqual([]);
    const asked = expressions.flatMap(({ at, expr }) => matchersOf(expr).map((each) => ({ at, ...each })));
    expect(asked.length).toBeGreaterThan(30);
    const isKnown = (metric: string, label: string) =>
      SCRAPE_LABELS.includes(label) || exported.get(metric)?.has(label) === true;
    expect(asked.filter(({ metric, label }) => !isKnown(metric, label))).toEqual([]);
  });

  it('group by labels that the metrics of their expression have', () => {
    const groups = expressions.flatMap(({ at, expr }) =>
      [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) =>
        labels.split(',').map((label) => ({ at, expr, label: label.trim() })),
      ),
    );
    expect(groups.length).toBeGreaterThan(15);
    const made = ['class'];
    const isKnown = (expr: string, label: string) =>
      [...SCRAPE_LABELS, ...made].includes(label) ||
      (expr.match(METRIC) ?? []).every((name) => exported.get(name)?.has(label));
    expect(groups.filter(({ expr, label }) => !isKnown(expr, label))).toEqual([]);
  });

  it('are found by the configuration that docs/how-to/monitoring.md shows', () => {
    const page = readFileSync('docs/how-to/monitoring.md', 'utf8');
    const [, text = ''] = /```yaml\n([^]*?)```/.exec(page) ?? [];
    const { scrape_configs: jobs, rule_files: files } = parse(text) as {
      readonly scrape_configs: readonly { static_configs: readonly { targets: readonly string[] }[] }[];
      readonly rule_files: readonly string[];
    };
    const targets = jobs.flatMap((job) => job.static_configs.flatMap((each) => each.targets));
    const configuration = readFileSync('docs/reference/configuration.md', 'utf8');
    const [, port] = /^\| `ADMIN_PORT` \|.*\| `(\d+)`/m.exec(configuration) ?? [];
    expect(targets.map((target) => target.split(':')[1])).toEqual([port, port]);
    expect(files).toEqual(globSync('*.rules.yaml', { cwd: 'deploy/prometheus' }));
  });

  it('are described in docs/reference/metrics.md with their labels, no more and no less', () => {
    const page = readFileSync('docs/reference/metrics.md', 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` \| \w+ \| (.*?) ?\| /gm)];
    const listed = new Map(rows.map(([, name = '', labels = '']) => [name, labels.replaceAll(/[`,]/g, '')]));
    const own = [...exported].filter(([name]) => /^(gatehouse|http_server)_/.test(name));
    const named = own.map(
      ([name, labels]) => [name.replace(/(_seconds)_(bucket|count|sum)$/, '$1'), labels] as const,
    );
    expect(new Set(listed.keys())).toEqual(new Set(named.map(([name]) => name)));
    for (const [name, labels] of named)
      expect(
        [name, ...labels].filter(
          (each) => each !== 'le' && !`${name} ${listed.get(name)}`.split(' ').includes(each),
        ),
      ).toEqual([]);
  });

  it('are described in docs/reference/log.md: each member of a line, in the order of the log', () => {
    const lines = world.lines.filter(({ msg }) => msg === 'request' || msg === 'audit');
    expect(new Set(lines.map(({ msg }) => msg))).toEqual(new Set(['request', 'audit']));
    for (const line of lines) {
      const described = Object.keys(line.msg === 'request' ? REQUEST_MEMBERS : AUDIT_MEMBERS);
      const members = Object.keys(line);
      expect(described.filter((name) => members.includes(name))).toEqual(members);
    }
  });

  it('are described in docs/reference/log.md as far as the source of the line has them, in its order', () => {
    const source = readFileSync('src/observe/access-log.ts', 'utf8');
    const written = [...source.matchAll(/"(\w+)":|optional\('(\w+)'/g)].map(
      ([, plain, optional]) => plain ?? optional,
    );
    expect(written).toEqual(Object.keys(REQUEST_MEMBERS));
  });

  it('have an id for each panel', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(
      dashboard.panels.filter(({ type, targets = [] }) => type !== 'row' && targets.length === 0),
    ).toEqual([]);
  });
});

describe('the runbook', () => {
  it('explains exactly the existing alerts, at the link of each alert', () => {
    const headings = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(rules.map(({ alert }) => alert));
    for (const { alert, annotations } of rules)
      expect(annotations['runbook']).toBe(`docs/how-to/runbook.md#${alert.toLowerCase()}`);
  });

  it('explains every error code with advice for the operator', () => {
    const codes = Object.entries<ErrorMeaning>(ERROR_TABLE).filter(
      ([, { status, operatorAdvice }]) => status >= 500 || operatorAdvice !== undefined,
    );
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter(([code, { status }]) => !runbook.includes(`| \`${code}\` | ${status} |`))).toEqual(
      [],
    );
  });

  it('explains every warning and error that the gateway logs', () => {
    const isLogCall = ({ type, callee }: Node): boolean => {
      const { object, property } = (callee ?? {}) as {
        object?: { name?: string };
        property?: { name?: string };
      };
      return (
        type === 'CallExpression' &&
        object?.name === 'log' &&
        ['warn', 'error', 'fatal'].includes(property?.name ?? '')
      );
    };
    const messages = globSync('src/**/*.ts')
      .flatMap((file) => parseNodes(readFileSync(file, 'utf8')))
      .filter(isLogCall)
      .flatMap(({ arguments: given }) =>
        (given as readonly { readonly value?: unknown }[]).map(({ value }) => value),
      )
      .filter((value) => typeof value === 'string');
    expect(messages.length).toBeGreaterThan(15);
    const listed = [...runbook.matchAll(/^\| `(.+?)` \| (?:warn|error|fatal) \|/gm)].map(
      ([, text = '']) => text,
    );
    expect(messages.filter((message) => !listed.some((text) => message.includes(text)))).toEqual([]);
  });
});

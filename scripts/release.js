// A release, in steps that can each be repeated; CONTRIBUTING.md says how.
//
//   node scripts/release.js prepare 0.2.0     versions, changelogs, commit and tag; offline
//   node scripts/release.js build             of the tag: packages and SBOM in out/release, then the images
//   node scripts/release.js push REGISTRY     sends the tag, the packages and the images; the only step that publishes
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const print = (line) => void process.stdout.write(`${line}\n`);

const USAGE = 'usage: node scripts/release.js prepare VERSION | build [--no-images] | push REGISTRY';
const OUT = 'out/release';
const SEMVER = /^(\d+)\.(\d+)\.(\d+)(?:-[0-9a-z.-]+)?$/;

/** Images by name, and their Dockerfiles. */
const IMAGES = { gatehouse: 'Dockerfile', 'emulator-for-auth0': 'packages/tenant/Dockerfile' };
const PACKAGES = ['packages/tenant', 'packages/client'];

/** Other files with the version, and its pattern there; a test compares them with package.json. */
const COPIES = [
  ['packages/tenant/package.json', /^(  "version": ")[^"]+/m],
  ['packages/client/package.json', /^(  "version": ")[^"]+/m],
  ['package-lock.json', /^(  "version": ")[^"]+/m],
  ['package-lock.json', /^( {4}"": \{\n(?: {6}.*\n)*? {6}"version": ")[^"]+/m],
  ['package-lock.json', /^( {4}"packages\/client": \{\n(?: {6}.*\n)*? {6}"version": ")[^"]+/m],
  ['package-lock.json', /^( {4}"packages\/tenant": \{\n(?: {6}.*\n)*? {6}"version": ")[^"]+/m],
  ['docs/openapi.json', /^( {4}"version": ")[^"]+/m],
  ['compose.yaml', /(image: gatehouse:)\S+/g],
  ['compose.demo.yaml', /(image: (?:gatehouse|emulator-for-auth0):)\S+/g],
  ['deploy/kubernetes/kustomization.yaml', /(newTag: )\S+/],
  ['docs/how-to/kubernetes.md', /(newTag: )\S+/],
];

class ReleaseError extends Error {}

/** Runs a program; returns its output. @throws ReleaseError */
function run(program, args, { shows = false } = {}) {
  const { status, stdout, error } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', shows ? 'inherit' : 'pipe', 'inherit'],
  });
  if (status !== 0)
    throw new ReleaseError(`${program} ${args.join(' ')}: ${error?.message ?? `exit ${status}`}`);
  return stdout?.trim() ?? '';
}

const readVersion = () => JSON.parse(readFileSync('package.json', 'utf8')).version;

function replace(file, pattern, version) {
  const text = readFileSync(file, 'utf8');
  if (text.search(pattern) < 0)
    throw new ReleaseError(`${file} does not name the version as expected: ${pattern}`);
  writeFileSync(
    file,
    text.replace(pattern, (_, before) => before + version),
  );
}

/** Whether a version is newer than another; a pre-release is older than its release. */
function isNewer(next, now) {
  const toParts = (version) => [
    ...SEMVER.exec(version).slice(1, 4).map(Number),
    version.includes('-') ? 0 : 1,
  ];
  const [a, b] = [toParts(next), toParts(now)];
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 ? a[at] > b[at] : next > now;
}

/** Moves the unreleased entries below a heading of the version. */
function closeChangelog(file, version, date) {
  const text = readFileSync(file, 'utf8');
  const [, entries = ''] = /^## \[Unreleased\]\n([\s\S]*?)(?=^## \[|(?![\s\S]))/m.exec(text) ?? [];
  if (!/^- /m.test(entries)) return false;
  writeFileSync(file, text.replace('## [Unreleased]\n', `## [Unreleased]\n\n## [${version}] - ${date}\n`));
  return true;
}

function prepare(version) {
  if (!SEMVER.test(version)) throw new ReleaseError(`${version} is not a version such as 1.2.3`);
  const tag = `v${version}`;
  if (run('git', ['status', '--porcelain']) !== '') throw new ReleaseError('there are uncommitted changes');
  if (run('git', ['tag', '--list', tag]) !== '') throw new ReleaseError(`the tag ${tag} exists`);
  const now = readVersion();
  const isFirst = run('git', ['tag', '--list', 'v*']) === '';
  if (!isNewer(version, now) && !(isFirst && version === now))
    throw new ReleaseError(`${version} is not newer than ${now}`);
  const date = new Date().toISOString().slice(0, 10);
  if (!closeChangelog('CHANGELOG.md', version, date))
    throw new ReleaseError('CHANGELOG.md has no entry under [Unreleased]');
  closeChangelog('packages/tenant/CHANGELOG.md', version, date);
  replace('package.json', /^(  "version": ")[^"]+/m, version);
  for (const [file, pattern] of COPIES) replace(file, pattern, version);
  run('git', ['commit', '--quiet', '--all', '--message', `build: release ${version}`]);
  run('git', ['tag', '--annotate', tag, '--message', `Gatehouse ${version}`]);
  print(`Tagged ${tag}. Nothing was sent. Next: node scripts/release.js build`);
}

/** The version, if the checkout is exactly its tag. */
function requireTag() {
  const version = readVersion();
  const tags = run('git', ['tag', '--points-at', 'HEAD']).split('\n');
  if (!tags.includes(`v${version}`))
    throw new ReleaseError(
      `the checkout is not the tag v${version}: run prepare, or git switch --detach v${version}`,
    );
  if (run('git', ['status', '--porcelain']) !== '') throw new ReleaseError('there are uncommitted changes');
  return version;
}

const toBuilder = () => {
  const found = ['docker', 'buildah'].find(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
  );
  if (!found) throw new ReleaseError('neither docker nor buildah is installed: build with --no-images');
  return found;
};

function build({ images }) {
  const version = requireTag();
  const revision = run('git', ['rev-parse', 'HEAD']);
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  for (const folder of PACKAGES)
    run('npm', ['pack', `./${folder}`, '--pack-destination', OUT], { shows: true });
  writeFileSync(
    path.join(OUT, 'sbom.cdx.json'),
    run('npm', ['sbom', '--package-lock-only', '--omit=dev', '--sbom-format=cyclonedx']),
  );
  if (images) {
    const builder = toBuilder();
    for (const [name, file] of Object.entries(IMAGES))
      run(
        builder,
        [
          'build',
          '--file',
          file,
          '--tag',
          `${name}:${version}`,
          '--build-arg',
          `VERSION=${version}`,
          '--build-arg',
          `REVISION=${revision}`,
          '.',
        ],
        { shows: true },
      );
  }
  print(
    `Built ${version} of ${revision}: see ${OUT}. Nothing was sent. Next: node scripts/release.js push REGISTRY`,
  );
}

function push(registry) {
  const version = requireTag();
  if (!existsSync(OUT)) throw new ReleaseError(`${OUT} is missing: run build first`);
  const builder = toBuilder();
  run('git', ['push', '--atomic', 'origin', 'HEAD', `v${version}`], { shows: true });
  for (const folder of PACKAGES) {
    const { name } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    run('npm', ['publish', `./${OUT}/${name}-${version}.tgz`, '--access', 'public'], { shows: true });
  }
  for (const name of Object.keys(IMAGES)) {
    const target = `${registry}/${name}:${version}`;
    run(builder, ['tag', `${name}:${version}`, target]);
    run(builder, ['push', target], { shows: true });
  }
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'no-images': { type: 'boolean', default: false } },
  });
  const [step, argument] = positionals;
  if (step === 'prepare' && argument !== undefined) prepare(argument);
  else if (step === 'build' && argument === undefined) build({ images: !values['no-images'] });
  else if (step === 'push' && argument !== undefined) push(argument);
  else {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = 2;
  }
} catch (error) {
  const isExpected = error instanceof ReleaseError || error instanceof TypeError;
  process.stderr.write(`${isExpected ? error.message : error.stack}\n`);
  process.exitCode = 1;
}

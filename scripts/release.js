// A release, in steps that can each be repeated; CONTRIBUTING.md says how.
//
//   node scripts/release.js prepare 0.2.0     versions, changelogs, commit and tag; offline
//   node scripts/release.js build             of the tag: packages and SBOM in out/release, then the images
//   node scripts/release.js push REGISTRY     sends the commit, the tag, the packages and the images; the only step that publishes
//
// With --no-images the last two leave the images out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const print = (line) => void process.stdout.write(`${line}\n`);

const USAGE =
  'usage: node scripts/release.js prepare VERSION | build [--no-images] | push REGISTRY | push --no-images';
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
  for (const folder of PACKAGES) closeChangelog(path.join(folder, 'CHANGELOG.md'), version, date);
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

/** The program that builds images. A docker client without its server answers `version` with an error. */
const toBuilder = () => {
  const found = ['docker', 'buildah'].find(
    (name) => spawnSync(name, ['version'], { stdio: 'ignore' }).status === 0,
  );
  if (!found) throw new ReleaseError('neither docker nor buildah works here: pass --no-images');
  return found;
};

function build({ images }) {
  const version = requireTag();
  const revision = run('git', ['rev-parse', 'HEAD']);
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  // Packing builds the package by its script, which .npmrc does not allow by default.
  for (const folder of PACKAGES)
    run('npm', ['pack', `./${folder}`, '--ignore-scripts=false', '--pack-destination', OUT], { shows: true });
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

/** The packages of the build: name, and file. @throws ReleaseError if one is missing */
const findPackages = (version) =>
  PACKAGES.map((folder) => {
    const { name } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = `./${OUT}/${name}-${version}.tgz`;
    if (!existsSync(file)) throw new ReleaseError(`${file} is missing: run build first`);
    return { name, file };
  });

const isPublished = (name, version) =>
  spawnSync('npm', ['view', `${name}@${version}`, 'version'], { encoding: 'utf8' }).stdout.trim() === version;

/** Checks everything that is to be sent before it sends anything. What an earlier push has published is left out. */
function push(registry, { images }) {
  const version = requireTag();
  const packages = findPackages(version);
  const builder = images && toBuilder();
  const targets = images ? Object.keys(IMAGES).map((name) => `${registry}/${name}:${version}`) : [];
  for (const target of targets) run(builder, ['tag', path.posix.basename(target), target]);
  // Empty on a detached tag.
  const branch = run('git', ['branch', '--show-current']);
  const refs = [...(branch === '' ? [] : [branch]), `v${version}`];
  run('git', ['push', '--atomic', 'origin', ...refs], { shows: true });
  for (const { name, file } of packages) {
    if (isPublished(name, version)) {
      print(`${name} ${version} is published already`);
      continue;
    }
    // A pre-release is not what `npm install` gets.
    const tag = version.includes('-') ? ['--tag', 'next'] : [];
    run('npm', ['publish', file, '--access', 'public', ...tag], { shows: true });
  }
  for (const target of targets) run(builder, ['push', target], { shows: true });
  print(`Sent ${[...refs, ...packages.map(({ file }) => path.basename(file)), ...targets].join(', ')}.`);
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'no-images': { type: 'boolean', default: false } },
  });
  const [step, argument] = positionals;
  if (step === 'prepare' && argument !== undefined) prepare(argument);
  else if (step === 'build' && argument === undefined) build({ images: !values['no-images'] });
  else if (step === 'push' && (argument === undefined) === values['no-images'])
    push(argument, { images: !values['no-images'] });
  else {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = 2;
  }
} catch (error) {
  const isExpected = error instanceof ReleaseError || error instanceof TypeError;
  process.stderr.write(`${isExpected ? error.message : error.stack}\n`);
  process.exitCode = 1;
}

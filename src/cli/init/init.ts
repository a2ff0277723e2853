import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { toFeedScopes } from '../../auth0/feed-scopes.ts';
import { openManagement, toManagementError } from '../../auth0/management-access.ts';
import { toFaultLines } from '../../config/faults.ts';
import { createTravelClock } from '../../lib/clock.ts';
import { toIssuer, toTenantOrigin } from '../../lib/tenant-url.ts';
import { EXIT_CODES, type ExitCode } from '../../startup/exit-codes.ts';
import { readSources } from '../../startup/read-sources.ts';
import { mergeEnvFile, readEnvFile } from '../env-file.ts';
import { counted, printFailure, printMessage, printResult, printStyled } from '../output.ts';
import { createProgress, withInterrupt } from '../progress.ts';
import { planDesired } from '../provision/apply-desired.ts';
import { applySteps, type ClientSecret } from '../provision/apply-steps.ts';
import { writeStarter } from '../provision/init-file.ts';
import { requireScopes, toKinds, toScopes } from '../provision/management-scopes.ts';
import { DEFAULT_FILE, requireTenantFile } from '../provision/read-tenant-file.ts';
import { GATEWAY_KEY, toClientVariables } from '../provision/secrets-out.ts';
import { InputError } from '../read-json.ts';
import { createQuestions, type Questions } from './questions.ts';

/** The flags of `gatehouse init`. */
export interface InitFlags {
  readonly embedded: boolean;
  readonly domain: string | undefined;
  readonly clientId: string | undefined;
  readonly secretFile: string | undefined;
  readonly envFile: string;
  readonly yes: boolean;
}

const DEFAULT_URL = 'http://localhost:3000';
const DEFAULT_AUDIENCE = 'urn:worldmappers';
const PROBE_MS = 3000;

/** `init`: sets a gateway up, from questions or flags to a call that works. */
export async function init(isJson: boolean, flags: InitFlags): Promise<ExitCode> {
  const isRemote = flags.domain !== undefined;
  if (flags.embedded && isRemote) {
    printMessage('Pass --embedded or --domain, not both.');
    return EXIT_CODES.usage;
  }
  if (!isRemote && (flags.clientId ?? flags.secretFile) !== undefined) {
    printMessage('--mgmt-client-id and --mgmt-client-secret-file need --domain.');
    return EXIT_CODES.usage;
  }
  const questions = createQuestions(flags);
  try {
    const kind = flags.embedded
      ? 'embedded'
      : isRemote
        ? 'remote'
        : await questions.choose('Which tenant does the gateway use?', [
            ['embedded', 'the embedded one: no account needed'],
            ['remote', 'a tenant at Auth0'],
          ]);
    const publicUrl =
      readEnvFile(flags.envFile)['PUBLIC_URL'] ??
      process.env.PUBLIC_URL ??
      (await questions.text('URL of the gateway', '--yes', DEFAULT_URL));
    const values = kind === 'embedded' ? {} : await prepareRemote(flags, questions, publicUrl);
    await writeEnv(flags, questions, { ...values, PUBLIC_URL: publicUrl });
    return await finish(isJson, flags, { ...readEnvFile(flags.envFile) });
  } catch (error) {
    return printFailure(isJson, toManagementError(error));
  }
}

/** Writes the env file. Throws `InputError` if it has other values and replacing them was not confirmed. */
async function writeEnv(
  { envFile }: InitFlags,
  questions: Questions,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  await requireMayReplace(envFile, questions, values);
  mergeEnvFile(envFile, values);
  printMessage(`Written to ${envFile}: ${Object.keys(values).join(', ')}.`);
}

async function requireMayReplace(
  envFile: string,
  questions: Questions,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const known = readEnvFile(envFile);
  const names = Object.keys(values).filter(
    (name) => known[name] !== undefined && known[name] !== values[name],
  );
  if (names.length === 0) return;
  const question = `${envFile} has other values of ${names.join(', ')}. Replace them?`;
  if (await questions.confirm(question, false)) return;
  throw new InputError(
    `${envFile} has other values of ${names.join(', ')}, which are not replaced. Remove these lines, or pass --env-file for another file.`,
  );
}

async function readSecret(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${file}: cannot be read (${error.code ?? 'unknown error'})`);
  });
  const secret = text.replace(/\r?\n$/, '');
  if (secret !== '') return secret;
  throw new InputError(`${file}: empty, where a client secret is expected`);
}

/** Provisions a tenant at Auth0. Returns the variables of the gateway. */
async function prepareRemote(
  flags: InitFlags,
  questions: Questions,
  publicUrl: string,
): Promise<Record<string, string>> {
  const known = readEnvFile(flags.envFile);
  const domain = flags.domain ?? (await questions.text('Domain of the tenant', '--domain'));
  const id = 'Client ID of a machine client that may use the Management API';
  const clientId = flags.clientId ?? (await questions.text(id, '--mgmt-client-id'));
  const secretFile =
    flags.secretFile ?? (await questions.text('File with its client secret', '--mgmt-client-secret-file'));
  const clientSecret = await readSecret(secretFile);
  await requireMayReplace(flags.envFile, questions, { AUTH0_DOMAIN: domain });
  const audience =
    known['AUTH0_API_AUDIENCE'] ??
    process.env.AUTH0_API_AUDIENCE ??
    (await questions.text('Identifier of the API', 'AUTH0_API_AUDIENCE', DEFAULT_AUDIENCE));
  const reachedAt = process.env.AUTH0_BASE_URL;
  const variables = {
    AUTH0_DOMAIN: domain,
    ...(reachedAt !== undefined && { AUTH0_BASE_URL: reachedAt }),
    AUTH0_API_AUDIENCE: audience,
  };

  if (!existsSync(DEFAULT_FILE)) {
    await writeStarter(DEFAULT_FILE, { ...known, ...process.env, ...variables, PUBLIC_URL: publicUrl });
    printMessage(`${DEFAULT_FILE} is written: what the tenant should be.`);
  }
  const desired = await requireTenantFile(DEFAULT_FILE);
  if (!desired.clients?.some(({ key }) => key === GATEWAY_KEY))
    throw new InputError(
      `${DEFAULT_FILE} has no client with the key ${GATEWAY_KEY}, as whom the gateway signs users in.`,
    );
  const access = { writes: true, secrets: true };
  const { toNeededScopes } = await import('../doctor/run-doctor.ts');
  const ofCommand = [...new Set([...toScopes(toKinds(desired), access), ...toNeededScopes()])];
  // The gateway reads the tenant's log with the same credential.
  const scopes = new Set([...ofCommand, ...toFeedScopes(undefined)]);
  printMessage(`Management API scopes that this needs: ${[...scopes].join(' ')}`);
  const baseUrl = reachedAt ?? toTenantOrigin(domain);
  const management = await openManagement(
    { baseUrl, issuer: toIssuer(domain), clientId, clientSecret },
    { onWait: (seconds) => printMessage(`the tenant is busy: waiting ${seconds} s`) },
  );
  await requireScopes(management, ofCommand);
  const { steps, clientIds, current } = await planDesired(management, desired, { access });
  for (const { action, kind, key } of steps) printMessage(`${action} ${kind} ${key}`);
  const question = `Make ${counted(steps.length, 'change')} to ${domain}?`;
  if (steps.length > 0 && !(await questions.confirm(question, true)))
    throw new InputError('Nothing was changed.');

  const found = current.clients.find(({ client_id }) => client_id === clientIds.get(GATEWAY_KEY));
  let own: ClientSecret | undefined = found && {
    key: GATEWAY_KEY,
    clientId: String(found['client_id']),
    clientSecret: typeof found['client_secret'] === 'string' ? found['client_secret'] : undefined,
  };
  const progress = createProgress();
  const { done, left, failure } = await withInterrupt((signal) =>
    applySteps(management, steps, clientIds, {
      signal,
      onStep: ({ action, kind, key }, index, total) =>
        progress.update(index, total, `${action} ${kind} ${key}`),
      onClient(client) {
        if (client.key === GATEWAY_KEY) own = client;
      },
    }),
  ).finally(progress.stop);
  if (failure)
    throw new InputError(
      `${failure.message}\n${counted(done.length, 'change')} made, ${left.length} left. Run the command again to make them.`,
    );
  return {
    ...variables,
    ...(own && toClientVariables(own)),
    AUTH0_MGMT_CLIENT_ID: clientId,
    // The secret stays in its file.
    AUTH0_MGMT_CLIENT_SECRET_FILE: secretFile,
  };
}

/** The findings of `doctor`, or why it cannot run. */
async function examine(envFile: string) {
  printMessage('checking the configuration and the tenant');
  const environment = { ...readEnvFile(envFile), ...process.env };
  const read = await readSources(environment, { cwd: process.cwd() });
  if (!read.ok) {
    toFaultLines(read.faults).forEach(printMessage);
    return { ok: false };
  }
  // Loaded only here, with its checks.
  const [{ openDoctorTarget }, { runDoctor }, { toJsonReport, toReportLines }] = await Promise.all([
    import('../doctor/target.ts'),
    import('../doctor/run-doctor.ts'),
    import('../doctor/report.ts'),
  ]);
  const clock = createTravelClock();
  const target = await openDoctorTarget(read.config, clock);
  try {
    const { link } = target;
    // `npm start` builds the place data.
    const options = { skip: ['L4'], onNote: printMessage };
    const report = await runDoctor({ sources: read, warnings: read.warnings, link, clock }, options);
    toReportLines(report, false).forEach(printStyled);
    return toJsonReport(report, false);
  } finally {
    await target.close();
  }
}

/** Checks the result, prints an example call, and makes it if a gateway is running. */
async function finish(
  isJson: boolean,
  { envFile }: InitFlags,
  variables: Readonly<Record<string, string>>,
): Promise<ExitCode> {
  const doctor = await examine(envFile);
  const url = `${variables['PUBLIC_URL'] ?? DEFAULT_URL}/readyz`;
  const answer = await probe(url);
  if (answer !== undefined) printMessage(`A gateway answers at ${url}: ${answer}`);
  const { ok } = doctor;
  const result = { ok, env_file: envFile, curl: `curl -s ${url}`, answer: answer ?? null, doctor };
  printResult(isJson, result, () => ['Start the gateway with npm start, then:', '', `  curl -s ${url}`, '']);
  return ok ? EXIT_CODES.fine : EXIT_CODES.failure;
}

async function probe(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) });
    return (await answer.text()).slice(0, 500);
  } catch {
    // No gateway runs yet.
    return undefined;
  }
}

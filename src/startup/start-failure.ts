import { EXIT_CODES } from './exit-codes.ts';

export interface StartFailure {
  readonly message: string;
  readonly exitCode: number;
}

/** The failure of a start that a setting can fix; undefined for any other. */
export function toStartFailure(error: unknown): StartFailure | undefined {
  const { code, port, name, message } = error as {
    code?: string;
    port?: number;
    name?: string;
    message?: string;
  };
  if (code === 'EADDRINUSE') {
    const advice = 'stop what listens there, or set PORT, ADMIN_PORT or TENANT_PORT';
    return { message: `port ${port} is in use: ${advice}`, exitCode: EXIT_CODES.failure };
  }
  if (name === 'StoreFileError')
    return { message: `STORE_URL: ${message}`, exitCode: EXIT_CODES.configuration };
  if (name === 'DataVersionError')
    return { message: `TENANT_DATA: ${message}`, exitCode: EXIT_CODES.configuration };
  if (name === 'SeedError') return { message: `TENANT_SEED: ${message}`, exitCode: EXIT_CODES.configuration };
  if (name === 'NoTenantPackage')
    return { message: `AUTH0_DOMAIN is not set. ${message}`, exitCode: EXIT_CODES.configuration };
  return undefined;
}

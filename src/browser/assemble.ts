import type { Config } from '../config/config.ts';
import { createOrigins, type Origins } from './origins.ts';
import { createReturnUrls, type ReturnUrls } from './return-url.ts';
import { toSecurityHeaders } from './security-headers.ts';

export interface Browser {
  readonly origins: Origins;
  readonly returnUrls: ReturnUrls;
  /** Flat; on every answer. */
  readonly securityHeaders: readonly string[];
}

/** Assembles the protection of browser callers. */
export function assembleBrowser(config: Config, publicUrl: string): Browser {
  const origins = createOrigins({ ...config, publicUrl });
  return {
    origins,
    returnUrls: createReturnUrls({ ...config, publicUrl, origins }),
    securityHeaders: toSecurityHeaders({ ...config, publicUrl }),
  };
}

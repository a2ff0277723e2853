import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Before large modules are loaded, so that they are compiled only once.
enableCompileCache(join(import.meta.dirname, '../../build/compile-cache'));
const { parseCommandLine } = await import('./program.ts');

await parseCommandLine(process.argv);

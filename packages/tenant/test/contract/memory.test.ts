import { openEmbeddedTarget } from './embedded-target.ts';
import { runContract } from './run-contract.ts';

runContract({ name: 'the embedded tenant, in memory', open: () => openEmbeddedTarget('memory') });

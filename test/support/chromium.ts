import { type Browser, chromium } from 'playwright-core';
import { pathOf } from './requirements.ts';

/** A new headless Chromium without background network calls. The caller closes it. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: pathOf('chromium'),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

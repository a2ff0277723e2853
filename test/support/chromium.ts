import { type Browser, chromium } from 'playwright-core';
import { pathOf } from './requirements.ts';

/** A fresh headless Chromium, with nothing that calls out by itself. Close it. */
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

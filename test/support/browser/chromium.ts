import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

export const ADVICE =
  'No Chromium was found. Install one (Debian: apt-get install chromium), or say where it is: CHROMIUM=/path npm test';

/** Where a Chromium is: what CHROMIUM says, or where one usually is. */
export const findChromium = (): string | undefined => {
  const { CHROMIUM } = process.env;
  return CHROMIUM ?? PLACES.find((place) => existsSync(place));
};

/** Whether tests in a browser are to run: where there is one, and where CI is set, in which case they fail without one. */
export const mustHaveChromium = (): boolean => {
  if (findChromium() !== undefined || process.env.CI) return true;
  process.stderr.write(`${ADVICE}\nThe tests of the page are skipped.\n`);
  return false;
};

/** @throws Error when there is none */
export const launchChromium = async (): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(ADVICE);
  // The superuser's Chromium has no sandbox to start in.
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: ['--disable-dev-shm-usage', ...(isRoot ? ['--no-sandbox'] : [])] });
};

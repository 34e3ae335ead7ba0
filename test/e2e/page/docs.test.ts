import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { mustHaveChromium } from '../../support/browser/chromium.ts';
import { useBrowser } from '../../support/browser/visits.ts';

describe.skipIf(!mustHaveChromium())('the reference as a page', () => {
  const { stack, stranger } = useBrowser();
  const open = async (hash = '') => {
    const reader = await stranger('/');
    await reader.page.goto(`${stack.http}/docs${hash}`);
    await reader.page.getByRole('heading', { name: 'conversations' }).waitFor();
    return reader;
  };

  it('finds an operation by words, and shows how to call it', async () => {
    const reader = await open();
    const operations = reader.page.locator('details:visible');
    expect(await operations.count()).toBeGreaterThan(40);
    await reader.page.getByRole('searchbox').fill('post thoughts');
    expect(await operations.count()).toBe(1);
    await operations.locator('summary').click();
    await reader.page.getByText(`curl -X POST '${stack.http}/thoughts'`).waitFor();
    expect(reader.page.url()).toContain('#post-thoughts');
    await reader.page.getByRole('searchbox').fill('nothing has these words');
    await reader.page.getByText('No operation has these words').waitFor();
    expect(reader.complaints).toEqual([]);
  });

  it('opens the operation that its address names, and has nothing that axe finds serious', async () => {
    const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    const reader = await open('#get-users-username-');
    await reader.page.locator('details[open]').getByText('unknown_user').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await reader.page.emulateMedia({ colorScheme });
      expect(await reader.seriousFaults(axe)).toEqual([]);
    }
  });
});

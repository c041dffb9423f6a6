import type { Page } from 'playwright-core';

/** Holds back every answer from such addresses; gives what lets them go. */
export async function holdAnswers(page: Page, url: string): Promise<() => Promise<void>> {
  await page.route(url, () => undefined);
  // What no route has dealt with goes on when the route ends.
  return () => page.unroute(url);
}

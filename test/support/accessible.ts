import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
interface Look {
  /** A part of the page. */
  readonly within?: string;
  /** These rules alone. */
  readonly rules?: readonly string[];
  readonly except?: readonly string[];
  /** In both themes, and by axe's best practices too. */
  readonly thorough?: boolean;
}

async function faults(page: Page, { within = 'body', rules, except = [], thorough = false }: Look): Promise<string[]> {
  const axe = new AxeBuilder({ page }).include(within).disableRules([...except]);
  const { violations } = await (rules ? axe.withRules([...rules]) : axe.withTags(thorough ? [...WCAG, 'best-practice'] : WCAG)).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} at ${node.target.join(' ')}: ${node.html.slice(0, 120)}`));
}

/** Waits until axe holds nothing against WCAG 2.2 AA: what fades in, or is read yet, may have faults that pass. */
export async function accessible(page: Page, what: string, look: Look = {}): Promise<void> {
  if (!look.thorough) {
    await expect.poll(() => faults(page, look), { message: what }).toEqual([]);
    return;
  }
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect.poll(() => faults(page, look), { message: `${what}, ${colorScheme}` }).toEqual([]);
  }
}

import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

interface Point {
  readonly x: number;
  readonly y: number;
}
interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Where a thing is on the page, once it has not moved between two looks. */
export async function standing(place: Locator): Promise<Box> {
  let box: Box | null = null;
  await expect
    .poll(
      async () => {
        const before = JSON.stringify(box);
        box = await place.boundingBox();
        return box !== null && JSON.stringify(box) === before;
      },
      { interval: 100, message: `${String(place)} stands still on the screen` },
    )
    .toBe(true);
  return box!;
}

export async function middle(place: Locator): Promise<Point> {
  const { x, y, width, height } = await standing(place);
  return { x: x + width / 2, y: y + height / 2 };
}

/** Drags by the pointer from the middle of one thing to the middle of another. */
export async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const [start, end] = [await middle(from), await middle(to)];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 6 });
  await page.mouse.move(end.x, end.y, { steps: 6 });
  await page.mouse.up();
}

import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "../support/test.ts";

const DARK_GROUND = "rgb(16, 18, 20)";

/** Notes the page's ground in every frame that could be painted, from the first one on. */
async function watchGround(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const grounds = new Set<string>();
    Object.assign(window, { grounds });
    const look = (): void => {
      if (document.body !== null) grounds.add(getComputedStyle(document.body).backgroundColor);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

async function seenGrounds(page: Page): Promise<string[]> {
  await page.waitForFunction(() => (window as unknown as { grounds: Set<string> }).grounds.size > 0);
  return page.evaluate(() => [...(window as unknown as { grounds: Set<string> }).grounds]);
}

test("a chosen theme is there from the first frame, on each page", async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem("strata-theme", "dark"));
  await watchGround(page);
  await page.goto("/");
  await hydrated(page);
  expect(await seenGrounds(page)).toEqual([DARK_GROUND]);

  await page.locator(".row.repo .name", { hasText: "payments/api" }).click();
  await expect(page).toHaveURL(/\/payments\/api$/);
  await hydrated(page);
  expect(await seenGrounds(page)).toEqual([DARK_GROUND]);

  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
  await hydrated(page);
  expect(await seenGrounds(page)).toEqual([DARK_GROUND]);
});

test("the theme goes round and is kept", async ({ page }) => {
  await page.goto("/");
  await hydrated(page);
  const root = page.locator("html");
  const button = page.getByRole("button", { name: /^Theme/ });
  for (const theme of ["light", "dark"]) {
    await button.click();
    await expect(root).toHaveAttribute("data-theme", theme);
  }
  await page.reload();
  await expect(root).toHaveAttribute("data-theme", "dark");
  await hydrated(page);
  await expect(button).toHaveAttribute("aria-label", "Theme: dark");
  await button.click();
  await expect(root).not.toHaveAttribute("data-theme");
});

test("what is chosen in one tab of the browser holds in the next page of another", async ({ page, context }) => {
  await page.goto("/");
  const other = await context.newPage();
  await other.goto("/payments/api");
  await hydrated(other);
  await other.getByRole("button", { name: /^Theme/ }).click();
  await expect(other.locator("html")).toHaveAttribute("data-theme", "light");
  await hydrated(page);
  await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  await page.locator(".row.repo .name").first().click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
});

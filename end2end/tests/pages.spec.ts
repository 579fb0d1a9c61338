import { accessibilityFaults, expect, hydrated, test } from "../support/test.ts";

// Run at 1280 and 390 pixels, in both themes, and without script.

test("the first page is whole, hydrates silently and has no accessibility fault", async ({
  page,
  javaScriptEnabled,
}) => {
  const response = await page.goto("/");
  expect(response?.status()).toBe(200);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await hydrated(page, javaScriptEnabled);
  if (javaScriptEnabled !== false) expect(await accessibilityFaults(page)).toEqual([]);
});

test("nothing is wider than the page", async ({ page }) => {
  await page.goto("/");
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});

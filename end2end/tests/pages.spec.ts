import { accessibilityFaults, expect, hydrated, test } from "../support/test.ts";

// Run at 1280 and 390 pixels, in both themes, and without script.

const PAGES: readonly [path: string, status: number][] = [
  ["/", 200],
  ["/?filter=payments/", 200],
  ["/?filter=no-such-name", 200],
  ["/payments/api", 200],
  ["/payments/api?sort=newest", 200],
  ["/lab/artifacts", 200],
  ["/-/compare", 200],
  ["/-/compare?from=payments/api:1.10.0&to=payments/api:1.10.1", 200],
  ["/-/compare?from=payments/api:1.10.0&to=payments/api:1.10.1&view=config", 200],
  ["/-/compare?from=base/linux:latest&to=platform/agent:latest", 200],
  ["/-/compare?from=platform/gateway:2.0.0&to=platform/gateway:2.0.0-repacked", 200],
  ["/-/compare?from=lab/hostile:labels&to=lab/hostile:latest&view=config", 200],
  ["/-/compare?from=payments/api:1.10.0&to=payments/api:gone", 404],
  ["/-/registry", 200],
  ["/-/api", 200],
  ["/-/search?q=%23%23", 200],
  ["/no/such/repository", 404],
  ["/-/no-such-page", 404],
  ["/Not-A-Name", 400],
];

for (const [path, status] of PAGES) {
  test.describe(path, () => {
    // A browser says so in its console when a page itself is a 404.
    test.use({ expectedMessages: status === 200 ? [] : [/Failed to load resource/] });

    test("is whole, hydrates silently, has no accessibility fault and is no wider than the page", async ({
      page,
      javaScriptEnabled,
    }) => {
      const response = await page.goto(path);
      expect(response?.status()).toBe(status);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page).toHaveTitle(/ · Strata$/);
      await hydrated(page, javaScriptEnabled);
      if (javaScriptEnabled !== false) {
        // Rows that are being read change under the eyes of the check.
        await expect(page.locator(".row:is(.repo, .tag):visible:not(:has(.meta))")).toHaveCount(0);
        expect(await accessibilityFaults(page)).toEqual([]);
      }
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
    });
  });
}

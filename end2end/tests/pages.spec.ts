import type { Page } from "@playwright/test";
import type { Site } from "../support/sites.ts";
import { LONG_TAG } from "../support/crowded.ts";
import { accessibilityFaults, expect, hydrated, overflow, test } from "../support/test.ts";

// Each is looked at 1280 and 390 pixels wide, in both themes, with script and without.

const ABSENT = `sha256:${"0".repeat(64)}`;
const LONG_NAME =
  "lab/a-name/that-says-everything-its-maker-thought-of/because-nobody-had-told-them/that-names-are-typed-by-people/and-shown-in-narrow-columns/where-they-have-to-be-cut-somewhere/without-hiding-the-end-that-tells-them-apart";
const VERSIONS = "from=payments/api:1.10.0&to=payments/api:1.10.1";

const PAGES: readonly [path: string, status: number, site?: Site][] = [
  // Lists
  ["/", 200],
  ["/?filter=payments/", 200],
  ["/?filter=no-such-name", 200],
  ["/payments/api", 200],
  ["/payments/api?sort=newest", 200],
  ["/lab/artifacts", 200],
  [`/${LONG_NAME}`, 200],
  ["/crowded/tags", 200, "crowded"],
  // An image, in all its views
  ["/payments/api:1.10.1", 200],
  ["/payments/api:1.10.1?platform=linux/arm64/v8&as=dockerfile", 200],
  ["/payments/api:1.10.0/-/config", 200],
  ["/payments/api:1.10.1/-/raw", 200],
  ["/payments/api:1.10.1/-/referrers", 200],
  ["/payments/api:1.10.1/-/referrers?artifact_type=application/spdx%2Bjson", 200],
  ["/payments/api:1.10.1/-/referrers?artifact_type=application/vnd.acme.nothing", 200],
  [`/payments/api:1.10.1/-/referrers?open=${ABSENT}`, 200],
  ["/payments/api:1.10.0/-/referrers?platform=linux/arm64/v8", 200],
  ["/base/linux:latest/-/referrers", 200],
  ["/lab/artifacts:report/-/referrers", 200],
  ["/lab/artifacts:approval/-/referrers", 200],
  ["/crowded/platforms:latest/-/referrers", 200, "crowded"],
  ["/platform/agent:5.3.0", 200],
  ["/platform/toolbox:1.1", 200],
  ["/crowded/platforms:latest", 200, "crowded"],
  ["/crowded/layers:latest", 200, "crowded"],
  [`/crowded/tags:${LONG_TAG}`, 200, "crowded"],
  // Things that are no images, and images that are odd
  ["/platform/charts/gateway:2.1.0", 200],
  ["/lab/artifacts:odd-titles", 200],
  ["/lab/artifacts:approval", 200],
  ["/lab/artifacts:provenance", 200],
  ["/lab/artifacts:bill?packages=lib", 200],
  ["/lab/artifacts:other-subject", 200],
  ["/lab/artifacts:signature", 200],
  ["/lab/artifacts:model", 200],
  ["/lab/artifacts:compose", 200],
  ["/lab/artifacts:plugin", 200],
  ["/lab/artifacts:volume", 200],
  ["/lab/artifacts:component-0.3.0", 200],
  ["/lab/artifacts:unknown-kind", 200],
  ["/payments/api:sha256-aa1b70fc00523d4db61bf557ceb43973346c15f349096c3fdb3e263b8dde8459.sig", 200],
  ["/lab/indexes:nested", 200],
  ["/lab/indexes:sparse", 200],
  ["/lab/indexes:empty", 200],
  ["/lab/images:no-layers", 200],
  ["/lab/images:history-too-short", 200],
  ["/lab/images:history-too-long/-/config", 200],
  ["/lab/images:malformed-settings/-/config", 200],
  ["/lab/images:foreign-layer", 200],
  ["/lab/images:sha512-layer", 200],
  ["/lab/ancient:1.0", 200],
  ["/lab/hostile:labels", 200],
  ["/lab/hostile:labels/-/config", 200],
  ["/lab/hostile:labels/-/raw", 200],
  [`/${LONG_NAME}:1`, 200],
  // Two images
  ["/-/compare", 200],
  [`/-/compare?${VERSIONS}`, 200],
  [`/-/compare?${VERSIONS}&view=config`, 200],
  ["/-/compare?from=payments/api:1.10.1&to=payments/api:latest", 200],
  ["/-/compare?from=base/linux:latest&to=platform/agent:latest", 200],
  ["/-/compare?from=platform/gateway:2.0.0&to=platform/gateway:2.0.0-repacked", 200],
  ["/-/compare?from=lab/hostile:labels&to=lab/hostile:latest&view=config", 200],
  ["/-/compare?from=payments/api:1.10.0&to=payments/api:gone", 404],
  // What is about Strata and its registries
  ["/-/registry", 200],
  ["/-/api", 200],
  ["/-/search?q=%23%23", 200],
  ["/", 200, "several"],
  ["/second/", 200, "several"],
  ["/second/payments/api", 200, "several"],
  ["/second/payments/api:1.10.1", 200, "several"],
  ["/-/compare?from=first/payments/api:1.10.0&to=second/payments/api:1.10.1", 200, "several"],
  // Failures
  ["/no/such/repository", 404],
  ["/payments/api:gone", 404],
  [`/payments/api@${ABSENT}`, 404],
  ["/-/no-such-page", 404],
  ["/Not-A-Name", 400],
  ["/", 502, "down"],
  ["/payments/api", 502, "down"],
  ["/payments/api:1.10.1", 502, "down"],
];

/** How a page is looked at: its width, its theme, and the rules of accessibility that may come out otherwise than before. */
const FACES: readonly { width: number; colorScheme: "light" | "dark"; rules?: string[] }[] = [
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark", rules: ["color-contrast"] },
  { width: 390, colorScheme: "dark", rules: ["color-contrast"] },
  { width: 390, colorScheme: "light" },
];

for (const [path, status, site = "sample"] of PAGES) {
  test.describe(site === "sample" ? path : `${path} (${site})`, () => {
    // A browser says so in its console when a page itself has failed.
    test.use({ site, expectedMessages: status === 200 ? [] : [/Failed to load resource/] });

    test("is whole, hydrates silently, has no accessibility fault and is no wider than the page", async ({
      page,
      javaScriptEnabled,
    }) => {
      const response = await page.goto(path);
      expect(response?.status()).toBe(status);
      await expect(page.locator("main")).toBeVisible();
      await expect(page).toHaveTitle(/ · Strata$/);
      expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
      await hydrated(page, javaScriptEnabled);
      for (const { width, colorScheme, rules } of FACES) {
        await test.step(`${width} pixels wide, ${colorScheme}`, async () => {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme });
          expect(await overflow(page)).toBe(0);
          if (javaScriptEnabled === false) return;
          await settled(page);
          expect(await accessibilityFaults(page, rules)).toEqual([]);
        });
      }
    });
  });
}

/** Waits until nothing in view is being read: that would change under the eyes of a check. Rows far below are read later. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator(".platforms .pending")).toHaveCount(0);
  await expect
    .poll(() =>
      page
        .locator(".row:is(.repo, .tag):visible:not(:has(.meta))")
        .evaluateAll((rows) => rows.filter((row) => row.getBoundingClientRect().top < window.innerHeight).length),
    )
    .toBe(0);
}

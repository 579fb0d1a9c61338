import type { Page } from "@playwright/test";
import { readLayers } from "../support/layers.ts";
import { accessibilityFaults, expect, hydrated, overflow, test } from "../support/test.ts";

const IMAGE = "/payments/api:1.10.1";
const TOOLBOX = "/platform/toolbox:1.1";
const APPLIANCE = "/platform/appliance:4.2.0";
const ESTARGZ = "/platform/appliance:4.1.0-estargz";
const ZSTD_CHUNKED = "/platform/appliance:4.1.0-zstd-chunked";
const LAYER = /-\/layer\/sha256:[0-9a-f]{64}\//;

/** Opens a page, which is accessible and no wider than the window: wide and narrow, light and dark. */
async function looksRight(page: Page, address: string): Promise<void> {
  expect((await page.goto(address))?.status()).toBe(200);
  await hydrated(page);
  for (const [width, colorScheme] of [
    [1280, "light"],
    [1280, "dark"],
    [390, "dark"],
    [390, "light"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    expect(await overflow(page)).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
  }
}

test.describe("an image that nobody has looked into", () => {
  test.use({ site: "own" });

  test("is read by itself where the script runs, and opens file by file", async ({ page }) => {
    await page.goto(IMAGE);
    await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Files" }).click();
    const tree = page.locator(".tree");
    await expect(page.locator(".notice")).toHaveCount(0, { timeout: 60_000 });
    await tree.getByRole("link", { name: "etc", exact: true }).click();
    await tree.getByRole("link", { name: "passwd", exact: true }).click();
    await expect(page.locator(".filetext .line").first()).toHaveText("root:x:0:0:root:/root:/bin/bash");
    await expect(page).toHaveTitle(/^\/etc\/passwd in /);
    // Back is back, and nothing is read again.
    await page.goBack();
    await expect(page.getByRole("heading", { name: "/etc" })).toBeVisible();
    await expect(page.locator(".notice")).toHaveCount(0);
  });

  test("waits for its button where there is no script", async ({ browser, baseURL }) => {
    const context = await browser.newContext({ javaScriptEnabled: false, ...(baseURL === undefined ? {} : { baseURL }) });
    const page = await context.newPage();
    await page.goto(`${IMAGE}/-/files/`);
    await expect(page.getByText("Not all layers have been read yet")).toBeVisible();
    await page.getByRole("button", { name: /^Read / }).click();
    // The page asks again by itself.
    await expect(page.locator(".tree").getByRole("link", { name: "etc", exact: true })).toBeVisible({ timeout: 60_000 });
    await expect(page.locator(".notice")).toHaveCount(0, { timeout: 60_000 });
    await context.close();
  });

  test("whose layers have tables of contents is read, and what eStargz adds is marked", async ({ page }) => {
    for (const [image, own] of [
      [ESTARGZ, 2],
      [ZSTD_CHUNKED, 0],
    ] as const) {
      await page.goto(`${image}/-/files/`);
      const tree = page.locator(".tree");
      await expect(page.locator(".notice")).toHaveCount(0, { timeout: 60_000 });
      await expect(tree.getByRole("link", { name: "etc", exact: true })).toBeVisible();
      await expect(tree.getByText("eStargz's own")).toHaveCount(own);
      await page.locator(".layerlist a[href*='/-/layer/']").nth(1).click();
      await expect(page).toHaveURL(LAYER);
      await expect(tree.getByRole("link", { name: "usr", exact: true })).toBeVisible();
      await expect(tree.getByText("eStargz's own")).toHaveCount(own);
      await expect(page.getByText("own table differs")).toHaveCount(0);
    }
  });
});

test.describe("an image whose layers are known", () => {
  test.beforeEach(async ({ request }) => {
    await readLayers(request, IMAGE);
    await readLayers(request, TOOLBOX);
  });

  for (const [name, path, image = IMAGE] of [
    ["the root", "/-/files/"],
    ["a directory", "/-/files/etc/"],
    ["a text", "/-/files/etc/passwd"],
    ["bytes", "/-/files/etc/passwd?as=bytes"],
    ["a comparison", "/-/files/etc/passwd?against=1"],
    ["what is found", "/-/files/?find=*.so*"],
    ["what has changed", "/-/files/?change=changed&order=size"],
    ["where the bytes went", "/-/files/?usage=1&dive=1"],
    ["JSON", "/-/files/usr/share/toolbox/settings.json", TOOLBOX],
    ["certificates", "/-/files/etc/ssl/certs/acme-root.pem", TOOLBOX],
    ["an archive", "/-/files/usr/share/toolbox/inspect.jar", TOOLBOX],
    ["a picture", "/-/files/usr/share/toolbox/logo.png", TOOLBOX],
    ["where the bytes went without the base", "/-/files/?usage=1&base=named", TOOLBOX],
  ] as const) {
    test(`${name}: whole, silent, accessible, no wider than the page`, async ({ page }) => {
      await looksRight(page, `${image}${path}`);
    });
  }

  test.describe("a layer by itself and a path that is not there", () => {
    test.use({ expectedMessages: [/status of 404/] });

    test("are accessible, too", async ({ page }) => {
      await page.goto(`${IMAGE}/-/files/`);
      const layer = await page.locator("a[href*='/-/layer/']").first().getAttribute("href");
      for (const [path, status] of [
        [layer ?? "", 200],
        [`${IMAGE}/-/files/nowhere`, 404],
      ] as const) {
        expect((await page.goto(path))?.status()).toBe(status);
        await hydrated(page);
        expect(await accessibilityFaults(page)).toEqual([]);
        await page.setViewportSize({ width: 390, height: 900 });
        expect(await overflow(page)).toBe(0);
      }
    });
  });

  test("keys lead from name to name and into a directory", async ({ page }) => {
    await page.goto(`${IMAGE}/-/files/`);
    await hydrated(page);
    const names = page.locator(".tree a[data-row]");
    await names.first().focus();
    await page.keyboard.press("ArrowDown");
    await expect(names.nth(1)).toBeFocused();
    await page.locator(".tree").getByRole("link", { name: "etc", exact: true }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "/etc" })).toBeVisible();
  });

  test("a box of the map leads to its directory", async ({ page }) => {
    await page.goto(`${IMAGE}/-/files/?usage=1`);
    await page.locator(".sizemap").getByRole("link", { name: /^usr, .*layer/ }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "/usr" })).toBeVisible();
  });

  test("a picture is drawn from its download", async ({ page }) => {
    await page.goto(`${TOOLBOX}/-/files/usr/share/toolbox/logo.png`);
    const picture = page.getByRole("img", { name: "The picture in the file" });
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(96);
  });

  test("JSON and certificates are folded, and have their text beside it", async ({ page }) => {
    await page.goto(`${TOOLBOX}/-/files/usr/share/toolbox/settings.json`);
    const option = page.getByText("option_7: { 3 members }");
    await option.click();
    await expect(page.getByText("default: 7.50")).toBeVisible();
    await page.goto(`${TOOLBOX}/-/files/etc/ssl/certs/acme-root.pem`);
    await page.getByText("O=Acme Example, CN=Acme Example Root").click();
    await expect(page.getByText("ca.acme.example, 192.0.2.1")).toBeVisible();
    await page.getByRole("link", { name: "Text", exact: true }).click();
    await expect(page.locator(".filetext .line").first()).toHaveText("-----BEGIN CERTIFICATE-----");
  });

  test("a stretch of lines has a link", async ({ page }) => {
    await page.goto(`${IMAGE}/-/files/etc/passwd#L2-L3`);
    await expect(page.locator(".filetext .tok").first()).toBeVisible();
    const marked = page.locator(".filetext .marked");
    await expect(marked).toHaveCount(2);
    await page.getByRole("link", { name: "Line 5", exact: true }).click({ modifiers: ["Shift"] });
    await expect(page).toHaveURL(/#L2-L5$/);
    await expect(marked).toHaveCount(4);
  });

  test("a directory is one download", async ({ page }) => {
    await page.goto(`${TOOLBOX}/-/files/usr/share/toolbox/`);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download as a tar archive" }).click();
    expect((await download).suggestedFilename()).toBe("toolbox.tar");
    expect(await (await download).failure()).toBeNull();
  });

  test("a layer stands by itself, and its files lead back to the image", async ({ page }) => {
    await page.goto(`${IMAGE}/-/files/etc/passwd`);
    await page.getByRole("navigation", { name: "What is shown" }).getByRole("link", { name: /^Layer 4 of/ }).click();
    await expect(page).toHaveURL(LAYER);
    await expect(page.locator(".tree").getByRole("link", { name: "etc", exact: true })).toBeVisible();
    await page.getByRole("link", { name: "Whole image" }).click();
    await expect(page).toHaveURL(new RegExp(`${IMAGE}/-/files/?$`));
  });

  test("names are found by typing, and arrows go from row to row", async ({ page }) => {
    await page.goto(`${IMAGE}/-/files/`);
    await hydrated(page);
    const field = page.getByRole("textbox", { name: /^Find in / });
    await field.fill("passwd");
    await field.press("Enter");
    await expect(page.locator(".tree").getByRole("link", { name: "/etc/passwd", exact: true })).toBeVisible();
    await page.goto(`${IMAGE}/-/files/`);
    await hydrated(page);
    const rows = page.locator(".tree [data-row]");
    await rows.first().focus();
    await page.keyboard.press("ArrowDown");
    await expect(rows.nth(1)).toBeFocused();
  });
});

test.describe("an image with more than plain files", () => {
  test.beforeEach(async ({ request }) => {
    for (const image of [APPLIANCE, ESTARGZ, ZSTD_CHUNKED]) await readLayers(request, image);
  });

  for (const [name, path, image = APPLIANCE] of [
    ["a character device", "/-/files/dev/console"],
    ["a block device", "/-/files/dev/mmcblk0"],
    ["a named pipe", "/-/files/dev/initctl"],
    ["a program that runs as its owner", "/-/files/bin/su"],
    ["a program that runs as its group", "/-/files/usr/bin/at"],
    ["a directory that all write into", "/-/files/tmp/"],
    ["capabilities", "/-/files/usr/sbin/httpd"],
    ["capabilities of a user namespace", "/-/files/usr/bin/dumpcap"],
    ["extended attributes", "/-/files/etc/appliance/device.toml"],
    ["hard links", "/-/files/sbin/e2fsck"],
    ["a link in a circle", "/-/files/usr/bin/editor"],
    ["a link that leads out of the root", "/-/files/srv/www"],
    ["a name that is no UTF-8", "/-/files/usr/share/doc/appliance/Anleitung-f%FCr-Ger%E4te.txt"],
    ["a file with holes", "/-/files/var/lib/appliance/data.img"],
    ["what was deleted", "/-/files/?change=deleted"],
    ["the root of eStargz layers", "/-/files/", ESTARGZ],
    ["an eStargz table", "/-/files/stargz.index.json", ESTARGZ],
    ["the root of zstd:chunked layers", "/-/files/", ZSTD_CHUNKED],
  ] as const) {
    test(`${name}: whole, silent, accessible, no wider than the page`, async ({ page }) => {
      await looksRight(page, `${image}${path}`);
    });
  }

  for (const image of [APPLIANCE, ESTARGZ, ZSTD_CHUNKED]) {
    test(`the layer of ${image} that deletes is accessible by itself`, async ({ page }) => {
      await page.goto(`${image}/-/files/`);
      const layer = await page.locator(".layerlist a[href*='/-/layer/']").nth(2).getAttribute("href");
      await looksRight(page, `${layer}etc/init.d/`);
      await expect(page.locator(".tree").getByText("deletes telnetd")).toBeVisible();
    });
  }

  test("rows and cards say what a program may do", async ({ page }) => {
    for (const [path, mark, fact] of [
      ["bin/su", "setuid", "-rwsr-xr-x 0:0"],
      ["usr/bin/at", "setgid", "-rwxr-sr-x 1:1"],
      ["usr/sbin/httpd", "cap_net_bind_service=ep", "security.capability = cap_net_bind_service=ep"],
      ["usr/bin/dumpcap", "capabilities", "security.capability = cap_net_admin,cap_net_raw=ep [rootid=100000]"],
    ] as const) {
      await page.goto(`${APPLIANCE}/-/files/${path}`);
      // The directories above it are open, too.
      await expect(page.locator(".tree tr.open").last()).toContainText(mark);
      await page.locator(".filefacts summary", { hasText: "Attributes" }).click();
      await expect(page.locator(".filefacts").getByText(fact, { exact: true })).toBeVisible();
    }
  });

  test("devices have their numbers, and links say where they lead", async ({ page }) => {
    for (const [path, fact] of [
      ["dev/console", "5:1"],
      ["dev/mmcblk0", "179:0"],
    ] as const) {
      await page.goto(`${APPLIANCE}/-/files/${path}`);
      await expect(page.locator(".filefacts").getByText(fact, { exact: true })).toBeVisible();
    }
    await page.goto(`${APPLIANCE}/-/files/usr/bin/editor`);
    await expect(page.getByText("mostly in a circle")).toBeVisible();
    await page.goto(`${APPLIANCE}/-/files/srv/www`);
    await page.locator(".filefacts").getByRole("link", { name: "/usr/share/www", exact: true }).click();
    await expect(page.getByRole("heading", { name: "/usr/share/www" })).toBeVisible();
  });

  test("names of one file lead to each other", async ({ page }) => {
    await page.goto(`${APPLIANCE}/-/files/sbin/e2fsck`);
    await page.locator(".filefacts summary", { hasText: "Attributes" }).click();
    await page.locator(".filefacts").getByRole("link", { name: "/sbin/fsck.ext3", exact: true }).click();
    await expect(page.getByRole("heading", { name: "/sbin/fsck.ext3" })).toBeVisible();
    await expect(page.locator(".filefacts").getByRole("link", { name: "/sbin/e2fsck", exact: true })).toBeVisible();
  });

  test("a name that is no UTF-8 is opened from its row", async ({ page }) => {
    await page.goto(`${APPLIANCE}/-/files/usr/share/doc/appliance/`);
    await page.locator(".tree").getByRole("link", { name: "Anleitung-f\\xFCr-Ger\\xE4te.txt", exact: true }).click();
    await expect(page).toHaveURL(/Anleitung-f%FCr-Ger%E4te\.txt$/);
    await expect(page.locator(".filetext .line").first()).toHaveText("Die Anleitung gibt es nur auf Papier.");
  });
});

import type { APIRequestContext } from "@playwright/test";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a sample's layers may take to be read on a busy machine. */
const LIMIT_MS = 60_000;

/** Has the layers read that a page of files shows, as its button does, and waits until they are. */
export async function readLayers(request: APIRequestContext, image: string): Promise<void> {
  const read = await request.post(`${image}/-/files/`, {
    headers: { "Sec-Fetch-Site": "same-origin" },
    maxRedirects: 0,
  });
  if (read.status() !== 303) throw new Error(`${image} answers ${read.status()}: ${await read.text()}`);
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await sleep(50)) {
    const answer = await request.get(`/-/api/files${image}`);
    const files = (await answer.json()) as { is_provisional: boolean; is_empty: boolean };
    if (!files.is_provisional && !files.is_empty) return;
  }
  throw new Error(`the layers of ${image} are still being read`);
}

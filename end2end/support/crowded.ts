import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

/** A registry of extremes: more tags, platforms and layers than fit on a page, and texts that are too long for it. */
export type CrowdedRegistry = { readonly origin: string; stop(): void };

type Document = { readonly body: string; readonly digest: string; readonly mediaType: string };
type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number };

const IMAGE = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

// More than are filled at once, and few enough for the accessibility check to go through them all in time.
const TAGS = 300;
const PLATFORMS = 40;
const LAYERS = 100;

/** The longest tag that there can be. */
export const LONG_TAG = "0.0.1-a-tag-of-128-characters-".padEnd(128, "x");

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Starts it on a free port of the loopback interface. */
export async function startCrowdedRegistry(): Promise<CrowdedRegistry> {
  const contents = crowded();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://registry").pathname;
    const found = contents.answer(path);
    const body = found?.body ?? JSON.stringify({ errors: [{ code: "NAME_UNKNOWN", message: "no such thing" }] });
    response.writeHead(found === undefined ? 404 : 200, {
      "content-type": found?.mediaType ?? "application/json",
      "content-length": Buffer.byteLength(body),
      ...(found?.digest === undefined ? {} : { "docker-content-digest": found.digest }),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Everything that it holds. */
function crowded() {
  const documents = new Map<string, Document>();
  const tags = new Map<string, Map<string, string>>();
  const keep = (mediaType: string, value: object): Descriptor => {
    const body = JSON.stringify(value);
    const digest = digestOf(body);
    documents.set(digest, { body, digest, mediaType });
    return { mediaType, digest, size: Buffer.byteLength(body) };
  };
  const tag = (repository: string, name: string, digest: string): void => {
    const named = tags.get(repository) ?? new Map<string, string>();
    tags.set(repository, named.set(name, digest));
  };
  const image = (seed: string, platform: object, layers: readonly Descriptor[], steps: readonly string[]): Descriptor => {
    const config = keep(CONFIG, {
      ...platform,
      created: "2026-05-01T10:00:00Z",
      config: { Cmd: ["run", seed] },
      rootfs: { type: "layers", diff_ids: layers.map((layer) => digestOf(`diff ${layer.digest}`)) },
      history: steps.map((step, position) => ({
        created: "2026-05-01T10:00:00Z",
        created_by: step,
        empty_layer: position >= layers.length,
      })),
    });
    return keep(IMAGE, { schemaVersion: 2, mediaType: IMAGE, config, layers });
  };
  const layer = (seed: string, size: number): Descriptor => ({ mediaType: LAYER, digest: digestOf(seed), size });
  const amd64 = { os: "linux", architecture: "amd64" };

  const base = layer("base", 28_000_000);
  for (let number = 0; number < TAGS; number += 1) {
    const layers = [base, layer(`layer ${number}`, 1_000_000 + number * 9_999)];
    const manifest = image(`${number}`, amd64, layers, ["ADD base.tar / # buildkit", "COPY app / # buildkit"]);
    tag("crowded/tags", `1.${Math.floor(number / 10)}.${number % 10}`, manifest.digest);
    if (number === 0) tag("crowded/tags", LONG_TAG, manifest.digest);
  }

  const entries = Array.from({ length: PLATFORMS }, (_, number) => {
    const platform = { os: "linux", architecture: `riscv${number}`, variant: `v${number % 4}` };
    return { ...image(`platform ${number}`, platform, [base], ["ADD base.tar / # buildkit"]), platform };
  });
  tag("crowded/platforms", "latest", keep(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests: entries }).digest);

  const layers = Array.from({ length: LAYERS }, (_, number) => layer(`step ${number}`, 10 ** (1 + (number % 8)) + number));
  const commands = layers.map((_, number) => `RUN /bin/sh -c ${`make part-${number} && `.repeat(1 + (number % 30))}true # buildkit`);
  tag("crowded/layers", "latest", image("layers", amd64, layers, [...commands, 'CMD ["run"]']).digest);

  const answer = (path: string): Partial<Document> & { body: string } | undefined => {
    if (path === "/v2/") return { body: "{}" };
    if (path === "/v2/_catalog") return { body: JSON.stringify({ repositories: [...tags.keys()].sort() }) };
    const [, repository = "", kind, name = ""] = /^\/v2\/(.+)\/(tags|manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
    const named = tags.get(repository);
    if (named === undefined) return undefined;
    if (kind === "tags") return { body: JSON.stringify({ name: repository, tags: [...named.keys()].sort() }) };
    return documents.get(named.get(name) ?? name);
  };
  return { answer };
}

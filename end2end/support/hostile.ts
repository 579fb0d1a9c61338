import { createHash } from "node:crypto";
import { type Answer, type Registry, json, serve } from "./registry.ts";

/** The text. Each field has its own name before it. */
export const HARM = `<img src=x onerror=harm()><xss7 onload="harm()">'"</script></style></title></textarea>--><script>harm()</script>`;

const IMAGE = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const harm = (field: string): string => `${field}${HARM}`;

/** Starts a registry whose every text would do harm if a page took it for more than text. */
export async function startHostileRegistry(): Promise<Registry> {
  const documents = new Map<string, { body: string; mediaType: string }>();
  const tags = new Map<string, string>();
  const keep = (mediaType: string, value: object) => {
    const body = JSON.stringify(value);
    const digest = digestOf(body);
    documents.set(digest, { body, mediaType });
    return { mediaType, digest, size: Buffer.byteLength(body) };
  };
  const annotations = (name: string) => ({ [harm(`${name}-key`)]: harm(`${name}-value`) });
  const config = {
    os: harm("os"),
    architecture: harm("architecture"),
    variant: harm("variant"),
    created: harm("created"),
    author: harm("author"),
    config: {
      User: harm("user"),
      Env: [`PATH=${harm("env")}`, `${harm("name")}=value`, `PASSWORD=${harm("secret")}`],
      Entrypoint: [harm("entrypoint")],
      Cmd: [harm("command")],
      WorkingDir: harm("folder"),
      Labels: annotations("label"),
      Volumes: { [harm("volume")]: {} },
      ExposedPorts: { [harm("port")]: {} },
    },
    rootfs: { type: "layers", diff_ids: [digestOf("content")] },
    history: [
      { created_by: harm("COPY "), author: harm("step-author"), comment: harm("step-comment") },
      { created_by: `RUN ${harm("run")} PASSWORD=${harm("hidden")}`, empty_layer: true },
    ],
  };
  const image = (seed: string) =>
    keep(IMAGE, {
      schemaVersion: 2,
      mediaType: IMAGE,
      config: keep(CONFIG, { ...config, author: harm(seed) }),
      layers: [{ mediaType: LAYER, digest: digestOf("layer"), size: 1000, urls: [harm("url")], annotations: annotations("layer") }],
      annotations: annotations("annotation"),
    });
  tags.set("1", image("one").digest);
  tags.set("2", image("two").digest);
  const platform = { os: harm("os"), architecture: harm("architecture"), variant: harm("variant") };
  const entries = [
    { ...image("one"), platform, annotations: annotations("entry") },
    { ...image("two"), platform: { ...platform, os: harm("other") } },
  ];
  tags.set("index", keep(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests: entries, annotations: annotations("index") }).digest);
  const answer = (path: string): Answer => {
    if (path === "/v2/") return json(200, {});
    if (path === "/v2/_catalog") return json(200, { repositories: ["hostile", harm("repository")] });
    if (path === "/v2/hostile/tags/list") return json(200, { name: harm("list"), tags: [...tags.keys(), harm("tag")] });
    const [, name = ""] = /^\/v2\/hostile\/(?:manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
    const digest = tags.get(name) ?? name;
    const found = documents.get(digest);
    return found === undefined
      ? json(404, { errors: [{ code: harm("CODE"), message: harm("message"), detail: harm("detail") }] })
      : { status: 200, body: found.body, mediaType: found.mediaType, digest };
  };
  return serve(answer, { warning: `299 - "${harm("warning").replaceAll('"', '\\"')}"` });
}

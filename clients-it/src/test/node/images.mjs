// OpenAI's client for Node, unmodified, against the gateway whose base URL is the argument.
import assert from "node:assert/strict";
import OpenAI, { toFile } from "openai";

const client = new OpenAI({ baseURL: process.argv[2], apiKey: "none" });

const isPng = (base64) =>
  Buffer.from(base64, "base64").subarray(1, 4).toString() === "PNG";

// what a program for gpt-image-1 sends
const made = await client.images.generate({
  model: "gpt-image-1",
  prompt: "a large red circle",
  size: "1024x1024",
  quality: "high",
  background: "auto",
  moderation: "low",
  n: 2,
});
assert.equal(made.data.length, 2);
assert.ok(made.data.every((picture) => isPng(picture.b64_json)));
assert.match(made._request_id, /^req_/);

// an address
const linked = await client.images.generate({
  model: "dall-e-3",
  prompt: "a small blue square",
  response_format: "url",
  style: "vivid",
  user: "someone",
});
const fetched = await fetch(linked.data[0].url);
assert.equal(fetched.headers.get("content-type"), "image/png");
const picture = Buffer.from(await fetched.arrayBuffer());
assert.equal(picture.subarray(1, 4).toString(), "PNG");

// other formats
const webp = await client.images.generate({
  model: "gpt-image-1",
  prompt: "a star",
  output_format: "webp",
  output_compression: 60,
});
const file = Buffer.from(webp.data[0].b64_json, "base64");
assert.equal(file.subarray(8, 12).toString(), "WEBP");
assert.equal(webp.output_format, "webp");

// variations, of a file and as repeated parts
const varied = await client.images.createVariation({
  image: await toFile(picture, "picture.png", { type: "image/png" }),
  model: "dall-e-2",
  n: 2,
  response_format: "b64_json",
});
assert.equal(varied.data.length, 2);

// edits: several images go out as image[]
await assert.rejects(
  client.images.edit({
    model: "pipe-ddpm",
    prompt: "",
    image: [
      await toFile(picture, "a.png", { type: "image/png" }),
      await toFile(picture, "b.png", { type: "image/png" }),
    ],
  }),
  (error) => error.status === 400 && error.param === "image[1]",
);
const edited = await client.images.edit({
  model: "pipe-sd",
  prompt: "a red door",
  image: [await toFile(picture, "a.png", { type: "image/png" })],
});
assert.ok(isPng(edited.data[0].b64_json));

// streams
const seen = [];
const stream = await client.images.generate({
  model: "gpt-image-1",
  prompt: "a green triangle",
  stream: true,
  partial_images: 2,
});
for await (const event of stream) {
  seen.push(event.type);
  assert.ok(isPng(event.b64_json));
}
assert.equal(seen.at(-1), "image_generation.completed");
assert.ok(seen.length >= 2 && seen.length <= 3, seen.join());

// models
const models = [];
for await (const model of client.models.list()) models.push(model.id);
assert.ok(models.includes("shapes-unclip"));
assert.equal((await client.models.retrieve("shapes-unclip")).object, "model");
await assert.rejects(
  client.models.retrieve("none-such"),
  (error) => error instanceof OpenAI.NotFoundError && error.code === "model_not_found",
);

// errors
await assert.rejects(
  client.images.generate({ model: "shapes-unclip", prompt: "x", size: "63x63" }),
  (error) =>
    error instanceof OpenAI.BadRequestError &&
    error.param === "size" &&
    error.type === "invalid_request_error" &&
    error.requestID.startsWith("req_"),
);

// a client that gives up and asks again gets the picture that it asked for first
const once = await client.images.generate(
  { model: "pipe-sd", prompt: "a ship", steps: 200 },
  { timeout: 1500, maxRetries: 20 },
);
assert.equal(once.data.length, 1);

console.log("all is well");

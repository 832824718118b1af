// What a program of somebody else does with the client. It prints one line for
// each thing it found out; the test compares them.
import { Client, ProblemError, type Block, type Inline } from "./client.js";

declare const process: { argv: string[]; exitCode: number };

const [, , base = "", page = "", draft = ""] = process.argv;
const client = new Client(base);

function words(inline: Inline[]): string {
  return inline.map((n) => (n.type === "text" ? n.text : n.type === "hard_break" ? "\n" : n.attrs.key)).join("");
}

// Blocks are told apart by their type: each branch knows its own attributes.
function outline(block: Block): string {
  switch (block.type) {
    case "heading":
      return "h" + block.attrs.level + " " + block.content.map((n) => n.text).join("");
    case "paragraph":
      return "p " + words(block.content);
    case "button":
      return "button " + block.attrs.label + " " + block.attrs.style;
    default:
      return block.type;
  }
}

const item = await client.pageItem(page, { lang: "en", body: ["blocks", "markdown"] });
console.log("item", item.kind, item.title, item.language.reason);
for (const block of item.body?.blocks?.doc.content ?? []) console.log("block", outline(block));

// With fields, members may be missing, and the types say so.
const part = await client.pageItem(page, { fields: ["title"] });
console.log("part", part.title?.toUpperCase() ?? "none", part.summary === undefined);

let items = 0;
let count: number | undefined;
for await (const list of client.follow(client.pages({ lang: "en", limit: 1, count: true }))) {
  items += list.items.length;
  count ??= list.count;
}
console.log("list", items, count, items === count);

const filtered = await client.pages({ "filter[title][contains]": "mission", fresh: true });
console.log("filtered", filtered.items.map((i) => i.title).join());

const resolved = await client.resolve({ url: "/en/about-us/" });
if (resolved.target === "item") console.log("resolved", resolved.item.kind, resolved.item.title);

try {
  await client.pageItem(draft);
} catch (e) {
  if (!(e instanceof ProblemError)) throw e;
  const p = e.problem;
  console.log("problem", p.status, p.type === "urn:meridian:problem:not-found" ? p.title : p.type);
}
try {
  await client.pages({ limit: 0 });
} catch (e) {
  if (!(e instanceof ProblemError) || e.problem.type !== "urn:meridian:problem:bad-parameter") throw e;
  console.log("problem", e.problem.errors[0]?.pointer, e.problem.errors[0]?.code);
}

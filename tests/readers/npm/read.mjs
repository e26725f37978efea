// Reads feeds with a library of npm: node read.mjs feedsmith|rss-parser FILE...; what it made of each, as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [library, ...files] = process.argv.slice(2);
// The libraries lie elsewhere, in a folder made for the occasion.
const installed = createRequire(pathToFileURL(join(process.env.READERS_NPM, "package.json")));
const version = JSON.parse(readFileSync(join(process.env.READERS_NPM, "node_modules", library, "package.json"))).version;

async function reader() {
  if (library === "rss-parser") {
    const Parser = installed("rss-parser");
    return (text) => new Parser().parseString(text);
  }
  const { parseFeed } = await import(pathToFileURL(installed.resolve("feedsmith")));
  return parseFeed;
}

const read = await reader();
const feeds = {};
for (const file of files) feeds[file] = await read(readFileSync(file, "utf8"));
process.stdout.write(JSON.stringify({ version, feeds }));

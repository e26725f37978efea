#!/bin/sh
# Makes expected.json anew from Eleventy's own output: sh record.sh. Needs Node and npm; the tests need neither.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$here/site/." "$work"
cp "$here/record.config.mjs" "$work"
cd "$work"
echo '{ "type": "module" }' >package.json
npm install --silent --no-save @11ty/eleventy@3.1.8 @11ty/eleventy-plugin-rss@3.0.0
TZ=UTC npx @11ty/eleventy --quiet --config=record.config.mjs
node -e '
const fs = require("fs");
const read = (name) => JSON.parse(fs.readFileSync("_site/" + name, "utf8"));
const feed = read("feed.json").items.map((item) => item.url);
const made = { made_by: "sh record.sh", eleventy: "3.1.8", plugin: "3.0.0", collection: read("dump.json"), feed };
fs.writeFileSync(process.argv[1], JSON.stringify(made, null, 1) + "\n");
' "$here/expected.json"

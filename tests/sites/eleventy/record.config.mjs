// The site as it is, with the plugin's feed and a dump of the collection added. See record.sh.
import { feedPlugin } from "@11ty/eleventy-plugin-rss";
import site, { config } from "./eleventy.config.js";

export { config };

export default function (eleventyConfig) {
  site(eleventyConfig);
  const metadata = { title: "x", base: "https://eleventy.example.org/", language: "en", author: { name: "x" } };
  // The plugin fails on a post without an address (permalink: false), so the feed is of the others.
  eleventyConfig.addCollection("published", (api) => api.getFilteredByTag("posts").filter((post) => post.url));
  eleventyConfig.addPlugin(feedPlugin, { type: "json", collection: { name: "published" }, outputPath: "/feed.json", metadata });
  eleventyConfig.addFilter("dump_posts", (posts) =>
    JSON.stringify(
      posts.map((post) => ({
        path: post.inputPath,
        url: post.url,
        date: post.date.toISOString(),
        title: post.data.title,
        tags: post.data.tags,
        fileSlug: post.fileSlug,
      })),
    ),
  );
  eleventyConfig.addTemplate("dump.njk", "{{ collections.posts | dump_posts | safe }}", {
    permalink: "/dump.json",
    eleventyExcludeFromCollections: true,
    eleventyImport: { collections: ["posts"] },
  });
}

// What a site of this kind usually has: folders, a path that is copied, a separator of excerpts.
export default function (eleventyConfig) {
  eleventyConfig.addPassthroughCopy("src/img/*.png"); // not a comment: src/*
  eleventyConfig.setFrontMatterParsingOptions({
    excerpt: true,
    excerpt_separator: "<!-- excerpt -->",
  });
}

export const config = {
  dir: {
    input: "src",
    // output: "elsewhere",
    output: "_site",
  },
};

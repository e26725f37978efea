# ruby record_places.rb > expected.json, with Debian's jekyll 4.3.1, beside the folder "site".
require "jekyll"
require "json"
options = { "source" => File.join(__dir__, "site"), "destination" => "/nowhere", "quiet" => true }
site = Jekyll::Site.new(Jekyll.configuration(options))
site.reset
site.read
places = {}
site.each_site_file { |file| places[file.relative_path] = file.url unless file.relative_path.start_with?("_posts/") }
site.render
posts = site.posts.docs.to_h { |post| [post.relative_path, post.content] }
puts JSON.pretty_generate({ "places" => places, "posts" => posts })

"""Namespaces: those that validators know, and what is in them."""

from __future__ import annotations

from syndicator.lint.words import words

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
MEDIA = "http://search.yahoo.com/mrss/"
MEDIA_WRONG = "http://search.yahoo.com/mrss"
HISTORY = "http://purl.org/syndication/history/1.0"
THREAD = "http://purl.org/syndication/thread/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
XHTML = "http://www.w3.org/1999/xhtml"
ADMIN = "http://webns.net/mvcb/"
XML = "http://www.w3.org/XML/1998/namespace"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"

#: Atom before it was finished.
OBSOLETE = frozenset({"http://purl.org/atom/ns#", "http://example.com/necho"})

#: Prefixes that everybody uses for one thing (rss-7).
PREFIXES = {
    "atom": ATOM, "content": CONTENT, "dc": DC, "dcterms": DCTERMS, "sy": SY, "slash": SLASH, "media": MEDIA,
    "fh": HISTORY, "thr": THREAD, "at": TOMBSTONES, "xhtml": XHTML, "admin": ADMIN,
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "georss": "http://www.georss.org/georss", "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "wfw": "http://wellformedweb.org/CommentAPI/", "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "cc": "http://web.resource.org/cc/", "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "openSearch": "http://a9.com/-/spec/opensearchrss/1.0/", "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
    "app": "http://www.w3.org/2007/app", "podcast": "https://podcastindex.org/namespace/1.0",
    "googleplay": "http://www.google.com/schemas/play-podcasts/1.0", "gml": "http://www.opengis.net/gml",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "trackback": "http://madskills.com/public/xml/rss/module/trackback/",
    "xlink": "http://www.w3.org/1999/xlink", "blogChannel": "http://backend.userland.com/blogChannelModule",
    "sx": "http://feedsync.org/2007/feedsync", "svg": "http://www.w3.org/2000/svg", "news": NEWS,
    "mathml": "http://www.w3.org/1998/Math/MathML", "ev": "http://purl.org/rss/1.0/modules/event/",
    "image": "http://purl.org/rss/1.0/modules/image/", "taxo": "http://purl.org/rss/1.0/modules/taxonomy/",
}  # fmt: skip
#: A prefix may have another meaning where validators know both.
KNOWN = frozenset(PREFIXES.values()) | {"http://a9.com/-/spec/opensearchdescription/1.1/", SITEMAP, XML}

#: All the elements of namespaces that we read to the end.
ELEMENTS = {
    DC: words(
        "title creator subject description publisher contributor date type format identifier source language relation "
        "coverage rights"
    ),
    CONTENT: frozenset({"encoded", "items"}),
    SY: frozenset({"updatePeriod", "updateFrequency", "updateBase"}),
    SLASH: frozenset({"comments", "section", "department", "hit_parade"}),
    HISTORY: frozenset({"complete", "archive", "incremental"}),
    THREAD: frozenset({"in-reply-to", "total"}),
    TOMBSTONES: frozenset({"deleted-entry", "by", "comment"}),
    MEDIA: words(
        "group content adult rating title description keywords thumbnail category hash player credit copyright text "
        "restriction community comments embed responses backLinks status price license subTitle peerLink location "
        "rights scenes starRating statistics tags param comment response backLink scene sceneTitle sceneDescription "
        "sceneStartTime sceneEndTime"
    ),
    ATOM: words(
        "feed entry id title updated published author contributor name uri email link category content summary "
        "subtitle rights generator icon logo source"
    ),
}

#: Link relations that are registered, as far as validators know them (atom-50).
RELATIONS = words(
    "alternate current describedby edit edit-media enclosure first hub last license next next-archive payment "
    "prev-archive previous related replies search self service up via"
)
PAGING = frozenset({"first", "last", "previous", "next"})
ARCHIVES = frozenset({"prev-archive", "next-archive"})

"""What a Hugo site's own files say: of the publication, of its posts, of its people."""

from __future__ import annotations

from collections.abc import Sequence

from syndicator.dialects.hugo import FROM_NAME, Hugo
from syndicator.dialects.hugoaddresses import Addresses
from syndicator.dialects.hugocascade import branches_of
from syndicator.dialects.hugoconfig import read_configuration
from syndicator.dialects.hugopaths import PathRules
from syndicator.dialects.hugopeople import people_of
from syndicator.markup.flavour import of_hugo
from syndicator.ports import Configured, SiteFiles
from syndicator.posts.fields import text, truth


def configure(files: SiteFiles, config_files: Sequence[str] = ()) -> Configured:
    """The dialect as the site's configuration and the ``_index`` files of its sections set it up.

    ``config_files`` are what the operator names in place of ``hugo.toml``. Raises SourceError when the configuration
    cannot be read.
    """
    said = read_configuration(files, config_files)
    said.report()
    languages = said.languages() or Hugo().languages
    date = said.dates("date")
    publish = tuple(dict.fromkeys([*said.dates("publishdate"), *date]))
    modified, expires = said.dates("lastmod"), said.dates("expirydate")
    taxonomies = said.table("taxonomies")
    dialect = Hugo(
        languages=languages,
        date_chain=date,
        date_fields=publish,
        modified_fields=modified,
        expires_fields=expires,
        dated_names=any(FROM_NAME in fields for fields in (publish, modified, expires)),
        categories=text(taxonomies.get("category")).lower() or "categories",
        tags=text(taxonomies.get("tag")).lower() or "tags",
        addresses=Addresses(
            paths=PathRules(
                lower=truth(said.values.get("disablepathtolower")) is not True,
                accents=truth(said.values.get("removepathaccents")) is not True,
            ),
            permalinks=said.permalinks(),
            ugly=said.ugly(),
            in_subfolder=truth(said.values.get("defaultcontentlanguageinsubdir")) is True,
        ),
        ignored=said.ignored(),
        image_folders=said.image_folders(),
        summary_length=said.number("summarylength", 70),
        branches=branches_of(files, languages, said.values),
        markdown=of_hugo(said.values),
    )
    people = people_of(files, said.values, languages[0].folder, said.warnings)
    return Configured(
        dialect=dialect, facts=said.facts(), warnings=tuple(said.warnings), people=people, values=said.values
    )

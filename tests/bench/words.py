"""What the corpus is written with: categories, names, words and addresses."""

from __future__ import annotations

CATEGORIES = (
    "News",
    "Politics",
    "Business",
    "Technology",
    "Science",
    "Culture",
    "Opinion",
    "Sports",
    "Health",
    "Travel",
    "World Affairs",
    "Arts & Letters",
)
# Cumulative weights: News about a quarter of the posts, the last one about 2 %.
CATEGORY_EDGES = (0.25, 0.40, 0.52, 0.62, 0.70, 0.77, 0.83, 0.88, 0.92, 0.955, 0.98, 1.0)

_FIRST = "Donna Ravi Chloé Anders Mei Oluwaseun Katarzyna Tomás Ingrid Hassan Yuki Marta Björn Leila Patrick"
LAST = ("Teetree", "O'Connell", "Ångström", "de la Cruz")
AUTHORS = tuple(f"{first} {last}" for last in LAST for first in _FIRST.split())
AUTHOR_TITLES = ("Staff Writer", "Senior Editor", "Contributor", "Columnist", "Foreign Correspondent")
CREDITS = ("Alex Babenko/Getty Images", "Reuters", "AP Photo/M. Silva", "Handout", "Staff photo")

_WORDS = """
the of and to in a is that for it as was with be by on not he his but at are this have from or had an
they which one you were all her she there would their we him been has when who will no more if out so
up said what its about than into them can only other time new some could these two may first then do
any like my now over such our man me even most made after also did many off before must well back
through years where much your way down should because long each just state those people too mister
how little good world make very year still see own work men day get here old life both between being
under three never know same last another while us might great go come since against right came take
used himself few house use place during high without again home around small however found part school
thought went say general once upon war every government number night water public point hand system
group almost course company young city nothing head program best toward set become money field report
question early power later order country council river market bridge engine signal archive harbour
minister treaty border election budget railway factory village mountain valley forest season harvest
record letter journal museum theatre gallery concert novel reader author critic chapter language
station satellite reactor battery protein vaccine hospital clinic nurse doctor patient trial evidence
theory method sample measure result figure margin average median estimate forecast warning storm
flood drought temperature carbon energy turbine solar pipeline contract tender audit shareholder
revenue profit deficit surplus tariff currency exchange loan credit mortgage rent wage strike union
officer captain pilot helicopter airfield convoy patrol ceasefire envoy delegation summit statement
spokesperson briefing source document leak inquiry verdict appeal judge jury lawyer witness testimony
café naïve façade coöperate São Zürich Kraków résumé jalapeño “quoted” it’s don’t state-of-the-art 24-hour
"""
WORDS = tuple(_WORDS.split())

DOMAINS = ("example.com", "example.org", "example.net", "news.example.com", "data.example.org")
REMOTE_IMAGE = "https://images.example.net/media/{h:040x}/{w}.jpg?width=620&dpr=1&s=none"
LOCAL_IMAGES = 48

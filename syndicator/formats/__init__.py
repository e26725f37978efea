"""From a feed to a document: RSS 2.0, Atom 1.0, JSON Feed 1.1."""

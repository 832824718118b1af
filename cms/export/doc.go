// Package export writes the public site as a folder of files that any web
// server or static host serves: the readers' pages in all languages, feeds,
// sitemaps, and the JSON for other sites. The command line calls [Run]; where
// the answers come from is a [Source], the very handlers that serve readers, so
// that a file says what the site says.
//
// # Where things are
//
//	/en/about-us/              en/about-us/index.html
//	/en/about-us/our-mission   en/about-us/our-mission/index.html
//	/en/feed.atom              en/feed.atom
//	/en/news/?page=2           en/news/page=2/index.html
//	/api/v1                    api/v1.json
//	/api/v1/news?lang=fr       api/v1/news/lang=fr.json
//	an address that is no more 404.html, and one for each language
//	a redirect                 a small page at the old address, and _redirects
//
// A host serves a folder at its address, with or without a slash, so pages keep
// their addresses. What it cannot do is to look at a query: an address with one
// becomes a path, each parameter a segment of its own in the order of their
// names, and JSON gets the ending that tells hosts its type. The links to such
// addresses are the only bytes that differ from the live answers. What has to
// be worked out when somebody asks (search, resolve, preview) is no file.
//
// # What a run does
//
// A run follows the links from the front door, the sitemap and the JSON, all in
// one snapshot of the site, and writes the files whose bytes changed. What is
// not reached any more is removed, and nothing else: a file that the export did
// not write is never touched. State of the last run is in the folder [Folder].
//
// The surprising fact: nobody lists what there is to export. A new kind of page
// is exported as soon as something links to it.
package export

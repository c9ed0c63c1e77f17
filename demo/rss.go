package demo

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"
)

// rss is the feed, newest item first, in the shape that most newsrooms publish.
func (p *Publisher) rss(base string) ([]byte, error) {
	doc := rssDocument{
		Version: "2.0", DC: "http://purl.org/dc/elements/1.1/", Atom: "http://www.w3.org/2005/Atom",
		Channel: rssChannel{
			Title: name + " – " + section, Link: base + "/europe/",
			Description: "News from " + section + ", in brief and as it happens", Language: language,
			Self:  atomLink{Href: base + FeedPath, Rel: "self", Type: "application/rss+xml"},
			Built: p.changed.UTC().Format(time.RFC1123Z),
		},
	}
	for _, item := range slices.Backward(p.items) {
		link := absolute(base, item.URL)
		doc.Channel.Items = append(doc.Channel.Items, rssItem{
			Title: item.Title, Link: link, Description: item.Text, Creator: item.Author, Categories: item.Tags,
			GUID: rssGUID{IsPermaLink: false, Value: fmt.Sprintf("beacon-%s", item.ID)},
			Date: item.Published.UTC().Format(time.RFC1123Z),
		})
	}
	out, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the feed: %w", err)
	}
	return append([]byte(xml.Header), out...), nil
}

// absolute makes a path an address.
func absolute(base, link string) string {
	if strings.HasPrefix(link, "/") {
		return base + link
	}
	return link
}

type rssDocument struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	DC      string     `xml:"xmlns:dc,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Language    string    `xml:"language"`
	Self        atomLink  `xml:"atom:link"`
	Built       string    `xml:"lastBuildDate"`
	Items       []rssItem `xml:"item"`
}

type atomLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

type rssItem struct {
	Title       string   `xml:"title"`
	Link        string   `xml:"link"`
	Description string   `xml:"description"`
	Creator     string   `xml:"dc:creator,omitempty"`
	Categories  []string `xml:"category"`
	GUID        rssGUID  `xml:"guid"`
	Date        string   `xml:"pubDate"`
}

type rssGUID struct {
	IsPermaLink bool   `xml:"isPermaLink,attr"`
	Value       string `xml:",chardata"`
}

// Package markup turns HTML from feeds and pages into clean text and clean links.
package markup

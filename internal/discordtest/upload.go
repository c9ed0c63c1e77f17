package discordtest

import (
	"net/http"
	"path"
	"strconv"
	"strings"
)

// upload is a file behind an attachment's address.
type upload struct {
	file File
}

// attach stores the files of a message and returns its attachments.
func (s *Server) attach(channelID string, o object, files []File) []any {
	list := []any{}
	for i, f := range files {
		a := s.attachment(channelID, f)
		for _, x := range asList(o["attachments"]) {
			if d := asObject(x); asString(d["id"]) == strconv.Itoa(i) && asString(d["description"]) != "" {
				a["description"] = d["description"]
			}
		}
		list = append(list, a)
	}
	return list
}

func (s *Server) attachment(channelID string, f File) object {
	id := s.ids.next()
	at := "/attachments/" + channelID + "/" + id + "/" + path.Base(f.Name)
	s.uploads[at] = upload{file: f}
	a := object{
		"id": id, "filename": path.Base(f.Name), "size": len(f.Data),
		"url": s.url + at, "proxy_url": s.url + at,
	}
	if f.Type != "" {
		a["content_type"] = f.Type
	}
	return a
}

// keep returns the attachments after an edit: those of the message that the
// edit still lists, and the new files.
func (s *Server) keep(m *message, o object, files []File) []any {
	list := []any{}
	_, named := o["attachments"]
	for _, x := range asList(m.raw["attachments"]) {
		kept := !named
		for _, y := range asList(o["attachments"]) {
			kept = kept || asString(asObject(y)["id"]) == asString(asObject(x)["id"])
		}
		if kept {
			list = append(list, x)
		}
	}
	m.files = append(m.files[:len(m.files):len(m.files)], files...)
	return append(list, s.attach(m.channel, o, files)...)
}

func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	u, ok := s.uploads[strings.TrimSuffix(r.URL.Path, "/")]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	if u.file.Type != "" {
		w.Header().Set("Content-Type", u.file.Type)
	}
	_, _ = w.Write(u.file.Data)
}

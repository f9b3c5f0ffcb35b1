package mailtest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
)

// decode reads the encoded words of a header.
func decode(text string) string {
	out, err := new(mime.WordDecoder).DecodeHeader(text)
	if err != nil {
		return text
	}
	return out
}

// part is the decoded body of a type.
func part(raw []byte, kind string) string {
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	return partOf(msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), msg.Body, kind)
}

func partOf(contentType, encoding string, body io.Reader, kind string) string {
	is, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	if !strings.HasPrefix(is, "multipart/") {
		if is != kind {
			return ""
		}
		if strings.EqualFold(encoding, "quoted-printable") {
			body = quotedprintable.NewReader(body)
		}
		text, _ := io.ReadAll(body) // what could be read is what a reader sees
		return string(text)
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return ""
		}
		if text := partOf(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, kind); text != "" {
			return text
		}
	}
}

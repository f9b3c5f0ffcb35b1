package importer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

type importInput struct {
	Kind        string   `path:"kind" doc:"units, people, services, requests …" example:"people"`
	DryRun      bool     `query:"dry_run" doc:"Judge only; nothing is taken in"`
	SkipBad     bool     `query:"skip_bad" doc:"Take in the right rows although others are wrong"`
	Only        []string `query:"only" doc:"Of a service pack: codes of the services to take; default: all. The department's customers come with them" example:"hr.onboard,hr.offboard"`
	File        string   `query:"file" doc:"Name of the file, when the body is the file itself"`
	ContentType string   `header:"Content-Type" doc:"multipart/form-data, or anything else for the file itself"`
	RawBody     []byte   `contentType:"application/octet-stream"`
}

type importOutput struct{ Body Result }

// Mount adds the pages and the API.
func (im *Importer) Mount(m *web.Mux) {
	m.Page(im.Routes()...)
	im.mountUndo(m)
	web.Op(m, web.Operation{ID: "import", Method: http.MethodPost, Path: "/api/v1/import/{kind}", Action: "org.import", Tag: "Import", Scope: "import",
		Summary: "Take in a file", MaxBody: MaxBytes,
		Detail: "The body is the file (.xlsx or CSV; a pack for services), or multipart with the parts file and mapping. With a wrong row nothing is taken in, " +
			"unless skip_bad is set: the answer then lists every wrong row with line, column and reason, and its counts are 0."}, im.postImport)
}

func (im *Importer) postImport(ctx context.Context, in *importInput) (*importOutput, error) {
	body, name, mapping, err := parts(in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = in.File
	}
	if len(in.Only) == 0 {
		in.Only = nil
	}
	result, err := im.Import(ctx, in.Kind, bytes.NewReader(body), Options{Only: in.Only, DryRun: in.DryRun, SkipBad: in.SkipBad, Name: name, Mapping: mapping})
	if err != nil {
		return nil, err
	}
	if result.Errors == nil {
		result.Errors = []RowError{}
	}
	return &importOutput{Body: result}, nil
}

// parts takes a multipart body apart; every other body is the file itself.
func parts(contentType string, raw []byte) (body []byte, name string, mapping []byte, err error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return raw, "", nil, nil
	}
	malformed := func(err error) error { return fault.Wrap(fault.Malformed, err, "importer.no-file") }
	reader := multipart.NewReader(bytes.NewReader(raw), params["boundary"])
	found := false
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, "", nil, malformed(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, "", nil, malformed(err)
		}
		switch part.FormName() {
		case "file":
			body, name, found = content, part.FileName(), true
		case "mapping":
			mapping = content
		}
	}
	if !found {
		return nil, "", nil, malformed(errors.New("no part called file"))
	}
	return body, name, mapping, nil
}

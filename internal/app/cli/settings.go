package cli

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"neike/internal/app"
)

// setting is one thing that can be set by a flag, a variable or the file, in this order of strength.
type setting struct {
	Name   string `json:"name"` // of the flag; the variable is NEIKE_ in capitals, the file's key the same with _
	Value  string `json:"value"`
	Origin string `json:"origin"` // "flag", "NEIKE_DATA", "neike.toml line", "default"
	help   string
	secret bool
}

func (s setting) variable() string {
	return "NEIKE_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

func (s setting) key() string { return strings.ReplaceAll(s.Name, "-", "_") }

// shown hides what is between user and host of a database address.
func (s setting) shown() string {
	if !s.secret {
		return s.Value
	}
	before, rest, ok := strings.Cut(s.Value, "://")
	login, host, with := strings.Cut(rest, "@")
	user, _, hidden := strings.Cut(login, ":")
	if !ok || !with || !hidden {
		return s.Value
	}
	return before + "://" + user + ":***@" + host
}

// known lists every setting with its default.
var known = []setting{
	{Name: "data", Value: "data", help: "folder of the embedded database, files and index"},
	{Name: "database-url", Value: "", secret: true, help: "PostgreSQL instead of the embedded database"},
	{Name: "listen", Value: "127.0.0.1:8080", help: "address to serve on"},
	{Name: "url", Value: "", help: "public address, for links that are sent or printed"},
	{Name: "proxies", Value: "", help: "addresses of proxies to believe about where a request comes from"},
	{Name: "log-level", Value: "info", help: "debug, info, warn or error"},
	{Name: "log-format", Value: "text", help: "text or json"},
}

// settings are the known ones with their values and where these come from.
type settings []setting

func (s settings) get(name string) string {
	for _, one := range s {
		if one.Name == name {
			return one.Value
		}
	}
	panic("cli: no setting " + name)
}

// gather puts flags, variables and the file over the defaults. file "" means neike.toml in the data folder or in the
// current one, when there is one.
func gather(flags map[string]string, env func(string) string, file string) (settings, error) {
	s := slices.Clone(known)
	overlay(s, flags, func(setting) string { return "flag" })
	fromEnv := map[string]string{}
	for _, one := range s {
		if v := env(one.variable()); v != "" {
			fromEnv[one.Name] = v
		}
	}
	if file == "" {
		file = env("NEIKE_CONFIG")
	}
	given := file != ""
	var candidates []string
	if given {
		candidates = []string{file}
	} else {
		data := first(flags["data"], fromEnv["data"], "data")
		candidates = []string{filepath.Join(data, "neike.toml"), "neike.toml"}
	}
	s = slices.Clone(known)
	for _, path := range candidates {
		values, err := read(path)
		if errors.Is(err, os.ErrNotExist) && !given {
			continue
		}
		if err != nil {
			return nil, err
		}
		overlay(s, values, func(setting) string { return path })
		break
	}
	overlay(s, fromEnv, func(one setting) string { return one.variable() })
	overlay(s, flags, func(one setting) string { return "--" + one.Name })
	return s, nil
}

func overlay(s settings, values map[string]string, origin func(setting) string) {
	for i := range s {
		if v, ok := values[s[i].Name]; ok {
			s[i].Value, s[i].Origin = v, origin(s[i])
		} else if s[i].Origin == "" {
			s[i].Origin = "default"
		}
	}
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// read takes the file: keys as the flags with _ for -. An unknown key is an error, so that a slip is seen.
func read(path string) (map[string]string, error) {
	raw := map[string]any{}
	if _, err := toml.DecodeFile(path, &raw); err != nil {
		return nil, fmt.Errorf("configuration file %s: %w", path, err)
	}
	values := map[string]string{}
	for key, v := range raw {
		i := slices.IndexFunc(known, func(s setting) bool { return s.key() == key })
		if i < 0 {
			return nil, fmt.Errorf("configuration file %s: there is no setting %q", path, key)
		}
		switch v := v.(type) {
		case []any:
			var parts []string
			for _, one := range v {
				parts = append(parts, fmt.Sprint(one))
			}
			values[known[i].Name] = strings.Join(parts, ",")
		default:
			values[known[i].Name] = fmt.Sprint(v)
		}
	}
	return values, nil
}

// config is what the application takes of the settings.
func (s settings) config(stderr io.Writer) (app.Config, error) {
	c := app.Config{Data: s.get("data"), DatabaseURL: s.get("database-url"), URL: s.get("url"), Version: Version()}
	for one := range strings.SplitSeq(s.get("proxies"), ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(one)
		if err != nil {
			ip, bad := netip.ParseAddr(one)
			if bad != nil {
				return c, fmt.Errorf("proxies: %q is no address", one)
			}
			prefix = netip.PrefixFrom(ip, ip.BitLen())
		}
		c.Proxies = append(c.Proxies, prefix)
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.get("log-level"))); err != nil {
		return c, fmt.Errorf("log-level: %w", err)
	}
	o := &slog.HandlerOptions{Level: level}
	switch s.get("log-format") {
	case "json":
		c.Log = slog.New(slog.NewJSONHandler(stderr, o))
	case "text":
		c.Log = slog.New(slog.NewTextHandler(stderr, o))
	default:
		return c, fmt.Errorf("log-format: %q is neither text nor json", s.get("log-format"))
	}
	slog.SetDefault(c.Log)
	return c, nil
}

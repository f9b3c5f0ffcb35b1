package app

import (
	"log/slog"
	"net/netip"
	"path/filepath"
	"time"
)

// Config is what the application needs to know to run. The command line fills it from flags, variables and a file.
type Config struct {
	Data        string // folder of the embedded database, files and search index
	DatabaseURL string // PostgreSQL; empty means the embedded database in Data
	URL         string // public address, "https://neike.example.com"
	Proxies     []netip.Prefix
	Version     string
	Log         *slog.Logger
	Lock        *Held // of Data, when this process holds it already; the house gives it back when it is closed

	Now  func() time.Time // nil: the clock of the machine; the demo and tests bring their own
	IDs  func() int64     // nil: made from time and node
	Fast bool             // commits do not wait for the disk; only while a demo company is built
}

func (c Config) database() string { return filepath.Join(c.Data, "neike.db") }
func (c Config) blobs() string    { return filepath.Join(c.Data, "files") }
func (c Config) search() string   { return filepath.Join(c.Data, "search.db") }
func (c Config) key() string      { return filepath.Join(c.Data, "secret.key") }

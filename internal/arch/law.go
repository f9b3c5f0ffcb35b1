package arch

// module is the path of this module.
const module = "neike"

// rooms lists, for every room, the rooms that it may call. It is a DAG; hearing an event counts as an arrow.
// Kit packages (internal/kit/...) may be imported by every room and never import one.
var rooms = map[string][]string{
	"org":       {},
	"directory": {"org"},
	"signin":    {"org", "directory"}, // whoever a chat suite, an OpenID provider or an LDAP server vouches for is looked up there
	"access":    {"org"},
	"disclose":  {"org", "access"}, // what a number about people may be made of: below every room that keeps ratings or shows such numbers
	"calendar":  {"org"},
	"clock":     {"calendar"},
	"todo":      {"org", "access", "calendar"},
	"talk":      {"org", "access", "todo"},
	"relation":  {"org", "access", "disclose", "todo", "talk"}, // disclose: satisfaction in the matrix and on the page of a relation, by the one function
	"measure":   {"org", "access"},                             // below every room that reads the registry; whoever has records registers series while wiring
	"view":      {"org", "access"},                             // below every room that has lists: they draw its bar
	"catalog":   {"org", "access", "calendar", "clock", "todo", "talk", "relation"},
	"agreement": {"org", "access", "disclose", "calendar", "todo", "relation", "catalog"}, // above catalog, whose standards it overrides; request asks it through a slot of catalog and tells it what happened through another
	"routing":   {"org", "access", "calendar", "catalog", "place"},                        // who gets a request: rules that know no request, so that they can be tried on the past; place: where it was asked from
	"article":   {"org", "access", "todo", "talk", "catalog"},                             // beside request: what to read before asking
	"place":     {"org", "access", "catalog"},                                             // below request: a request keeps where it was asked from; apart from catalog, which is big and knows services alone
	"promise":   {"org", "access", "calendar", "todo", "talk", "relation"},                // below request: the pages of records show and make promises; calendar: which day it is, workdays of silence; talk: what a record is called and who may see it
	"phrase":    {"org", "access", "catalog"},                                             // below request: its reply box offers them; apart from talk, which knows no services
	"request":   {"org", "access", "disclose", "calendar", "clock", "todo", "talk", "relation", "view", "promise", "phrase", "catalog", "place", "routing"},
	"delivery":  {"org", "access", "disclose", "calendar", "clock", "todo", "talk", "relation", "catalog", "view"}, // what is owed without being asked for: beside request, not in it
	"repeat":    {"org", "access", "calendar", "todo", "talk", "catalog", "request"},                               // on request: what is asked again and again, nobody calls it
	"review":    {"org", "access", "calendar", "todo", "talk", "catalog", "request"},                               // beside notice: what somebody says of accepted requests, nobody calls it
	"problem":   {"org", "access", "disclose", "talk", "catalog", "request"},                                       // beside review: what is known to be wrong with services, shown above the form in which one asks; disclose: of how many people a count is public
	"notice":    {"org", "access", "calendar", "clock", "todo", "talk", "promise", "request", "delivery"},          // on top: follows and reads many, nobody calls it
	"insight":   {"org", "directory", "signin", "access", "disclose", "catalog", "request"},                        // on top: adds up what many rooms publish, nobody calls it
	"support":   {"org", "access", "todo", "catalog"},                                                              // beside request and apart from it: nobody reads it
}

// licence allows one third-party module to be imported by the packages listed, for a reason. A package path may end
// in /... to mean the tree below it. "tests" stands for any _test.go file and the test kits.
type licence struct {
	module   string
	packages []string
	why      string
}

var everyRoom = "internal/<room>"

var licences = []licence{
	{"modernc.org/sqlite", []string{"internal/kit/sqldb", "internal/kit/search", "bench"}, "SQLite in pure Go: the embedded engine and its full-text index; bench multiplies a company with it"},
	{"github.com/jackc/pgx/v5", []string{"internal/kit/sqldb", "internal/kit/dbtest", "bench"}, "PostgreSQL driver: writes go through database/sql, reads without it; bench copies a company into it"},
	{"github.com/jackc/puddle/v2", []string{"internal/kit/sqldb"}, "the pool of connections that read (MIT, of the driver's author, in the module graph through it): database/sql and pgxpool wait for the end of each transaction"},
	{"github.com/pressly/goose/v3", []string{"internal/kit/sqldb"}, "migrations on both engines from one set of files"},
	{"github.com/a-h/templ", []string{"internal/kit/ui/...", "internal/kit/web", "internal/kit/form", "internal/app/...", everyRoom}, "type-checked HTML components"},
	{"github.com/danielgtaylor/huma/v2", []string{"internal/kit/web", "internal/kit/webtest", everyRoom}, "OpenAPI 3.1 from types; decodes only"},
	{"github.com/nicksnyder/go-i18n/v2", []string{"internal/kit/lang"}, "plural rules"},
	{"golang.org/x/text", []string{"internal/kit/lang", "internal/kit/xlsx", "internal/kit/search", "internal/kit/web"}, "language tags, GB18030, Unicode normal forms"},
	{"github.com/klauspost/compress", []string{"internal/kit/web"}, "answers are compressed in a third of the standard library's time, a little smaller (BSD-3-Clause)"},
	{"github.com/BurntSushi/toml", []string{"internal/kit/lang", "internal/app/..."}, "message files and the configuration file"},
	{"github.com/alecthomas/kong", []string{"internal/app/...", "cmd/neike"}, "command line"},
	{"github.com/alexedwards/argon2id", []string{"internal/signin"}, "password hashes"},
	{"github.com/pquerna/otp", []string{"internal/signin", "internal/app/demo"}, "codes of authenticator apps"},
	{"github.com/coreos/go-oidc/v3", []string{"internal/signin"}, "sign-in with an OpenID provider"},
	{"golang.org/x/oauth2", []string{"internal/signin"}, "the code flow beneath it"},
	{"github.com/go-webauthn/webauthn", []string{"internal/signin"}, "passkeys"},
	{"github.com/skip2/go-qrcode", []string{"internal/kit/ui"}, "QR codes: activation links, slips"},
	{"github.com/evanw/esbuild", []string{"assets/bundle"}, "bundles styles and scripts for the browser floor; never in the server"},
	{"github.com/mozillazg/go-pinyin", []string{"internal/org", "internal/catalog"}, "people, units, services and articles are found by pinyin and initials"},
	{"github.com/yuin/goldmark", []string{"internal/kit/prose"}, "Markdown: what people write in articles"},
	{"github.com/microcosm-cc/bluemonday", []string{"internal/kit/prose"}, "the second gate in front of what people wrote"},
	{"golang.org/x/image", []string{"internal/kit/photo"}, "small pictures of photographs: scaling, and WebP"},
	{"github.com/xuri/excelize/v2", []string{"internal/kit/xlsx"}, "Excel files in and out"},
	{"go.yaml.in/yaml/v3", []string{"internal/catalog", "internal/request", "internal/app/importer", "content"}, "service packs and mapping files, with line numbers for errors"},
	{"github.com/VictoriaMetrics/metrics", []string{"internal/app"}, "metrics in the text format of Prometheus; the client of Prometheus itself brings protobuf, 2 MB of the binary (MIT)"},
	{"gonum.org/v1/gonum", []string{"internal/kit/stat"}, "the incomplete beta function and its inverse: quantiles of t and Beta (BSD-3-Clause)"},
	{"github.com/expr-lang/expr", []string{"internal/kit/form"}, "reads formulas of forms into a tree; what they come to is counted by kit/form in exact fractions"},
	{"golang.org/x/time", []string{"internal/kit/web", "internal/signin"}, "rate limits"},
	{"golang.org/x/sync", []string{"internal/app", "internal/kit/web"}, "groups of goroutines that end together"},
	{"github.com/wneessen/go-mail", []string{"internal/kit/mail"}, "SMTP and the form of mails"},
	{"github.com/emersion/go-smtp", []string{"tests", "internal/kit/mail/mailtest"}, "a real mail server (tests)"},
	{"github.com/emersion/go-sasl", []string{"tests", "internal/kit/mail/mailtest"}, "signing in at the mail server of tests"},
	{"github.com/go-ldap/ldap/v3", []string{"internal/kit/ldap", "internal/kit/ldap/ldaptest"}, "LDAP: directories of companies, OpenLDAP and Active Directory"},
	{"github.com/PuerkitoBio/goquery", []string{"internal/kit/webtest"}, "pages asserted by selector (tests)"},
	{"github.com/go-rod/rod", []string{"internal/kit/webtest/chromium"}, "a real browser (tests)"},
	{"github.com/rogpeppe/go-internal", []string{"tests"}, "command line scripts (tests)"},
	{"pgregory.net/rapid", []string{"tests"}, "properties (tests)"},
}

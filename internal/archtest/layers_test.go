package archtest

// A layer says what the non-test files of one package, or of a folder of
// packages, may import beside the standard library and packages below it.
type layer struct {
	pkg    string   // folder; "x/..." stands for x and what is below it
	may    []string // folders of this module or paths of others; "/..." as above
	reason string   // why no more than that
}

// layers is the import direction of the house. The first row that matches a
// package counts. A package without a row fails the test: give it one, and
// with it the reason.
var layers = []layer{
	{"internal/model", nil,
		"everything stands on the model, so it stands on nothing"},
	{"internal/units", nil,
		"numbers as text are needed everywhere, also without a catalogue or a window"},
	{"internal/scene", nil,
		"a draw list says what to draw; it knows neither traces nor who draws it"},
	{"internal/config", nil,
		"settings are read before anything else is there"},
	{"internal/task", nil,
		"background work is the same whatever is worked on"},
	{"internal/savedview", nil,
		"what somebody saw is data that files, links and the library hold alike; it knows no trace"},
	{"internal/locale", nil,
		"importing nothing but os makes it the first package to run"},
	{"internal/archtest", nil,
		"the checker must build when nothing else does"},
	{"assets", nil,
		"files in the binary and nothing more: no logic"},

	{"internal/i18n", []string{"assets", "internal/units", "github.com/nicksnyder/go-i18n/v2/...", "golang.org/x/text/..."},
		"the catalogue knows words, not what they are said about"},
	{"internal/query", []string{"internal/model", "internal/units", "github.com/sahilm/fuzzy"},
		"picking one of many: fuzzy matching and the filter language are defined here and nowhere else"},
	{"internal/analysis", []string{"internal/model"},
		"what a trace means is computed from the trace alone, once, and drawn by others"},
	{"internal/layout", []string{"internal/model", "internal/analysis"},
		"geometry is a pure function of the trace and the viewport; a view turns it into a scene"},
	{"internal/raster", []string{"internal/scene", "github.com/go-text/typesetting/...", "golang.org/x/image/..."},
		"pixels are made from a draw list alone, so that goldens need no trace and no window"},
	{"internal/svg", []string{"internal/scene"},
		"a drawing is made from the same draw list as the pixels"},
	{"internal/document", []string{"internal/model", "internal/analysis", "internal/query", "internal/layout", "internal/savedview", "internal/units", "internal/task"},
		"what belongs to one open trace is told apart from how it got here and how it is shown"},

	{"internal/format", []string{"internal/model", "internal/format/...", "github.com/klauspost/compress/..."},
		"files come packed in zstd; what is in them is read by the packages below"},
	{"internal/format/...", []string{"internal/model", "internal/format/..."},
		"a format turns bytes into the model and back; no wire type goes further"},
	{"internal/snapshot", []string{"internal/model", "internal/format/...", "github.com/klauspost/compress/..."},
		"the file is standard data in a container; it knows no server and no view"},
	{"internal/redact", []string{"internal/model"},
		"what leaves is decided on the model alone, before any format sees it"},
	{"internal/report", []string{"internal/model", "internal/analysis", "internal/document", "internal/scene", "internal/svg"},
		"a report is made of finished scenes and of what a document says of its spans; who draws is not known here"},
	{"internal/export", []string{"internal/model", "internal/analysis", "internal/document", "internal/format/...", "internal/i18n", "internal/redact",
		"internal/report", "internal/savedview", "internal/snapshot"},
		"command line and window write the same bytes by it; who draws is not known here"},
	{"internal/secret", []string{"github.com/zalando/go-keyring"},
		"secrets pass here and are written nowhere else; what they are for is not known here"},
	{"internal/store", []string{"internal/model", "internal/format/otlp", "github.com/klauspost/compress/...", "github.com/ncruces/go-sqlite3/...",
		"lukechampine.com/adiantum"},
		"the library keeps traces; it sees the keyring through an interface, and no SQL goes further"},
	{"internal/client/wire", []string{"google.golang.org/grpc/...", "google.golang.org/protobuf/..."},
		"messages of the query API as bytes, shared with the demo's server"},
	{"internal/client/...", []string{"internal/model", "internal/format/otlp", "internal/client/...",
		"github.com/jaegertracing/jaeger-idl/...", "google.golang.org/grpc/...", "google.golang.org/protobuf/..."},
		"the query API ends here: callers see the model and errors they can tell apart"},
	{"internal/order", []string{"internal/model", "golang.org/x/sync/..."},
		"the use case declares the calls it needs, so that fakes can test it and the library can serve it"},
	{"internal/demo/synthetic", nil,
		"big test data must not depend on the decoders it tests"},
	{"internal/demo/...", []string{"internal/client/wire", "go.opentelemetry.io/...", "github.com/jaegertracing/jaeger-idl/...",
		"google.golang.org/grpc/...", "google.golang.org/protobuf/..."},
		"the shop is written with the SDK its services would use, and served over the real wire"},

	{"ui/view/...", []string{"internal/model", "internal/analysis", "internal/document", "internal/layout", "internal/scene", "internal/units", "internal/i18n",
		"ui/axis", "ui/canvasview", "ui/look", "ui/table", "ui/xwidget", "fyne.io/fyne/v2/..."},
		"a view shows what it is given; it sees servers and files through interfaces it declares"},
	{"ui/axis", []string{"internal/model", "internal/document", "internal/layout", "internal/scene", "internal/units", "ui/canvasview", "ui/look", "ui/xwidget"},
		"what views with a time axis draw alike, so that no view imports another"},
	{"ui/table", []string{"internal/model", "internal/document", "internal/layout", "internal/scene", "internal/units",
		"ui/axis", "ui/canvasview", "ui/look", "ui/xwidget", "fyne.io/fyne/v2/..."},
		"what views of many rows are alike in, so that no view imports another"},
	{"ui/look", []string{"assets", "internal/scene", "fyne.io/fyne/v2/..."},
		"colours are the same for every view, so they know none"},
	{"ui/canvasview", []string{"internal/scene", "internal/raster", "fyne.io/fyne/v2/..."},
		"the one widget that shows pixels knows nothing of what they show"},
	{"ui/xwidget", []string{"internal/scene", "internal/i18n", "internal/units", "ui/canvasview", "ui/look", "fyne.io/fyne/v2/..."},
		"generic widgets: whatever knows a trace or an order is a view"},
	{"ui/drawing", []string{"assets", "internal/model", "internal/document", "internal/i18n", "internal/layout", "internal/raster", "internal/report", "internal/scene",
		"internal/svg", "ui/canvasview", "ui/look", "ui/table", "ui/view/..."},
		"views drawn without a window, for files: it joins them, and no view knows it"},
	{"ui/...", []string{"assets", "internal/model", "internal/document", "internal/query", "internal/redact", "internal/savedview", "internal/scene", "internal/raster",
		"internal/units", "internal/i18n", "internal/task", "ui/...", "fyne.io/fyne/v2/..."},
		"windows are wired to client, snapshot and demo by cmd, through interfaces; what redaction would replace is shown as it says it"},
	{"cmd/traceview", []string{"assets", "internal/...", "ui/...", "fyne.io/fyne/v2/..."},
		"wiring only: what needs another module belongs in a package"},
	{"e2e", nil,
		"tests only: they see the program from outside"},
}

// A ban forbids an import to all packages but some, tests included.
type ban struct {
	what   string   // the import; "/..." as in layer
	where  string   // packages it is forbidden to
	except []string // packages it is allowed to all the same
	reason string
}

var bans = []ban{
	{"fyne.io/fyne/v2/...", "internal/...", nil,
		"what is under internal runs on the command line and in tests without a window"},
	{"fyne.io/systray/...", "...", nil,
		"the program has no tray icon"},
	{"ui/...", "internal/...", nil,
		"imports run one way: the window knows the engine, never the reverse"},
	{"cmd/...", "...", nil,
		"main packages are nobody's library"},
	{"fyne.io/fyne/v2/app", "...", []string{"cmd/traceview"},
		"app pulls in OpenGL and cgo; without it everything tests with CGO_ENABLED=0"},
	{"fyne.io/fyne/v2/driver/...", "ui/...", []string{"ui/canvasview", "ui/shell", "ui/xwidget", "ui/view/...", "ui"},
		"only packages that handle keys and pointers need the desktop driver"},
	{"internal/demo/synthetic", "cmd/...", nil,
		"synthetic traces are for tests and benchmarks"},
	{"github.com/stretchr/testify/...", "...", nil,
		"tests need testing and slices.Equal, no assertion library"},
	{"github.com/ncruces/go-sqlite3/...", "...", []string{"internal/store"},
		"the database is the library's own affair"},
	{"github.com/jaegertracing/jaeger-idl/...", "...", []string{"internal/client/...", "internal/demo/..."},
		"generated wire types stay where the wire is"},
	{"unsafe", "...", []string{"internal/model", "internal/format/..."},
		"sharing bytes between slice and string is for the hottest loop of decoding only"},
}

// modules gives the reason for each module named directly in go.mod.
var modules = map[string]string{
	"fyne.io/fyne/v2":                                   "the window",
	"github.com/go-text/typesetting":                    "shaping of text outside Latin and Cyrillic in raster, as Fyne does it",
	"github.com/jaegertracing/jaeger-idl":               "messages of jaeger.api_v2, published by Jaeger",
	"github.com/klauspost/compress":                     "zstd of snapshots and packed files in pure Go",
	"github.com/ncruces/go-sqlite3":                     "the library: SQLite in pure Go, with encryption and full-text search",
	"github.com/nicksnyder/go-i18n/v2":                  "plural rules of Russian and English with message files",
	"github.com/sahilm/fuzzy":                           "ranking in pickers",
	"github.com/zalando/go-keyring":                     "the keyring of Linux, macOS and Windows",
	"go.opentelemetry.io/otel":                          "attributes and conventions of the demo's spans",
	"go.opentelemetry.io/otel/sdk":                      "the demo makes its spans as the shop's services would",
	"go.opentelemetry.io/otel/trace":                    "the demo makes its spans as the shop's services would",
	"go.opentelemetry.io/proto/otlp":                    "OTLP messages: what demo sends, and the yardstick decoding is measured against",
	"go.uber.org/goleak":                                "tests of the client prove that no goroutine stays behind",
	"golang.org/x/image":                                "fixed-point positions of glyphs in raster",
	"golang.org/x/sync":                                 "bounded concurrency",
	"golang.org/x/text":                                 "languages and number forms",
	"google.golang.org/grpc":                            "the query API's transport",
	"google.golang.org/protobuf":                        "wire-level reading and writing of protobuf",
	"lukechampine.com/adiantum":                         "the cipher of the library, to take over what can be read of a damaged one",
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace": "tests hold the demo's encoding of spans against the SDK's own",
}

package shell

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"traceview/ui/uitest"
)

// several are connections as a team has them, one with a name that has no room.
func several() []Profile {
	prod, test, long := profile("Production"), profile("Test"), profile("The old cluster in the warehouse of the northern region, until it is moved")
	prod.Colour, test.Colour, long.Colour = "red", "green", "amber"
	prod.Auth, prod.CA, prod.Tenant, prod.OrderKeys, prod.Days = AuthToken, "PEM", "shop", []string{"shop.order", "order.id"}, 30
	test.Auth, test.Issuer, test.ClientID = AuthOIDC, "https://sso.shop.example/realms/shop", "traceview"
	return []Profile{prod, test, long}
}

// checked starts a check and lets it end.
func checked(b *linksBench, steps []Step) {
	b.form().boxes["address"].set("jaeger.shop.example:16685")
	b.Window.Canvas().Focus(b.form().boxes["address"])
	b.key(fyne.KeyReturn)
	b.answer(b.nextCheck(), steps)
}

// learning says whether the page in front still asks what is kept of its secrets.
func (b *linksBench) learning() bool {
	switch p := b.pages[b.current].(type) {
	case *homePage:
		return p.setup != nil && p.setup.check.notes.slot.Busy()
	case *connectionsPage:
		return p.held.slot.Busy() || p.check.notes.slot.Busy()
	case *askPage:
		return p.notes.slot.Busy()
	}
	return false
}

// TestConnectionsGolden draws the list of connections, the way to the first one, the
// page of all and the check, good and bad.
func TestConnectionsGolden(t *testing.T) {
	for _, tt := range []struct {
		name string
		lang string
		dark bool
		w, h float32
		list []Profile
		act  func(b *linksBench)
	}{
		{"first_run", "en", false, 1280, 480, nil, func(*linksBench) {}},
		{"first_run_dark_ru", "ru", true, 900, 560, nil, func(*linksBench) {}},
		{"first_run_trust", "en", true, 1280, 800, nil, func(b *linksBench) {
			checked(b, bad("tls", "authority", Fix{Kind: FixTrust}))
			b.checker().look()
			b.until("the certificate", func() bool { return b.checker().authority != nil })
		}},
		{"first_run_plain_ru", "ru", false, 900, 640, nil, func(b *linksBench) { checked(b, bad("tls", "no-tls", Fix{Kind: FixPlain})) }},
		{"first_run_secret_dark_ru", "ru", true, 1280, 800, nil, func(b *linksBench) { checked(b, bad("sign-in", "credentials-missing", Fix{Kind: FixSecret})) }},
		{"first_run_code", "en", false, 1280, 860, nil, func(b *linksBench) {
			checked(b, bad("sign-in", "credentials-missing", Fix{Kind: FixSecret}))
			b.checker().draft.Auth, b.checker().draft.Issuer = AuthOIDC, "https://sso.shop.example"
			b.checker().sign.start(b.checker().draft.Profile, true, func() {})
			b.nextSign().tell(Visit{Address: "https://sso.shop.example/device", Code: "WDJB-MJHT"})
			b.until("the code", func() bool { return b.checker().sign.visit != nil })
		}},
		{"first_run_works", "en", false, 1280, 800, nil, func(b *linksBench) {
			steps := good()
			steps[5].Fixes = []Fix{{FixAddress, "jaeger.shop.example:16685"}}
			checked(b, steps)
		}},
		{"picker", "en", false, 1280, 400, several(), func(b *linksBench) { b.ctrlShift(fyne.KeyH) }},
		{"picker_dark_ru", "ru", true, 900, 400, several(), func(b *linksBench) {
			b.links.reach[b.Shell.source] = silent
			b.ctrlShift(fyne.KeyH)
		}},
		{"connections", "en", false, 1280, 1100, several(), func(b *linksBench) {
			b.kept.keep("Production token")
			b.ctrl(fyne.KeyComma)
		}},
		{"connections_dark_ru", "ru", true, 900, 1100, several(), func(b *linksBench) {
			b.kept.keep("Test sign-in")
			b.kept.memory = errDown
			b.ctrl(fyne.KeyComma)
			b.links.page(b.Shell).show("Test")
			b.links.page(b.Shell).check.faulty([]Fault{{"address", "address"}, {"jaegerui", "jaeger-ui"}})
		}},
		{"connections_check", "en", true, 1280, 640, several(), func(b *linksBench) {
			b.ctrl(fyne.KeyComma)
			b.links.page(b.Shell).test()
			b.answer(b.nextCheck(), bad("sign-in", "tenant-unknown", Fix{Kind: FixTenant}))
		}},
		{"connections_removed_ru", "ru", false, 1280, 480, several(), func(b *linksBench) {
			b.ctrl(fyne.KeyComma)
			b.links.page(b.Shell).remove()
			b.until("the list", func() bool { return len(b.links.list) == 2 })
		}},
		{"ask", "en", false, 1280, 480, several(), func(b *linksBench) {
			p := several()[0]
			p.SecretHeaders = []string{"x-api-key"}
			b.connect(p, nil)
			b.until("the question", func() bool { _, ok := b.pages[b.current].(*askPage); return ok })
		}},
		{"ask_signin_dark_ru", "ru", true, 900, 480, several(), func(b *linksBench) {
			b.kept.memory = errDown
			b.connect(several()[1], nil)
			b.until("the question", func() bool { _, ok := b.pages[b.current].(*askPage); return ok })
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newLinksBench(t, func(o *Options) {
				o.Prefs.Language, o.Prefs.Dark = tt.lang, tt.dark
				o.Connections.(*fakeConnections).secrets["Production token"] = "kept"
				if len(tt.list) > 0 {
					o.Prefs.Connection = tt.list[0].Kept
				}
			}, tt.list...)
			if len(tt.list) > 0 {
				b.opened(tt.list[0].Name)
			}
			b.kept.drop("Production token")
			b.Window.Resize(fyne.NewSize(tt.w, tt.h))
			b.now = func() time.Time { return time.Unix(0, uitest.Epoch) }
			tt.act(b)
			b.until("what is kept", func() bool { return !b.learning() })
			b.queue.Drain()
			if _, ok := b.focused().(*orderBox); ok {
				b.Window.Canvas().Unfocus() // the toolkit's caret blinks
			}
			uitest.Golden(t, "links_"+tt.name, b.Window.Canvas().Capture())
		})
	}
}

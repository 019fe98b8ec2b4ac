package shell

import (
	"context"
	"errors"
	"maps"
	"strings"

	"traceview/internal/task"
)

// writes are what a page has kept, or taken away, in the background. None of it is
// given up when another comes, nor when the page is closed.
type writes struct {
	line *task.Line
	left int
}

// Do runs work after what came before; done gets its error.
func (w *writes) Do(work func(context.Context) error, done func(error)) {
	w.left++
	w.line.Do(work, func(err error) {
		w.left--
		done(err)
	})
}

// Busy says whether a result is still to come.
func (w *writes) Busy() bool { return w.left > 0 }

// save keeps what is in the form.
func (p *connectionsPage) save() {
	p.saveThen(nil)
}

// saveThen keeps what is in the form, and then does something with what is kept.
func (p *connectionsPage) saveThen(then func()) {
	s := p.shell
	if p.at == "" || p.busy() {
		return
	}
	p.check.faults = nil
	if word := p.daysFault(); word != "" {
		p.check.faulty([]Fault{{"days", word}})
		return
	}
	p.draft.Days = p.typedDays()
	w := keeping{draft: p.draft, typed: p.draft.typed(), then: then}
	profile, secrets := w.draft.Profile, maps.Clone(w.typed)
	if p.draft.keepKey && profile.KeyFile != "" {
		secrets[Secret{Kind: SecretKey}], profile.KeyFile = profile.KeyFile, ""
	}
	w.secrets = len(secrets) > 0
	p.saves.Do(func(ctx context.Context) (err error) {
		w.kept, err = s.Connections.Put(ctx, profile)
		for sec, v := range secrets {
			if err == nil {
				err = s.Connections.Give(ctx, w.kept, sec, v)
			}
		}
		return err
	}, func(err error) { p.saved(&w, err) })
	p.form.redraw()
}

// A keeping is a connection that is being kept, as it was in the form then.
type keeping struct {
	draft   draft
	typed   Typed
	secrets bool    // some are kept with it
	kept    Profile // what it came to; zero where nothing was kept
	then    func()
}

// in says whether a draft still holds what is being kept, and nothing else.
func (k *keeping) in(d *draft) bool {
	return d.equal(k.draft.Profile) && d.days == k.draft.days && d.keepKey == k.draft.keepKey && maps.Equal(d.typed(), k.typed)
}

// saved takes over that a connection is kept now, which is so also where its secrets
// could not be. Where the window asks it, it does so as it is kept now. What was
// typed meanwhile stays to be saved.
func (p *connectionsPage) saved(k *keeping, err error) {
	s, was, now := p.shell, k.draft.Kept, k.kept.Kept
	shown, inUse := p.at == was, s.connected(s.source).Profile.Kept == was
	if now != "" {
		s.links.became(was, k.kept, k.secrets)
		if shown {
			p.at, p.before, p.draft.Kept = now, k.kept, now
		} else if d, ok := p.unsaved[was]; ok {
			delete(p.unsaved, was)
			if d.Kept = now; err != nil || !k.in(&d) {
				p.unsaved[now] = d
			}
		}
		s.readConnections()
	}
	var faults *FaultsError
	switch {
	case err != nil && !shown:
		p.tell(err)
		return
	case errors.As(err, &faults):
		p.check.faulty(faults.Faults)
		return
	case err != nil:
		p.err = err
		p.form.redraw()
		return
	}
	switch {
	case shown && k.in(&p.draft):
		p.show(now)
	case shown:
		p.err = nil
		p.learn()
	}
	if shown {
		p.said = s.kit.Words.T("connections.saved", "name", k.kept.Name)
	}
	switch {
	case k.then != nil && shown:
		k.then()
	case inUse:
		s.connect(k.kept, nil)
	}
}

// tell says in the status line why something failed that is not on show any more.
func (p *connectionsPage) tell(err error) {
	title, hint := p.shell.Explain(p.shell.kit.Words, err)
	p.shell.say(strings.TrimSuffix(title+". "+hint, ". "))
}

// forgetSecret drops a secret that is kept.
func (p *connectionsPage) forgetSecret(sec Secret) {
	profile := p.before
	p.act(func(ctx context.Context) error { return p.shell.Connections.Forget(ctx, profile, sec.id()) }, func() { p.letIn(profile) })
}

// signOut takes the sign-in back.
func (p *connectionsPage) signOut() {
	profile := p.before
	p.act(func(ctx context.Context) error { return p.shell.Connections.SignOut(ctx, profile) }, func() { p.letIn(profile) })
}

// letIn takes over that other secrets let a connection in now, or none.
func (p *connectionsPage) letIn(of Profile) {
	p.shell.links.became(of.Kept, of, true)
	if p.at == of.Kept {
		p.learn()
	}
}

// remove takes the connection out; it can be brought back.
func (p *connectionsPage) remove() {
	s, name := p.shell, p.at
	var undo func(context.Context) error
	p.act(func(ctx context.Context) (err error) {
		undo, err = s.Connections.Remove(ctx, name)
		return err
	}, func() {
		delete(p.unsaved, name)
		if p.undo, p.gone = undo, name; p.at == name {
			p.at = ""
		}
		s.readConnections()
	})
}

// bringBack undoes the last removal.
func (p *connectionsPage) bringBack() {
	undo, name := p.undo, p.gone
	if undo == nil {
		return
	}
	p.act(undo, func() {
		p.undo, p.gone, p.next = nil, "", name
		p.shell.readConnections()
	})
}

// busy says whether something is being kept or taken away, after which the connection
// on show may have another name, or be gone.
func (p *connectionsPage) busy() bool { return p.saves.Busy() || p.acts.Busy() }

// act does something in the background, and then something here, unless something else
// is being done.
func (p *connectionsPage) act(do func(context.Context) error, then func()) {
	if p.busy() {
		return
	}
	p.err = nil
	at := p.at
	p.acts.Do(do, func(err error) {
		switch {
		case err == nil:
			then()
		case p.at == at:
			p.err = err
		default:
			p.tell(err)
		}
		p.Refresh()
	})
}

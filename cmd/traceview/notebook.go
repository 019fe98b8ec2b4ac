package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/internal/store"
	"traceview/ui/shell"
)

var _ shell.Notebook = (*shelf)(nil)

// Notes implements shell.Notebook. A note that a newer program wrote in another
// way is passed over.
func (s *shelf) Notes(ctx context.Context, id model.TraceID) (list []savedview.Note, err error) {
	st, err := s.library(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := st.Notes(ctx, id)
	for _, k := range kept {
		var n savedview.Note
		if json.Unmarshal(k.Data, &n) == nil {
			list = append(list, n)
		}
	}
	return list, err
}

// KeepNotes implements shell.Notebook.
func (s *shelf) KeepNotes(ctx context.Context, list []savedview.Note) error {
	st, err := s.library(ctx)
	if err != nil {
		return err
	}
	var kept []store.Note
	var bad error
	for _, n := range list {
		id, err := model.ParseTraceID(n.TraceID)
		data, err2 := json.Marshal(n)
		if err := errors.Join(err, err2); err != nil {
			bad = errors.Join(bad, fmt.Errorf("keep note: %w", err))
			continue
		}
		kept = append(kept, store.Note{ID: n.ID, Trace: id, Changed: n.Time, Data: data})
	}
	return errors.Join(bad, st.PutNotes(ctx, kept))
}

// DropNote implements shell.Notebook.
func (s *shelf) DropNote(ctx context.Context, id string) error {
	st, err := s.library(ctx)
	if err != nil {
		return err
	}
	return st.DeleteNote(ctx, id)
}

// Views implements shell.Notebook. A view that a newer program wrote in another
// way is passed over.
func (s *shelf) Views(ctx context.Context) (list []shell.KeptView, err error) {
	st, err := s.library(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := st.Views(ctx)
	for _, k := range kept {
		if v, err := savedview.DecodeView(k.Data); err == nil {
			v.Name = k.Name
			list = append(list, shell.KeptView{ID: k.ID, View: v})
		}
	}
	return list, err
}

// KeepView implements shell.Notebook.
func (s *shelf) KeepView(ctx context.Context, v shell.KeptView) error {
	st, err := s.library(ctx)
	if err != nil {
		return err
	}
	data, err := savedview.EncodeView(v.View)
	if err != nil {
		return fmt.Errorf("keep view: %w", err)
	}
	return st.PutView(ctx, store.View{ID: v.ID, Name: v.Name, Created: v.Created, Data: data})
}

// DropView implements shell.Notebook.
func (s *shelf) DropView(ctx context.Context, id string) error {
	st, err := s.library(ctx)
	if err != nil {
		return err
	}
	return st.DeleteView(ctx, id)
}

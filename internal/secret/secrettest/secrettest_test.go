package secrettest

import (
	"encoding/base64"
	"testing"
)

func TestDisguisesAreFound(t *testing.T) {
	const text = "hunter2planted"
	for lead := range 3 {
		data := []byte(base64.StdEncoding.EncodeToString([]byte("xyz"[:lead] + text + " and more")))
		if form, _ := Find(data, text); form == "" {
			t.Errorf("%s is not found in %s", text, data)
		}
	}
	for form, as := range Disguises(`a "b" <c>/ö`) {
		if got, at := Find(append([]byte("before "), as...), `a "b" <c>/ö`); got == "" || at < 7 {
			t.Errorf("%s: found as %q at %d", form, got, at)
		}
	}
	if form, _ := Find([]byte("nothing of the kind"), text); form != "" {
		t.Errorf("found as %s where it is not", form)
	}
}

// Package secrettest looks for secrets where they must not be, in all forms that a
// file may hold a text in without a reader seeing it.
package secrettest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"unicode/utf16"
)

// Disguises returns the forms of a text by name, itself among them.
func Disguises(text string) map[string][]byte {
	wide := utf16.Encode([]rune(text))
	little, big := make([]byte, 2*len(wide)), make([]byte, 2*len(wide))
	for i, c := range wide {
		binary.LittleEndian.PutUint16(little[2*i:], c)
		binary.BigEndian.PutUint16(big[2*i:], c)
	}
	quoted, _ := json.Marshal(text) // of a text it never fails
	back := []rune(text)
	slices.Reverse(back)
	all := map[string][]byte{"plain": []byte(text), "UTF-16": little, "UTF-16, big end first": big, "percent": []byte(url.QueryEscape(text)), "path": []byte(url.PathEscape(text)),
		"JSON": quoted[1 : len(quoted)-1], "HTML": []byte(html.EscapeString(text)), "backwards": []byte(string(back)), "hexadecimal": []byte(hex.EncodeToString([]byte(text)))}
	for lead := range 3 { // base64 depends on where in three bytes a text begins
		for name, enc := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64 of addresses": base64.RawURLEncoding} {
			code := enc.EncodeToString(append(make([]byte, lead), text...))
			all[fmt.Sprint(name, lead)] = []byte(code[(lead*8+5)/6 : len(code)-1])
		}
	}
	return all
}

// Find returns the name of the form in which data holds a text, and where; "" if
// it holds it in none.
func Find(data []byte, text string) (form string, at int) {
	for form, as := range Disguises(text) {
		if at := bytes.Index(data, as); at >= 0 {
			return form, at
		}
	}
	return "", 0
}

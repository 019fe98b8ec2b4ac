// Package locale names a language where the system names none. The toolkit asks
// for the language while its packages are initialised and prints three lines to
// standard error where that is "C" or not set, as on servers and in scripts, in
// the midst of the one line that a command promises.
//
// It is a package of its own, importing nothing but os, because that is what
// makes it early: packages are initialised in order of their paths as soon as
// what they import is, and the toolkit imports strings, which comes after.
package locale

import "os"

// unnamed says whether a value of LANG and its kin names no language.
func unnamed(v string) bool {
	switch v {
	case "", "C", "POSIX", "C.UTF-8", "C.utf8":
		return true
	}
	return false
}

func init() {
	for _, key := range []string{"LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG"} {
		if v, ok := os.LookupEnv(key); ok && unnamed(v) && v != "" {
			_ = os.Setenv(key, "en_US.UTF-8") // fails for bad names only
		} else if ok && v != "" {
			return
		}
	}
	if os.Getenv("LANG") == "" {
		_ = os.Setenv("LANG", "en_US.UTF-8")
	}
}

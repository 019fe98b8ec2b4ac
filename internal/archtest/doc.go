// Package archtest holds no code but tests: they read the sources of the whole
// module and fail, with the reason, where a rule of the house is broken. The
// rules are about imports between packages, the modules depended on, the size
// of files and functions, and documentation.
//
// Sources are parsed rather than listed by the go command, so that files of
// every build tag and operating system are held to the same rules.
package archtest

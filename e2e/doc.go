// Package e2e tests the program from outside: against a real Jaeger built from
// its own module, and in a real window under Xvfb. Everything listens on
// 127.0.0.1 only. The tests have the build tag e2e; make e2e builds and
// installs what they need.
package e2e

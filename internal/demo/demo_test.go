package demo

import "testing"
import "time"
import "fmt"
import "encoding/json"

var fixedNow = time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC)

func TestLook(t *testing.T) {
	at := time.Now()
	s := New(Options{Now: fixedNow})
	fmt.Println(time.Since(at), len(s.Orders()), len(s.Traces()))
	n, b := 0, 0
	for _, tr := range s.Traces() {
		n += tr.Spans
		b += len(tr.Proto)
	}
	fmt.Println(n, b)
	for _, o := range s.Orders() {
		if o.Trouble != "" {
			j, _ := json.Marshal(o)
			fmt.Println(string(j))
		}
	}
}

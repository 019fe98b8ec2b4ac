package assets

import _ "embed"

// Steps is what the shop calls its services and the steps of an order, as a file of
// step names.
//
//go:embed steps/shop.json
var Steps []byte

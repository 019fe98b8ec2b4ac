package assets

import _ "embed"

// ShopMap is the map of the shop's systems that the trail check goes by unless
// told otherwise, JSON. It must not be changed.
//
//go:embed trail/shop.json
var ShopMap []byte

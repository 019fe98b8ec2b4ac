package assets

import "embed"

// Messages holds what the application says, one file a language:
// i18n/en.json and i18n/ru.json.
//
//go:embed i18n/*.json
var Messages embed.FS

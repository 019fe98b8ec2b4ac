package ordersampler

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/processor"
)

// Config says what is kept.
type Config struct {
	// OrderKey is the attribute with the number of an order, as text.
	OrderKey string `mapstructure:"order_key"`
	// Wait is how long spans of a trace are gathered before it is judged, counted
	// from the first that arrived.
	Wait time.Duration `mapstructure:"wait"`
	// Slow is the duration from which on a trace is kept because of it.
	Slow time.Duration `mapstructure:"slow"`
	// OrderShare is the share of orders, from 0 to 1, of which every trace is kept.
	// Below 1 an order beyond the share keeps its failed and slow traces only: those
	// that came before the failure are gone.
	OrderShare float64 `mapstructure:"order_share"`
	// RestShare is the share of the traces that belong to no order.
	RestShare float64 `mapstructure:"rest_share"`
	// Remember is how long a trace is known as kept, for spans that come late.
	Remember time.Duration `mapstructure:"remember"`
	// Storage is the extension that holds spans that wait. Without one they are in
	// memory only, and lost with the process.
	Storage *component.ID `mapstructure:"storage"`
}

// Validate implements the collector's check of configurations.
func (c *Config) Validate() error {
	share := func(f float64) bool { return f >= 0 && f <= 1 }
	switch {
	case c.OrderKey == "":
		return errors.New("order_key is empty")
	case c.Wait <= 0 || c.Slow <= 0 || c.Remember <= 0:
		return errors.New("wait, slow and remember must be positive durations")
	case !share(c.OrderShare) || !share(c.RestShare):
		return errors.New("order_share and rest_share must be from 0 to 1")
	}
	return nil
}

func defaultConfig() component.Config {
	return &Config{OrderKey: "order.id", Wait: 30 * time.Second, Slow: 5 * time.Second, OrderShare: 1, RestShare: 0.1, Remember: time.Hour}
}

// NewFactory returns the processor "order_sampler".
func NewFactory() processor.Factory {
	return processor.NewFactory(component.MustNewType("order_sampler"), defaultConfig,
		processor.WithTraces(func(_ context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
			return newSampler(*cfg.(*Config), set, next), nil
		}, component.StabilityLevelBeta))
}

package blueprint

// What things are called on screens, on papers and in messages. One that is unknown, of another version or of an import, is
// called by its key.

// UnitTitle is what a unit is called in full, on papers and in files: one of the tenant's own, or one beyond it.
func (c *Config) UnitTitle(key string) string {
	if u, ok := c.UnitOf(key); ok {
		return u.Name
	}
	if name, ok := c.Beyond(key); ok {
		return name
	}
	return key
}

// ClassTitle is what a class is called.
func (c *Config) ClassTitle(key string) string {
	if k, ok := c.Classes.Find(key); ok {
		return k.Title
	}
	return key
}

// ChannelTitle is what a channel is called.
func (c *Config) ChannelTitle(key string) string {
	if k, ok := c.Channels.Find(key); ok {
		return k.Title
	}
	return key
}

// ReasonTitle is what a reason is called.
func (c *Config) ReasonTitle(key string) string {
	if k, ok := c.Reasons.Find(key); ok {
		return k.Title
	}
	return key
}

"""Discord in and out: events become calls on `knowledge`, its answers become replies."""
